import StateTree
import Testing

@testable import ReplayBuffers

/// Where RLlib 2.60.0 is wrong: what it gives, from the fixture, and what is right instead. The letters are those of our
/// notes on RLlib.
@Suite("What RLlib gets wrong is right")
struct RLlibBugTests {
  static let uniform = RLlibSamples.shared.buffers.filter { $0.alpha == nil }

  static func failure(_ name: String) throws -> RLlibSamples.Failure {
    try #require(RLlibSamples.shared.errors.first { $0.name == name })
  }

  /// A buffer with one terminated episode of four steps.
  static func fourSteps() throws -> EpisodeReplayBuffer {
    var buffer = try EpisodeTests.uniform(capacity: 8)
    try buffer.add(fragment("a", 0..<4, isTerminated: true))
    return buffer
  }

  @Test func `a return that the episode's end shortens has the flags of that end and says what it sums (A)`() throws {
    let short = try Self.uniform.flatMap(RLlibReplay.items).filter { $0.item.t + $0.item.nStep > $0.episode.length }
    #expect(short.contains { $0.episode.isTerminated } && short.contains { $0.episode.isTruncated })
    for (item, ours, episode) in short {
      #expect(!item.terminated && !item.truncated && item.nStep > 1, "RLlib: no flags, the n that was asked for")
      #expect(ours.nSteps == [episode.length - item.t])
      #expect(ours.isTerminated == [episode.isTerminated] && ours.isTruncated == [episode.isTruncated])
    }
  }

