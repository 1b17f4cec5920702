import StateTree
import Testing

@testable import ReplayBuffers

@Suite("What buffers refuse, word for word")
struct ErrorTests {
  static let messages: [(ReplayBufferError, String)] = [
    (.invalidSchema("it has no column"), "these columns make no schema: it has no column"),
    (
      .unknownColumn("rew", known: ["obs", "rewards"]),
      "there is no column \"rew\"; the columns are obs, rewards"
    ),
    (
      .missingColumn("obs", given: ["actions", "rewards"]),
      "the column \"obs\" is missing; given are actions, rewards, and every column of the schema is needed"
    ),
    (
      .wrongColumnCount(expected: 3, found: 2),
      "2 columns are given, expected 3; give every column of the schema in its order"
    ),
    (
      .columnMismatch("obs", expected: "float32 [2, 4]", found: "float64 [2, 4]"),
      "the column \"obs\" is float64 [2, 4], expected float32 [2, 4]; types are not converted and all columns have one length"
    ),
    (
      .differentCapacity(saved: 100, capacity: 50),
      "the contents were saved with a capacity of 100 and the buffer has one of 50; allow it to grow or to keep the newest, "
        + "where such a buffer can, or make the buffer with the saved capacity"
    ),
    (
      .differentSchema(saved: "obs float32 [2]", expected: "obs float64 [2]"),
      "the saved columns are obs float32 [2], the buffer's are obs float64 [2]; say which columns were renamed or may be cast, "
        + "or make the buffer with the saved schema"
    ),
    (.invalidEpisodes("the id a stands twice"), "these episodes make no buffer: the id a stands twice"),
    (
      .wrongStartTime(episode: "a", expected: 3, found: 5),
      "the fragment of episode a begins at time 5, expected 3; add fragments in order and each once"
    ),
    (
      .wrongStartTime(episode: "a", expected: nil, found: -1),
      "the fragment of episode a begins at time -1, expected 0 to 2^60; time in an episode counts from 0"
    ),
    (
      .differentBoundary(episode: "a", time: 3, stored: "[1.0]", found: "[2.0]"),
      "the fragment of episode a begins at time 3 with the observation [2.0], expected [1.0], the last one stored; "
        + "a fragment begins with the observation that the one before ended with"
    ),
    (
      .finishedEpisode("a"),
      "episode a has ended and takes no more steps; give the next episode an id of its own"
    ),
    (
      .tooManyOpenEpisodes(limit: 65536),
      "65536 episodes are under way, which is the limit; mark those that will not go on as truncated"
    ),
    (
      .invalidFragment(episode: "e", "its length is -1, expected 0 to 2^60"),
      "the fragment of episode e is impossible: its length is -1, expected 0 to 2^60"
    ),
    (
      .changedModule(agent: "x", episode: "e", expected: "a", found: "b"),
      "agent x of episode e has the module b, expected a; an agent keeps its module until the episode ends"
    ),
    (
      .unknownModule("c", known: ["a", "b"]),
      "there is no module c; the modules are a, b, and addModule declares another"
    ),
    (.knownModule("a"), "the module a is there already; declare each module once"),
    (.invalidModules(["a", "a"]), "the modules to sample are [a, a]; name at least one, and none twice"),
    (
      .emptyModule("a"),
      "the module a holds no step to sample; add steps of its agents, or sample the other modules"
    ),
    (
      .noCommonStep(modules: ["a", "b"]),
      "the modules a, b acted together in no environment step that is held; sample fewer modules, or independently"
    ),
    (.emptyBuffer, "the buffer holds no step to sample; add steps before sampling"),
    (
      .tooFewTransitions(asked: 32, held: 8),
      "32 transitions are asked for and 8 wait, each to be returned once; add 24 more before sampling, or ask for at most 8"
    ),
    (
      .tooFewNewest(asked: 32, needed: 16, waiting: 4),
      "a batch of 32 takes 16 transitions that were not returned yet and 4 wait; add 12 more before sampling, ask for a "
        + "smaller batch, or raise the replay ratio"
    ),
    (
      .fullBuffer(capacity: 10, held: 8, added: 4),
      "4 transitions do not fit: 8 of at most 10 wait already; sample before adding, or make the buffer with a larger "
        + "capacity"
    ),
    (
      .noEpisodeLongEnough(needed: 20, longest: 12),
      "no stored episode has 20 steps, the longest has 12; add longer episodes first, or ask for a smaller minimumLength, "
        + "a smaller nStep, or shortReturns: .kept"
    ),
    (
      .unequalCounts(steps: 4, priorities: 3),
      "3 priorities are given for 4 steps; give one for each step of the sample"
    ),
    (
      .invalidPriority(step: 7, priority: .nan),
      "the priority of step 7 is nan, expected a finite number; look for a loss that diverged"
    ),
    (
      .unknownStep(9, next: 5),
      "step 9 was never in the buffer, whose next step is 5; give the step numbers of a sample of this buffer"
    ),
    (
      .wrongKind(expected: "ReplayBuffer", found: "FifoReplayBuffer"),
      "the contents are of the kind FifoReplayBuffer, expected ReplayBuffer; load them into a buffer of their own kind"
    ),
    (
      .missingSetting("alpha"),
      "the contents do not say alpha, as dumps of RLlib do not; give it in the defaults"
    ),
    (
      .invalidContents("step 3 stands twice"),
      "these contents make no buffer: step 3 stands twice; the file is damaged or was written wrongly"
    ),
    (
      .brokenInvariant("2 ids"),
      "the buffer is inconsistent: 2 ids; this is a mistake in rlbuf, please report it"
    ),
    (
      .state(.missingKey(path: "state/capacity")),
      "state/capacity is missing; the state was written by another version or another kind of object"
    ),
  ]

