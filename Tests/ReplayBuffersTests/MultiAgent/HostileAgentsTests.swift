import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `Multi-agent contents that no buffer can have` {
  /// An episode of 3 steps that has ended, and one of 2 that goes on; `x` of module `a` in both, `y` of `b` in the first.
  static func sound() throws -> MultiAgentPrioritizedEpisodeReplayBuffer {
    var buffer = try prioritizedAgents(capacity: 20)
    try buffer.add(together("e", 0..<3, ["x": "a", "y": "b"], isTerminated: true))
    try buffer.add(together("f", 0..<2, ["x": "a"]))
    return buffer
  }

  static func numbers(_ numbers: [Int64]) -> StateValue { .tensor(Tensor(vector: numbers)) }
  static func flags(_ flags: [Bool]) -> StateValue { .tensor(Tensor(vector: flags)) }

  static let damages: [Damage] = [
    Damage("an environment step twice", "state", "episodes", "step", to: numbers([0, 1, 2, 2, 4])),
    Damage("environment steps backwards", "state", "episodes", "step", to: numbers([0, 2, 1, 3, 4])),
    Damage("a negative environment step", "state", "episodes", "step", to: numbers([-1, 1, 2, 3, 4])),
    Damage("episodes out of order", "state", "episodes", "step", to: numbers([2, 3, 4, 0, 1])),
    Damage("the largest environment step", "state", "episodes", "step", to: numbers([0, 1, 2, 3, .max])),
    Damage("the largest first environment step", "state", "episodes", "step", to: numbers([.max, 1, 2, 3, 4])),
    Damage("the smallest environment step", "state", "episodes", "step", to: numbers([.min, 1, 2, 3, 4])),
    Damage("a span of trillions", "state", "episodes", "step", to: numbers([0, 1, 2, 3, 1 << 40])),
    Damage("an environment step too few", "state", "episodes", "step", to: numbers([0, 1, 2, 3])),
    Damage("an environment step too many", "state", "episodes", "step", to: numbers([0, 1, 2, 3, 4, 5])),
    Damage("no environment steps", "state", "episodes", "step", to: nil),
    Damage("a negative length", "state", "episodes", "length", to: numbers([6, -1])),
    Damage("a length of 0", "state", "episodes", "length", to: numbers([0, 5])),
    Damage("the largest length", "state", "episodes", "length", to: numbers([3, .max])),
    Damage("lengths too few", "state", "episodes", "length", to: numbers([5])),
    Damage("lengths that cut an agent's steps", "state", "episodes", "length", to: numbers([2, 3])),
    Damage("an id twice", "state", "episodes", "id", to: ["e", "e"]),
    Damage("an id that no agent's part has", "state", "episodes", "id", to: ["e", "g"]),
    Damage("an id that is no text", "state", "episodes", "id", to: ["e", 3]),
    Damage("a start before 0", "state", "episodes", "t_started", to: numbers([0, -1])),
    Damage("the largest start", "state", "episodes", "t_started", to: numbers([0, .max])),
    Damage("a start behind agents' steps", "state", "episodes", "t_started", to: numbers([2, 0])),
    Damage("an episode ended with agents under way", "state", "episodes", "truncated", to: flags([false, true])),
    Damage("flags too few", "state", "episodes", "terminated", to: flags([true])),
    Damage("agents too few", "state", "episodes", "agents", to: numbers([1, 1])),
    Damage("a negative count of agents", "state", "episodes", "agents", to: numbers([4, -1])),
    Damage("the largest count of agents", "state", "episodes", "agents", to: numbers([.max, 1])),
    Damage("an agent twice", "state", "episodes", "agent", to: ["x", "x", "x"]),
    Damage("an agent that is no text", "state", "episodes", "agent", to: ["x", "y", 1]),
    Damage("another agent", "state", "episodes", "agent", to: ["x", "y", "z"]),
    Damage("another module", "state", "episodes", "module", to: numbers([0, 1, 1])),
    Damage("a module that is not there", "state", "episodes", "module", to: numbers([0, 1, 2])),
    Damage("a negative module", "state", "episodes", "module", to: numbers([0, -1, 0])),
    Damage("modules too few", "state", "episodes", "module", to: numbers([0, 1])),
    Damage("no episodes", "state", "episodes", to: nil),
    Damage("no state", "state", to: nil), Damage("state of another form", "state", to: 3),
    Damage("another kind", "kind", to: "MultiAgentEpisodeReplayBuffer"),
    Damage("no modules", "modules", to: nil), Damage("modules as a list", "modules", to: ["a", "b"]),
    Damage("a module less", "modules", "b", to: nil), Damage("a module of nothing", "modules", "b", to: [:]),
    Damage("a module of another kind", "modules", "a", "kind", to: "EpisodeReplayBuffer"),
    Damage("a module of transitions", "modules", "a", "layout", to: "transitions"),
    Damage("a module's own capacity", "modules", "a", "state", "capacity", to: 3),
    Damage("a module's own alpha", "modules", "a", "state", "alpha", to: 0.5),
    Damage("no largest priority", "modules", "a", "state", "max_priority", to: nil),
    Damage("a largest priority of 0", "modules", "a", "state", "max_priority", to: 0.0),
    Damage("a largest priority not a number", "modules", "a", "state", "max_priority", to: .double(.nan)),
    Damage("a priority of 0", "modules", "b", "state", "priorities", to: .tensor(Tensor(vector: [0.0, 1, 1]))),
    Damage("a priority too few", "modules", "b", "state", "priorities", to: .tensor(Tensor(vector: [1.0, 1]))),
    Damage("a module's tree of 3", "modules", "b", "state", "tree_size", to: 3),
    Damage("a module's steps backwards", "modules", "b", "rows", "steps", to: numbers([0, 2, 1, -1])),
    Damage("a module's ids", "modules", "b", "state", "episodes", "id", to: ["e/z"]),
    Damage("an agent's end taken back", "modules", "b", "state", "episodes", "terminated", to: flags([false])),
    Damage("times backwards", "modules", "b", "rows", "columns", "env_t", to: numbers([0, 2, 1, 0])),
    Damage("a time twice", "modules", "b", "rows", "columns", "env_t", to: numbers([0, 1, 1, 0])),
    Damage("a time before 0", "modules", "b", "rows", "columns", "env_t", to: numbers([-1, 1, 2, 0])),
    Damage("a time behind the end", "modules", "b", "rows", "columns", "env_t", to: numbers([0, 1, 3, 0])),
    Damage("the largest time", "modules", "b", "rows", "columns", "env_t", to: numbers([0, 1, .max, 0])),
    Damage("the smallest time", "modules", "b", "rows", "columns", "env_t", to: numbers([.min, 1, 2, 0])),
    Damage("no times", "modules", "b", "rows", "columns", "env_t", to: nil),
    Damage("times of another type", "modules", "b", "rows", "columns", "env_t", to: flags([true, true, true, true])),
    Damage("capacity 0", "state", "capacity", to: 0),
    Damage("a capacity that overflows", "state", "capacity", to: .int(.max)),
    Damage("alpha not a number", "state", "alpha", to: .double(.nan)),
    Damage("another alpha", "state", "alpha", to: 0.25),
    Damage("a tree of 3", "state", "tree_size", to: 3),
    Damage("a tree of 2^60", "state", "tree_size", to: .int(1 << 60)),
    Damage("next_step too small", "state", "next_step", to: 4),
    Damage("next_step far away", "state", "next_step", to: .int(1 << 50)),
    Damage("first_step wrong", "state", "first_step", to: 1),
    Damage("num_timesteps wrong", "state", "num_timesteps", to: 6),
    Damage("num_timesteps_added too small", "state", "num_timesteps_added", to: 4),
    Damage("sampled_timesteps below 0", "state", "sampled_timesteps", to: -1),
    Damage("num_episodes_evicted enormous", "state", "num_episodes_evicted", to: .int(.max)),
    Damage("another generator", "state", "generator", "bit_generator", to: "MT19937"),
  ]

  @Test(arguments: damages)
  func `They are refused, and the buffer stays as it was`(_ damage: Damage) throws {
    var buffer = try Self.sound()
    let state = buffer.state
    var edited = state
    edited.set(damage.path[...], damage.value)
    #expect(edited != state, "the damage changes something")
    let error = #expect(throws: ReplayBufferError.self) { try buffer.restore(from: edited) }
    if case .brokenInvariant? = error { Issue.record("only the last check noticed: \(String(describing: error))") }
    #expect(buffer.state == state)
  }

  @Test func `A module whose rows do not say when agents acted is refused`() throws {
    var alone = try EpisodeReplayBuffer(capacity: 9, schema: testSchema(), seed: 1)
    try alone.add(ReplayBuffersTests.fragment("e/x", 0..<2))
    var state = try uniformAgents().state
    state["modules", "a"] = alone.state
    let error = #expect(throws: ReplayBufferError.self) {
      try MultiAgentEpisodeReplayBuffer(contents: MultiAgentStateContents(state))
    }
    #expect(error == .invalidContents("the module a has a capacity of its own"))
    state["modules", "a", "state", "capacity"] = nil
    #expect(
      throws: ReplayBufferError.invalidSchema(
        "its last column is not \"env_t\", which every module of a multi-agent buffer has")
    ) {
      try MultiAgentEpisodeReplayBuffer(contents: MultiAgentStateContents(state))
    }
  }
}
