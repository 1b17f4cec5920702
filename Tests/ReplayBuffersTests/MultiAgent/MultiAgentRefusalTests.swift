import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `What multi-agent buffers refuse` {
  static func buffer() throws -> MultiAgentPrioritizedEpisodeReplayBuffer {
    var buffer = try prioritizedAgents()
    try buffer.add(together("e", 0..<3, ["x": "a", "y": "b"]))
    try buffer.add(together("f", 0..<1, ["x": "a"], isTerminated: true))
    return buffer
  }

  typealias Agents = `Multi-agent buffers`

  @Test func `A fragment that does not fit changes nothing, whichever of its agents is wrong`() throws {
    var buffer = try Self.buffer()
    let state = buffer.state
    let x = try Agents.agent("x", "a").fragment(start: 3, at: [3])
    func refuses(
      _ error: ReplayBufferError, _ agents: [AgentFragment], _ times: Range<Int> = 3..<5, id: String = "e"
    ) {
      #expect(throws: error) { try buffer.add(Agents.fragment(id, times, agents)) }
    }
    refuses(.wrongStartTime(episode: "e", expected: 3, found: 4), [x], 4..<5)
    refuses(.wrongStartTime(episode: "g", expected: nil, found: -1), [], -1..<5, id: "g")
    refuses(.finishedEpisode("f"), [], 1..<2, id: "f")
    refuses(.unknownModule("c", known: ["a", "b"]), [x, try Agents.agent("z", "c").fragment(at: [3])])
    let y = try Agents.agent("y", "a").fragment(start: 3, at: [3])
    refuses(.changedModule(agent: "y", episode: "e", expected: "b", found: "a"), [x, y])
    refuses(.invalidFragment(episode: "e", "agent x stands in it twice; give each agent once"), [x, x])
    let late = try Agents.agent("y", "b").fragment(start: 2, at: [3])
    refuses(.wrongStartTime(episode: "e/y", expected: 3, found: 2), [x, late])
    var other = try Agents.agent("y", "b").fragment(start: 3, at: [3])
    other.observations = try Tensor(zeros: .float64, shape: [2, 3])
    #expect(throws: ReplayBufferError.self) { try buffer.add(Agents.fragment("e", 3..<5, [x, other])) }
    other.environmentTimes = [3, 4]
    refuses(.columnMismatch("env_t", expected: "int64 [1]", found: "int64 [2]"), [x, other])
    other = x
    other.extraColumns["env_t"] = Tensor(vector: [0 as Int64])
    refuses(.unknownColumn("env_t", known: []), [other])
    #expect(buffer.state == state)
  }

  static let tail =
    "times of an agent go up and end with the fragment, and only its first step may have begun before it"

  @Test(arguments: [
    ([5], 0, "5, expected one of 0..<5"), ([2], 3, "2, expected one of 3..<5"), ([-1], 0, "-1, expected one of 0..<5"),
    ([3, 3], 0, "3, expected one of 4..<5"), ([1, 2], 0, "2, expected one of 3..<5"),
  ])
  func `Times that cannot be are refused`(times: [Int], start: Int, text: String) throws {
    var buffer = try Self.buffer()
    let state = buffer.state
    let agent = start > 0 ? Agents.agent("x", "a") : Agents.agent("new", "a")
    let step = times.count - 1
    let error = ReplayBufferError.invalidFragment(
      episode: "e", "step \(step) of agent \(agent.agent) is at time \(text); \(Self.tail)")
    #expect(throws: error) {
      try buffer.add(Agents.fragment("e", 3..<5, [agent.fragment(start: start, at: times)]))
    }
    #expect(buffer.state == state)
  }

  @Test func `Steps without an environment step, and lengths that cannot be, are refused`() throws {
    var buffer = try Self.buffer()
    let state = buffer.state
    let agent = try Agents.agent("new", "a").fragment(at: [1])
    #expect(throws: ReplayBufferError.self) { try buffer.add(Agents.fragment("e", 3..<3, [agent])) }
    #expect(throws: ReplayBufferError.self) { try buffer.add(Agents.fragment("new", 0..<0, [agent])) }
    for length in [-1, Int.max, Int.min] {
      let fragment = MultiAgentEpisodeFragment(id: "e", startTime: 3, length: length, agents: [])
      let error = ReplayBufferError.invalidFragment(episode: "e", "its length is \(length), expected 0 to 2^60")
      #expect(throws: error) { try buffer.add(fragment) }
    }
    #expect(buffer.state == state)
  }

  @Test func `More agents under way than lanes are refused before anything is added`() throws {
    var buffer = try Self.buffer()
    let store = buffer.store.modules[1].store
    buffer.store.modules[1].store.lanes += (0..<EpisodeStore.largestLaneCount - 2).map { _ in
      EpisodeStore.Lane(log: ChunkLog(store.layout), held: [0])
    }
    let agents = try ["v", "w"].map { try Agents.agent($0, "b").fragment(at: [3]) }
    #expect(throws: ReplayBufferError.tooManyOpenEpisodes(limit: 65536)) {
      try buffer.add(Agents.fragment("e", 3..<5, agents))
    }
    #expect(buffer.count == 4)
    try buffer.add(Agents.fragment("e", 3..<5, [agents[0]]))
  }

  @Test func `Modules that cannot be sampled are refused, and nothing is drawn`() throws {
    var buffer = try Self.buffer()
    try buffer.addModule("c", schema: AgentData.schema("c"))
    let alone = try Agents.agent("z", "c").fragment(at: [4])
    try buffer.add(Agents.fragment("e", 3..<5, [alone]))
    try buffer.addModule("d", schema: AgentData.schema("d"))
    let state = buffer.state
    for mode in ReplayMode.allCases {
      func refuses(_ error: ReplayBufferError, _ modules: [String]?) {
        #expect(throws: error) { try buffer.sample(count: 2, mode: mode, modules: modules) }
      }
      refuses(.invalidModules([]), [])
      refuses(.invalidModules(["a", "a"]), ["a", "a"])
      refuses(.unknownModule("z", known: ["a", "b", "c", "d"]), ["a", "z"])
      refuses(.emptyModule("d"), ["a", "d"])
    }
    #expect(throws: ReplayBufferError.noCommonStep(modules: ["c", "a"])) {
      try buffer.sample(count: 2, mode: .synchronized, modules: ["c", "a"])
    }
    #expect(throws: ReplayBufferError.noCommonStep(modules: ["a", "b", "c"])) {
      try buffer.sample(count: 2, mode: .synchronized)
    }
    #expect(buffer.state == state)
    #expect(try buffer.sample(count: 2, mode: .synchronized, modules: ["b", "a"]).count == 4)
  }

  @Test func `Priorities that mean nothing change nothing`() throws {
    var buffer = try Self.buffer()
    let state = buffer.state
    func refuses(_ error: ReplayBufferError, _ module: String, _ steps: [Int], _ priorities: [Double]) {
      #expect(throws: error) { try buffer.updatePriorities(module: module, steps, priorities) }
    }
    refuses(.unknownModule("c", known: ["a", "b"]), "c", [0], [1])
    refuses(.unequalCounts(steps: 1, priorities: 2), "a", [0], [1, 2])
    refuses(.unknownStep(3, next: 3), "b", [0, 3], [9, 1])
    refuses(.unknownStep(-1, next: 4), "a", [-1], [9])
    refuses(.invalidPriority(step: 1, priority: .infinity), "a", [0, 1], [9, .infinity])
    let fragment = try together("g", 0..<2, ["x": "a"])
    #expect(throws: ReplayBufferError.invalidPriority(step: 4, priority: .infinity)) {
      try buffer.add(fragment, startingPriorities: ["a": .infinity])
    }
    #expect(throws: ReplayBufferError.unknownModule("c", known: ["a", "b"])) {
      try buffer.add(fragment, startingPriorities: ["c": 1])
    }
    #expect(buffer.state == state)
  }

  @Test func `Modules are declared once, with columns that agents' steps can have`() throws {
    var buffer = try uniformAgents()
    #expect(throws: ReplayBufferError.knownModule("a")) { try buffer.addModule("a", schema: AgentData.schema("b")) }
    #expect(throws: ReplayBufferError.invalidSchema("it has no column \"obs\" and no \"obs/...\"")) {
      try buffer.addModule("c", schema: BufferSchema([ColumnSchema("rewards", .float32)]))
    }
    let reserved = try BufferSchema(AgentData.schema("a").columns + [ColumnSchema("env_t", .int64)])
    #expect(throws: ReplayBufferError.invalidSchema("the column \"env_t\" is the buffer's own: when an agent acted")) {
      try buffer.addModule("c", schema: reserved)
    }
    #expect(throws: ReplayBufferError.unknownModule("c", known: ["a", "b"])) { try buffer.counters(ofModule: "c") }
    #expect(throws: ReplayBufferError.unknownModule("c", known: ["a", "b"])) { try buffer.schema(ofModule: "c") }
    #expect(try buffer.schema(ofModule: "b") == AgentData.schema("b"))
    #expect(buffer.modules == ["a", "b"])
  }
}
