import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `Multi-agent buffers` {
  /// A fragment of agents with steps at times of their own.
  static func fragment(
    _ id: String, _ times: Range<Int>, _ agents: [AgentFragment], isTerminated: Bool = false, isTruncated: Bool = false
  ) -> MultiAgentEpisodeFragment {
    MultiAgentEpisodeFragment(
      id: id, startTime: times.lowerBound, length: times.count, agents: agents, isTerminated: isTerminated,
      isTruncated: isTruncated)
  }

  static func agent(_ agent: String, _ module: String, in episode: String = "e") -> AgentData {
    AgentData(episode: episode, agent: agent, module: module)
  }

  @Test func `Capacity counts environment steps, whoever acted in them`() throws {
    var buffer = try uniformAgents(capacity: 10)
    try buffer.add(together("e", 0..<6, ["x": "a", "y": "a", "z": "b"]))
    try buffer.add(together("f", 0..<4, ["x": "a"]))
    #expect(buffer.count == 10)
    #expect(buffer.counters.agentSteps == 22)
    try buffer.add(Self.fragment("g", 0..<1, []))
    #expect(buffer.count == 5)
    #expect(buffer.counters.evictedEpisodes == 1)
    #expect(buffer.counters.agentSteps == 4)
    #expect(try buffer.counters(ofModule: "b").steps == 0)
  }

  @Test func `One episode may be longer than the capacity until another is there`() throws {
    var buffer = try uniformAgents(capacity: 3)
    try buffer.add(together("e", 0..<30, ["x": "a"]))
    #expect(buffer.count == 30)
    try buffer.add(together("f", 0..<1, ["x": "a"]))
    #expect(buffer.steps == 30..<31)
  }

  @Test func `An agent that joined late goes with its episode, before older ones of its module`() throws {
    var buffer = try prioritizedAgents(capacity: 12)
    try buffer.add(together("e", 0..<2, ["x": "a"]))
    try buffer.add(together("f", 0..<4, ["x": "a"]))
    let x = try Self.agent("x", "a").fragment(start: 2, at: [2, 3])
    try buffer.add(Self.fragment("e", 2..<4, [x, Self.agent("late", "a").fragment(at: [2, 3])]))
    try buffer.add(together("g", 0..<3, ["x": "a"]))
    let module = buffer.store.modules[0].store
    #expect(module.episodes.positions == 0..<4)
    try buffer.add(together("h", 0..<2, ["x": "b"]))
    #expect(buffer.counters.episodes == 3)
    #expect(buffer.store.modules[0].store.goneCount == 1)
    let counters = EpisodeCounters(episodes: 2, evictedEpisodes: 2, steps: 7, insertionCount: 13, sampledCount: 0)
    #expect(try buffer.counters(ofModule: "a") == counters)
    let drawn = try #require(buffer.sample(count: 80, modules: ["a"])["a"])
    #expect(Set(drawn.items.steps) == [2, 3, 4, 5, 10, 11, 12])
    #expect(Set(drawn.episodes) == ["f", "g"])
    try buffer.checkInvariants()
    let contents = try buffer.snapshot().contents(ofModule: "a")
    #expect(contents.rowCount == 9)
    #expect(contents.rows(0..<9).steps == [2, 3, 4, 5, -1, 10, 11, 12, -1])
    try buffer.add(together("i", 0..<8, ["x": "a"]))
    #expect(buffer.store.modules[0].store.goneCount == 0)
    try buffer.checkInvariants()
  }

  @Test func `A step whose consequence comes fragments later belongs to the environment step of its action`() throws {
    var buffer = try prioritizedAgents()
    let (x, y) = (Self.agent("x", "a"), Self.agent("y", "b"))
    try buffer.add(Self.fragment("e", 0..<3, [x.fragment(at: [0]), y.fragment(at: [0, 1, 2])]))
    #expect((0..<3).map { buffer.tree[$0] } == [2, 1, 1])
    try buffer.add(Self.fragment("e", 3..<5, [y.fragment(start: 3, at: [3])]))
    try buffer.add(Self.fragment("e", 5..<6, [x.fragment(start: 1, at: [1])]))
    #expect((0..<6).map { buffer.tree[$0] } == [2, 2, 1, 1, 0, 0])
    let sample = try buffer.sample(count: 50, mode: .synchronized)
    #expect(Set(sample["a"]?.environmentSteps ?? []) == [0, 1])
    #expect(sample["a"]?.environmentTimes == sample["b"]?.environmentTimes)
  }

  @Test func `An episode under way that was evicted goes on as a stored episode of its own`() throws {
    var buffer = try uniformAgents(capacity: 5)
    let x = Self.agent("x", "a")
    try buffer.add(Self.fragment("e", 0..<4, [x.fragment(at: [0, 1])]))
    try buffer.add(together("f", 0..<3, ["x": "a"]))
    #expect(buffer.steps == 4..<7)
    // It acted at time 3, which is evicted, and saw what came of it at time 5.
    try buffer.add(Self.fragment("e", 4..<6, [x.fragment(start: 2, at: [3, 5])]))
    #expect(buffer.count == 5)
    let items = try #require(buffer.sample(count: 60)["a"])
    for (index, time) in items.environmentTimes.enumerated() where items.episodes[index] == "e" {
      #expect(items.environmentSteps[index] == (time == 3 ? nil : 8))
      #expect(x.explains(items.items, index, time: time == 3 ? 2 : 3, count: 1, gamma: 0.9))
    }
    #expect(items.episodes.contains("e") && items.environmentTimes.contains(3))
    let synchronized = try #require(buffer.sample(count: 60, mode: .synchronized)["a"])
    #expect(Set(synchronized.environmentSteps) == [4, 5, 6, 8])
    try buffer.restore(from: buffer.state)
    #expect(try buffer.sample(count: 60)["a"]?.environmentSteps.contains(nil) == true)
  }

  @Test func `An episode's end is that of who acted last, and cuts the others off`() throws {
    var buffer = try uniformAgents()
    let (x, y, z) = (Self.agent("x", "a"), Self.agent("y", "a"), Self.agent("z", "a"))
    try buffer.add(Self.fragment("e", 0..<3, [z.fragment(at: [0, 1], isTerminated: true), y.fragment(at: [0])]))
    try buffer.add(Self.fragment("e", 3..<5, [x.fragment(at: [3, 4])], isTerminated: true))
    let items = try #require(buffer.sample(count: 200)["a"])
    for index in 0..<items.count {
      let isEnd = [4: "x", 1: "z", 0: "y"][items.environmentTimes[index]] == items.agents[index]
      #expect(items.items.isTerminated[index] == (isEnd && items.agents[index] != "y"))
      #expect(items.items.isTruncated[index] == (isEnd && items.agents[index] == "y"))
    }
    #expect(Set(items.agents) == ["x", "y", "z"])
    #expect(throws: ReplayBufferError.finishedEpisode("e")) { try buffer.add(Self.fragment("e", 5..<6, [])) }
  }

  @Test func `A fragment without steps begins nothing, but may end its episode`() throws {
    var buffer = try uniformAgents()
    #expect(try buffer.add(Self.fragment("e", 0..<0, [Self.agent("x", "a").fragment(at: [])])).isEmpty)
    #expect(buffer.counters.episodes == 0)
    try buffer.add(together("e", 0..<2, ["x": "a"]))
    try buffer.add(Self.fragment("e", 2..<2, [], isTerminated: true))
    let items = try #require(buffer.sample(count: 9, nStep: .fixed(5))["a"]).items
    #expect(items.isTerminated.allSatisfy { $0 })
  }

  @Test func `Modules draw in the order asked for, and by name if none is`() throws {
    var (buffer, other) = (try uniformAgents(), try uniformAgents())
    for id in ["e", "f"] {
      try buffer.add(together(id, 0..<9, ["x": "b", "y": "a"]))
      try other.add(together(id, 0..<9, ["x": "b", "y": "a"]))
    }
    let byName = try buffer.sample(count: 8)
    #expect(byName.modules.map(\.module) == ["a", "b"])
    #expect(try other.sample(count: 8, modules: ["b", "a"]).modules.map(\.module) == ["b", "a"])
    #expect(try buffer.sample(count: 0).count == 0)
    #expect(byName["c"] == nil)
    #expect(buffer.counters.sampledCount == 8)
    #expect(try buffer.counters(ofModule: "b").sampledCount == 8)
  }

  @Test func `Synchronized draws are even also where common steps are rare`() throws {
    var buffer = try uniformAgents(capacity: 10_000)
    let (x, y) = (Self.agent("x", "a"), Self.agent("y", "b"))
    try buffer.add(
      Self.fragment("e", 0..<4000, [x.fragment(at: [7, 100, 3000, 3999]), y.fragment(at: [7, 99, 100, 3001, 3999])]))
    let sample = try buffer.sample(count: 600, mode: .synchronized)
    let times = try #require(sample["a"]?.environmentTimes)
    for time in [7, 100, 3999] { #expect((150...250).contains(times.count { $0 == time })) }
    #expect(times.count == 600 && sample["b"]?.environmentTimes == times)
  }

  @Test func `Synchronized draws follow priorities also where common steps are rare`() throws {
    var buffer = try prioritizedAgents(capacity: 10_000)
    let (x, y) = (Self.agent("x", "a"), Self.agent("y", "b"))
    try buffer.add(Self.fragment("e", 0..<4000, [x.fragment(at: [7, 3999]), y.fragment(at: Array(0..<4000))]))
    try buffer.updatePriorities(module: "a", [0], [5])
    let times = try #require(buffer.sample(count: 600, mode: .synchronized)["a"]?.environmentTimes)
    #expect((400...500).contains(times.count { $0 == 7 }), "6 of 8 parts")
    #expect(times.count == 600)
  }

  @Test func `Names with slashes are kept apart`() throws {
    var buffer = try uniformAgents()
    try buffer.add(together("a/b", 0..<2, ["c": "a"]))
    try buffer.add(together("a", 0..<3, ["b/c": "a"]))
    try buffer.add(together("a%2Fb", 0..<1, ["c": "a"]))
    #expect(try buffer.counters(ofModule: "a").episodes == 3)
    try buffer.restore(from: buffer.state)
    try buffer.checkInvariants()
  }

  @Test func `Names are their bytes: composed and decomposed accents are two episodes, agents and modules`() throws {
    var buffer = try uniformAgents()
    try buffer.addModule("\u{e9}", schema: AgentData.schema("a"))
    try buffer.addModule("e\u{301}", schema: AgentData.schema("a"))
    try buffer.add(together("\u{e9}", 0..<2, ["\u{e9}": "\u{e9}", "e\u{301}": "e\u{301}"]))
    try buffer.add(together("e\u{301}", 0..<2, ["e\u{301}": "\u{e9}"]))
    #expect(buffer.counters.episodes == 2)
    try buffer.restore(from: buffer.state)
    let sample = try buffer.sample(count: 3)
    #expect(sample.modules.count == 2)
    #expect(sample["e\u{301}"]?.agents.allSatisfy { $0.utf8.elementsEqual("e\u{301}".utf8) } == true)
    #expect(try buffer.counters(ofModule: "\u{e9}").steps == 4)
  }
}
