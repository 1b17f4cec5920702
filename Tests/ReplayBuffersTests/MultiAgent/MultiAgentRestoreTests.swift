import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `State and contents of multi-agent buffers` {
  /// A buffer in the middle of its life: evictions in and out of turn, holes, episodes and agents under way.
  static func lived(seed: UInt64, _ games: inout RandomGames) throws -> MultiAgentPrioritizedEpisodeReplayBuffer {
    var buffer = try prioritizedAgents(capacity: 150, alpha: 0.6, seed: seed)
    for _ in 0..<2500 { try buffer.add(games.next()) }
    while buffer.store.modules.allSatisfy({ $0.store.goneCount == 0 }) { try buffer.add(games.next()) }
    for items in try buffer.sample(count: 100, nStep: .drawn(from: 1..<4)).modules {
      try buffer.updatePriorities(module: items.module, items.items.steps, items.items.rewards.map { Double($0) / 7 })
    }
    return buffer
  }

  /// What a buffer does next, as values: samples of both modes, evictions, priorities, and at last its state.
  static func future(
    _ buffer: MultiAgentPrioritizedEpisodeReplayBuffer, _ games: RandomGames
  ) throws -> ([MultiAgentSample], StateValue) {
    var (buffer, games) = (buffer, games)
    var samples: [MultiAgentSample] = []
    for round in 0..<300 {
      try buffer.add(games.next())
      if round == 100 {
        try buffer.addModule("0", schema: AgentData.schema("0"))
        games.modules.append("0")
      }
      samples.append(try buffer.sample(count: 4, nStep: .drawn(from: 1..<5)))
      if let shared = try? buffer.sample(count: 3, mode: .synchronized) { samples.append(shared) }
      for items in samples[samples.count - 1].modules {
        try buffer.updatePriorities(module: items.module, items.items.steps, items.items.rewards.map { Double($0) / 3 })
      }
    }
    return (samples, buffer.state)
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func `A restored buffer goes on bit for bit`(seed: UInt64) throws {
    var games = RandomGames(seed: seed, games: 5)
    let buffer = try Self.lived(seed: seed, &games)
    var restored = try MultiAgentPrioritizedEpisodeReplayBuffer(capacity: 150, seed: 0)
    #expect(restored.nextDraws(8) == nil)
    try restored.restore(from: StateValue(decoding: buffer.state.encoded()))
    #expect(restored.nextDraws(8) == buffer.nextDraws(8) && buffer.nextDraws(8) != nil, "seed \(seed)")
    #expect(restored.state == buffer.state, "seed \(seed)")
    #expect(try restored.state.encoded() == buffer.state.encoded(), "seed \(seed)")
    let (expected, end) = try Self.future(buffer, games)
    let (samples, restoredEnd) = try Self.future(restored, games)
    #expect(samples == expected, "seed \(seed)")
    #expect(restoredEnd == end, "seed \(seed)")
    #expect(samples.count > 320, "seed \(seed)")
  }

  @Test func `Trees that once were larger than they need to be draw the same after a restore`() throws {
    var buffer = try prioritizedAgents(capacity: 6000)
    for (id, length) in [("e", 9000), ("f", 12000), ("g", 5000)] {
      try buffer.add(together(id, 0..<length, ["x": "a"]))
    }
    // The window lies in the pages 5 and 6: a tree of two pages would have them the other way round than one of four.
    #expect(buffer.steps == 21000..<26000)
    var restored = try prioritizedAgents(capacity: 6000)
    try restored.restore(from: buffer.state)
    for mode in ReplayMode.allCases {
      #expect(try restored.sample(count: 20, mode: mode) == buffer.sample(count: 20, mode: mode))
    }
    #expect(restored.state == buffer.state)
  }

  @Test func `Another capacity is refused unless a rule allows it, and the newest whole episodes stay`() throws {
    var buffer = try prioritizedAgents(capacity: 100)
    for id in ["e", "f", "g"] { try buffer.add(together(id, 0..<30, ["x": "a"])) }
    var smaller = try prioritizedAgents(capacity: 70)
    let refused = ReplayBufferError.differentCapacity(saved: 100, capacity: 70)
    #expect(throws: refused) { try smaller.restore(from: buffer.state) }
    #expect(throws: refused) { try smaller.restore(from: buffer.snapshot(), capacity: .grow) }
    #expect(smaller.count == 0)
    let report = try smaller.restore(from: buffer.snapshot(), capacity: .keepNewest)
    #expect(smaller.count == 60 && smaller.steps == 30..<90 && report.droppedSteps == 30 && report.savedCapacity == 100)
    try smaller.checkInvariants()
    var larger = try prioritizedAgents(capacity: 200)
    #expect(try !larger.restore(from: buffer.snapshot(), capacity: .grow).isExact && larger.count == 90)
    #expect(larger.nextDraws(9) == buffer.nextDraws(9))
  }

  @Test func `Other columns of a module are refused with both in the message`() throws {
    let buffer = try prioritizedAgents()
    let other = try BufferSchema(AgentData.schema("a").columns + [ColumnSchema("more", .bool)])
    var restored = try MultiAgentPrioritizedEpisodeReplayBuffer(capacity: 100, modules: ["a": other], seed: 1)
    #expect {
      try restored.restore(from: buffer.state)
    } throws: { error in
      guard case ReplayBufferError.differentSchema(let saved, let expected) = error else { return false }
      return !saved.contains("more") && expected.contains("more")
    }
  }

  @Test func `The uniform buffer too, whatever the order of modules in its state`() throws {
    var games = RandomGames(seed: 9, games: 3)
    var buffer = try uniformAgents(capacity: 80)
    for _ in 0..<600 { try buffer.add(games.next()) }
    var state = buffer.state
    guard case .map(let modules)? = state["modules"] else {
      Issue.record("a map of modules")
      return
    }
    state["modules"] = .map(StateMap(modules.reversed().map { ($0.key, $0.value) }))
    #expect(state == buffer.state, "a map is the same in any order")
    var restored = try MultiAgentEpisodeReplayBuffer(capacity: 80, seed: 0)
    try restored.restore(from: state)
    for _ in 0..<200 {
      let fragment = try games.next()
      try buffer.add(fragment)
      try restored.add(fragment)
      #expect(try buffer.sample(count: 3) == restored.sample(count: 3))
    }
    #expect(buffer.state == restored.state)
  }

  @Test func `A snapshot stays as it was while its buffer goes on, also on another thread`() async throws {
    var games = RandomGames(seed: 3, games: 3)
    var buffer = try prioritizedAgents(capacity: 60)
    for _ in 0..<80 { try buffer.add(games.next()) }
    let snapshot = buffer.snapshot()
    let before = snapshot.selfContainedState
    let reader = Task.detached { (0..<30).allSatisfy { _ in snapshot.selfContainedState == before } }
    for _ in 0..<400 {
      try buffer.add(games.next())
      for items in try buffer.sample(count: 4).modules {
        try buffer.updatePriorities(module: items.module, items.items.steps, [1, 5, 2, 8])
      }
    }
    #expect(await reader.value)
    #expect(snapshot.selfContainedState == before)
    #expect(buffer.state != before)
  }

  @Test func `A copy of a buffer goes on alone`() throws {
    var buffer = try prioritizedAgents()
    try buffer.add(together("e", 0..<5, ["x": "a", "y": "b"]))
    var copy = buffer
    try buffer.add(together("e", 5..<9, ["x": "a", "y": "b"]))
    try copy.add(together("e", 5..<6, ["x": "a", "y": "b"], isTerminated: true))
    try copy.updatePriorities(module: "a", [0], [50])
    #expect(buffer.count == 9 && copy.count == 6)
    #expect(buffer.tree[0] == 2 && copy.tree[0] == 51)
    try buffer.checkInvariants()
    try copy.checkInvariants()
    #expect(try buffer.sample(count: 50).modules.allSatisfy { $0.items.isTerminated.allSatisfy { !$0 } })
  }

  @Test func `The contents of a module are those of a buffer of its own`() throws {
    var games = RandomGames(seed: 4, games: 4)
    let buffer = try Self.lived(seed: 4, &games)
    let contents = try buffer.snapshot().contents(ofModule: "b")
    let alone = try PrioritizedEpisodeReplayBuffer(
      contents: contents, defaults: BufferDefaults(capacity: 10_000, seed: 1))
    #expect(alone.count == (try buffer.counters(ofModule: "b").steps))
    #expect(alone.priorities.tree.sum == buffer.priorities[1].tree.sum)
    #expect(alone.schema.columns.map(\.name) == ["obs", "actions", "logp", "rewards", "env_t"])
    #expect(throws: ReplayBufferError.missingSetting("capacity")) {
      try PrioritizedEpisodeReplayBuffer(contents: contents, defaults: BufferDefaults(seed: 1))
    }
    #expect(throws: ReplayBufferError.unknownModule("c", known: ["a", "b"])) {
      try buffer.snapshot().contents(ofModule: "c")
    }
  }

  @Test func `Contents without settings take the defaults and name what is missing`() throws {
    var games = RandomGames(seed: 5, games: 4)
    let buffer = try Self.lived(seed: 5, &games)
    var state = buffer.state
    for key in ["capacity", "alpha", "generator", "tree_size"] as [StateKey] { state["state", key] = nil }
    let contents = try MultiAgentStateContents(state)
    for (defaults, key) in [
      (BufferDefaults(alpha: 0.6, seed: 1), "capacity"), (BufferDefaults(capacity: 9, seed: 1), "alpha"),
      (BufferDefaults(capacity: 9, alpha: 0.6), "generator"),
    ] {
      #expect(throws: ReplayBufferError.missingSetting(key)) {
        try MultiAgentPrioritizedEpisodeReplayBuffer(contents: contents, defaults: defaults)
      }
    }
    let smaller = try MultiAgentPrioritizedEpisodeReplayBuffer(
      contents: contents, defaults: BufferDefaults(capacity: 20, alpha: 0.6, seed: 1))
    #expect(smaller.count <= 20 && smaller.count > 0)
    #expect(smaller.steps.upperBound == buffer.steps.upperBound)
  }

  @Test func `An empty buffer survives, and so does a module without steps and an enormous capacity`() throws {
    var buffer = try prioritizedAgents(capacity: 1 << 60)
    for episodes in [0, 1] {
      if episodes == 1 { try buffer.add(`Multi-agent buffers`.fragment("e", 0..<3, [])) }
      var restored = try MultiAgentPrioritizedEpisodeReplayBuffer(capacity: 1 << 60, seed: 0)
      try restored.restore(from: buffer.state)
      #expect(restored.state == buffer.state)
      #expect(restored.modules == ["a", "b"])
      #expect(throws: ReplayBufferError.emptyBuffer) { try restored.sample(count: 1, mode: .synchronized) }
    }
  }

  @Test func `A buffer of another kind is not taken`() throws {
    let uniform = try uniformAgents()
    let error = ReplayBufferError.wrongKind(
      expected: "MultiAgentPrioritizedEpisodeReplayBuffer", found: "MultiAgentEpisodeReplayBuffer")
    #expect(throws: error) { try MultiAgentPrioritizedEpisodeReplayBuffer(contents: uniform.snapshot()) }
  }
}