  @Test("every message says what, where and how to go on", arguments: messages)
  func message(_ error: ReplayBufferError, _ text: String) {
    #expect(error.description == text)
  }

  @Test("a fragment that does not fit changes nothing")
  func fragments() throws {
    var buffer = try EpisodeTests.uniform()
    try buffer.add(fragment("a", 0..<3))
    try buffer.add(fragment("b", 0..<1, isTerminated: true))
    let state = buffer.state
    func refuses(_ error: ReplayBufferError, _ fragment: EpisodeFragment) {
      #expect(throws: error) { try buffer.add(fragment) }
    }
    refuses(.wrongStartTime(episode: "a", expected: 3, found: 4), try fragment("a", 4..<6))
    refuses(.wrongStartTime(episode: "c", expected: nil, found: -1), try fragment("c", -1..<0))
    refuses(.finishedEpisode("b"), try fragment("b", 1..<2))
    var other = try fragment("a", 3..<4)
    other.observations = try Tensor(zeros: .float32, shape: [2, 2])
    refuses(
      .differentBoundary(episode: "a", time: 3, stored: "[97003.0, 97003.0]", found: "[0.0, 0.0]"), other)
    other.observations = try Tensor(zeros: .float32, shape: [1, 2])
    refuses(.columnMismatch("obs", expected: "float32 [2, 2]", found: "float32 [1, 2]"), other)
    other = try fragment("a", 3..<4)
    other.extraColumns["action_logp"] = Tensor(vector: [0 as Float])
    refuses(.unknownColumn("action_logp", known: ["obs", "actions", "rewards", "flag"]), other)
    other.extraColumns = [:]
    refuses(.missingColumn("flag", given: ["actions", "obs", "rewards"]), other)
    other.extraColumns = ["obs": other.rewards]
    refuses(.unknownColumn("obs", known: ["flag"]), other)
    #expect(buffer.state == state)
  }

  @Test("priorities that mean nothing change nothing")
  func priorities() throws {
    var buffer = try EpisodeTests.prioritized()
    #expect(throws: ReplayBufferError.emptyBuffer) { try buffer.sample(count: 1) }
    try buffer.add(fragment("a", 0..<3))
    let state = buffer.state
    #expect(throws: ReplayBufferError.unequalCounts(steps: 1, priorities: 2)) {
      try buffer.updatePriorities([0], [1, 2])
    }
    #expect(throws: ReplayBufferError.unknownStep(3, next: 3)) { try buffer.updatePriorities([0, 3], [9, 1]) }
    #expect(throws: ReplayBufferError.unknownStep(-1, next: 3)) { try buffer.updatePriorities([-1], [9]) }
    #expect(throws: ReplayBufferError.invalidPriority(step: 1, priority: .infinity)) {
      try buffer.updatePriorities([0, 1], [9, .infinity])
    }
    #expect(buffer.state == state)
  }

  @Test("columns that are not the schema's are refused")
  func columns() throws {
    var ring = try ReplayBuffer(capacity: 5, schema: BufferSchema(TransitionTests.schema), seed: 1)
    #expect(throws: ReplayBufferError.emptyBuffer) { try ring.sample(count: 1) }
    let rows = try TransitionTests.rows(0..<2)
    #expect(throws: ReplayBufferError.wrongColumnCount(expected: 2, found: 1)) { try ring.add([rows[0]]) }
    #expect(throws: ReplayBufferError.wrongColumnCount(expected: 2, found: 0)) { try ring.add(row: []) }
    #expect(throws: ReplayBufferError.columnMismatch("rewards", expected: "float64 [2]", found: "float64 [1]")) {
      try ring.add([rows[0], rows[1].rows(0..<1)])
    }
    #expect(ring.count == 0)
    #expect(throws: ReplayBufferError.invalidSchema("it has no column \"actions\"")) {
      try EpisodeReplayBuffer(capacity: 1, schema: BufferSchema([ColumnSchema("obs", .bool)]), seed: 1)
    }
  }

  @Test("more episodes under way than lanes are refused with a remedy")
  func lanes() throws {
    var store = try EpisodeStore(capacity: 10, schema: testSchema())
    store.lanes = (0..<EpisodeStore.largestLaneCount).map { _ in
      EpisodeStore.Lane(log: ChunkLog(store.layout), held: [0])
    }
    #expect(throws: ReplayBufferError.tooManyOpenEpisodes(limit: 65536)) { try store.freeLane() }
  }
}