  @Test func `a sample has as many items as asked for, also of returns that hardly fit (B)`() throws {
    let recording = try RLlibSamples.buffer("uniform, long returns")
    let samples = recording.operations.compactMap(\.sample)
    #expect(samples.map(\.count) == [8, 8, 8] && samples.map(\.returned) == [10, 27, 76], "RLlib: too many")
    #expect(try Self.failure("uniform, returns longer than the episode").draws == 10_000, "RLlib: draws for ever")
    var buffer = try Self.fourSteps()
    for nStep in 1...9 { #expect(try buffer.sample(count: 8, nStep: .fixed(nStep)).count == 8) }
  }

  @Test func `a sample of sequences has as many as asked for (B)`() throws {
    let samples = try RLlibSamples.buffer("uniform, sequences").operations.compactMap(\.sequences)
    #expect(samples.map(\.count) == [40, 40] && samples.map(\.returned) == [9, 10], "RLlib: about as many steps")
    var buffer = try Self.fourSteps()
    #expect(try buffer.sampleSequences(count: 40, length: 7).count == 40)
  }

  @Test func `extra outputs are those of the item's own step (C)`() throws {
    var others = 0
    for recording in Self.uniform {
      var replay = try RLlibReplay(recording)
      for operation in recording.operations {
        let buffer = replay.buffer
        for item in operation.sample?.items ?? [] where item.t > 0 {
          func outputs(_ time: Int) throws -> [Float]? {
            let pick = EpisodeStore.Pick(step: try replay.step(item.episode, time), nStep: 1)
            return try buffer.store.sample([pick], gamma: 1, weights: [1]).extraColumns["state_out"]?.scalars()
          }
          #expect(try outputs(0) == item.stateOut, "RLlib: those of the episode's first stored step")
          #expect(try outputs(item.t) == Self.added(item, in: recording.operations))
          others += 1
        }
        try replay.perform(operation)
      }
    }
    #expect(others > 50)
  }

  /// What was added for an item's step, found by its observation.
  private static func added(_ item: RLlibSamples.Item, in operations: [RLlibSamples.Operation]) -> [Float]? {
    for case let fragment? in operations.map(\.add) where fragment.id == item.episode {
      if let time = fragment.obs.dropLast().firstIndex(of: item.obs) { return fragment.stateOut[time] }
    }
    return nil
  }

  @Test func `an episode under way whose steps are the newest can be evicted (3.2)`() throws {
    #expect(try Self.failure("uniform, eviction of interleaved episodes").error == "IndexError")
    var buffer = try EpisodeTests.uniform(capacity: 5)
    for (id, times) in [("a", 0..<2), ("b", 0..<3), ("a", 2..<6)] { try buffer.add(fragment(id, times)) }
    #expect(buffer.count == 3 && buffer.counters.evictedEpisodes == 1)
    #expect(try Set(buffer.sample(count: 90).steps) == [2, 3, 4])
    try buffer.checkInvariants()
  }

  @Test func `episodes that together exceed the capacity of an empty buffer leave the newest (3.5)`() throws {
    #expect(try Self.failure("prioritized, two episodes too large").error == "IndexError")
    var buffer = try EpisodeTests.prioritized(capacity: 8)
    for id in ["a", "b"] { try buffer.add(fragment(id, 0..<6, isTerminated: true)) }
    #expect(buffer.steps == 6..<12 && buffer.counters.episodes == 1)
    try buffer.checkInvariants()
  }

  @Test func `sampling an empty buffer is an error that says so`() throws {
    #expect(try Self.failure("uniform, empty").message == "high <= 0")
    #expect(try Self.failure("prioritized, empty").message == "float division by zero")
    var uniform = try EpisodeTests.uniform()
    var prioritized = try EpisodeTests.prioritized()
    #expect(throws: ReplayBufferError.emptyBuffer) { try uniform.sample(count: 1) }
    #expect(throws: ReplayBufferError.emptyBuffer) { try prioritized.sample(count: 1, shortReturns: .excluded) }
    #expect(throws: ReplayBufferError.emptyBuffer) { try uniform.sampleSequences(count: 1, length: 2) }
    #expect(throws: ReplayBufferError.emptyBuffer) { try prioritized.sampleSequences(count: 1, length: 2) }
  }

  @Test func `asking for more steps than any episode has is an error, not an endless loop (3.5)`() throws {
    #expect(try Self.failure("prioritized, no episode long enough").draws == 10_000)
    #expect(try Self.failure("uniform, no episode long enough").draws == 10_000)
    var uniform = try Self.fourSteps()
    var prioritized = try EpisodeTests.prioritized(capacity: 8)
    try prioritized.add(fragment("a", 0..<4, isTerminated: true))
    let states = (uniform.state, prioritized.state)
    let error = ReplayBufferError.noEpisodeLongEnough(needed: 5, longest: 4)
    #expect(throws: error) { try uniform.sample(count: 8, nStep: .fixed(5), shortReturns: .excluded) }
    #expect(throws: error) { try prioritized.sample(count: 8, nStep: .drawn(from: 5..<7), shortReturns: .excluded) }
    #expect(throws: error) { try uniform.sampleSequences(count: 8, length: 6, minimumLength: 5) }
    #expect(throws: error) { try prioritized.sampleSequences(count: 8, length: 5, minimumLength: 5) }
    #expect((uniform.state, prioritized.state) == states)
    // RLlib wants one step more than its min_batch_length_T says.
    #expect(try uniform.sampleSequences(count: 8, length: 4, minimumLength: 4).steps == [Int](repeating: 0, count: 8))
  }

  @Test func `a priority given in single precision is raised to alpha in double precision`() throws {
    let recording = try RLlibSamples.buffer("prioritized, priorities in single precision")
    var replay = try RLlibReplay(recording)
    for operation in recording.operations { try replay.perform(operation) }
    let leaves = try #require(recording.operations.last?.after.episodes).flatMap { $0.leaves ?? [] }
    #expect(leaves.allSatisfy { Double(Float($0)) == $0 }, "RLlib: numpy's float32 to a power is a float32")
    let ours = replay.buffer.steps.map { replay.buffer.priorities.tree[$0] }
    #expect(ours.contains { Double(Float($0)) != $0 })
    // RLlib's alpha is in single precision too, 2.4e-8 above 0.6: times the logarithm of the priority, 1.4e-7 of a leaf.
    for (leaf, expected) in zip(ours, leaves) { #expect(abs(leaf - expected) <= 2.5e-7 * expected) }
  }
}
