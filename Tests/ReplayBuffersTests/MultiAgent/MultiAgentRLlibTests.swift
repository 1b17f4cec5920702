import StateTree
import Testing

@testable import ReplayBuffers

/// Where RLlib 2.60's multi-agent episode buffers go wrong (`RLLIB.md` 3.6), what is right.
@Suite struct `Multi-agent buffers where RLlib goes wrong` {
  static func restored<Buffer: SavableMultiAgentBuffer>(_ buffer: Buffer) throws -> Buffer {
    try Buffer(
      contents: MultiAgentStateContents(StateValue(decoding: buffer.state.encoded())), defaults: BufferDefaults())
  }

  @Test func `A restored buffer samples a module first seen after the restore`() throws {
    var uniform = try uniformAgents()
    try uniform.add(together("e", 0..<4, ["x": "a"]))
    uniform = try Self.restored(uniform)
    try uniform.addModule("c", schema: AgentData.schema("c"))
    try uniform.add(together("f", 0..<3, ["y": "c"]))
    #expect(try uniform.sample(count: 5, modules: ["c"]).count == 5)
    #expect(try uniform.counters(ofModule: "c").sampledCount == 5)

    var prioritized = try prioritizedAgents()
    try prioritized.add(together("e", 0..<4, ["x": "a"]))
    prioritized = try Self.restored(prioritized)
    try prioritized.addModule("c", schema: AgentData.schema("c"))
    try prioritized.add(together("f", 0..<3, ["y": "c"]))
    let sample = try prioritized.sample(count: 5, modules: ["c"])
    #expect(sample["c"]?.items.weights == [1, 1, 1, 1, 1])
    #expect(try prioritized.maximumPriority(ofModule: "c") == 1)
    try prioritized.checkInvariants()
  }

  @Test func `A restored buffer evicts`() throws {
    var buffer = try prioritizedAgents(capacity: 6)
    try buffer.add(together("e", 0..<4, ["x": "a", "y": "b"]))
    try buffer.add(together("f", 0..<2, ["x": "a"]))
    buffer = try Self.restored(buffer)
    try buffer.add(together("g", 0..<3, ["z": "b"]))
    #expect(buffer.steps == 4..<9)
    #expect(buffer.counters.evictedEpisodes == 1)
    #expect(try buffer.counters(ofModule: "a").steps == 2)
    #expect(try buffer.counters(ofModule: "b").evictedEpisodes == 1)
    try buffer.checkInvariants()
  }

  @Test func `Starting priorities are taken, for one module or more, and the others get the largest seen`() throws {
    var buffer = try prioritizedAgents(alpha: 0.5)
    try buffer.add(together("e", 0..<2, ["x": "a", "y": "b"]), startingPriorities: ["a": 16])
    try buffer.updatePriorities(module: "b", [0], [9])
    try buffer.add(together("f", 0..<1, ["x": "a", "y": "b"]), startingPriorities: ["a": 25, "b": 4])
    try buffer.add(together("g", 0..<1, ["x": "a", "y": "b"]))
    func leaves(_ module: Int) -> [Double] { (0..<4).map { buffer.priorities[module].tree[$0] } }
    #expect(leaves(0) == [4, 4, 5, 1])
    #expect(leaves(1) == [3, 1, 2, 3])
    #expect((0..<4).map { buffer.tree[$0] } == [7, 5, 7, 4])
    #expect(try buffer.maximumPriority(ofModule: "a") == 1)
    #expect(try buffer.maximumPriority(ofModule: "b") == 9)
  }

  @Test func `A synchronized sample has weights and n-steps for every item`() throws {
    var buffer = try prioritizedAgents()
    try buffer.add(together("e", 0..<4, ["x": "a", "y": "b", "z": "b"], isTerminated: true))
    try buffer.updatePriorities(module: "a", [0, 1, 2, 3], [1, 2, 3, 4])
    try buffer.updatePriorities(module: "b", [0, 4], [3, 5])
    let weights: [Double] = [9, 4, 5, 6]
    #expect((0..<4).map { buffer.tree[$0] } == weights)
    let sample = try buffer.sample(count: 60, mode: .synchronized, nStep: .fixed(3), beta: 1)
    #expect(sample["a"]?.count == 60)
    #expect(sample["b"]?.count == 120)
    #expect(try buffer.counters(ofModule: "b").sampledCount == 120 && buffer.counters.sampledCount == 60)
    for items in sample.modules {
      #expect(Set(items.environmentTimes) == [0, 1, 2, 3])
      for (index, time) in items.environmentTimes.enumerated() {
        #expect(items.items.nSteps[index] == min(3, 4 - time))
        #expect(abs(Double(items.items.weights[index]) - 4 / weights[time]) < 1e-6)
        #expect(items.items.isTerminated[index] == (time > 0))
      }
    }
    var uniform = try uniformAgents()
    try uniform.add(together("e", 0..<4, ["x": "a", "y": "b"]))
    let items = try #require(uniform.sample(count: 3, mode: .synchronized)["b"]).items
    #expect(items.weights == [1, 1, 1] && items.nSteps == [1, 1, 1])
  }

  @Test func `Priorities of a module's steps are felt by synchronized sampling`() throws {
    var buffer = try prioritizedAgents()
    try buffer.add(together("e", 0..<5, ["x": "a", "y": "b"]))
    let before = buffer.tree.sum
    try buffer.updatePriorities(module: "b", [3], [1e6])
    #expect(buffer.tree.sum == before + 1e6 - 1)
    let drawn = try #require(buffer.sample(count: 40, mode: .synchronized)["a"]).environmentTimes
    #expect(drawn.count { $0 == 3 } == 40)
  }

  @Test func `A module without steps, or without a long enough episode, ends no training and no patience`() throws {
    var buffer = try uniformAgents()
    #expect(throws: ReplayBufferError.emptyBuffer) { try buffer.sample(count: 1) }
    try buffer.add(together("e", 0..<2, ["x": "a"], isTruncated: true))
    #expect(throws: ReplayBufferError.emptyModule("b")) { try buffer.sample(count: 1, modules: ["a", "b"]) }
    let items = try #require(buffer.sample(count: 30, nStep: .fixed(9))["a"]).items
    #expect(Set(items.nSteps) == [1, 2] && items.isTruncated.allSatisfy { $0 })
  }

  @Test func `Two samples may come before their updates`() throws {
    var buffer = try prioritizedAgents()
    try buffer.add(together("e", 0..<6, ["x": "a"]))
    let first = try #require(buffer.sample(count: 2)["a"]).items.steps
    let second = try #require(buffer.sample(count: 2)["a"]).items.steps
    try buffer.updatePriorities(module: "a", second, [5, 5])
    try buffer.updatePriorities(module: "a", first, [7, 7])
    for step in first { #expect(buffer.priorities[0].tree[step] == 7) }
    for step in second where !first.contains(step) { #expect(buffer.priorities[0].tree[step] == 5) }
  }
}
