import ReplayBuffers
import StateTree

/// What agents see and do in tests: every number says whose and which step it is. Modules `a` and `b` share no column type.
struct AgentData {
  let episode: String
  let agent: String
  let module: String

  static func schema(_ module: String) throws -> BufferSchema {
    if module == "b" {
      return try BufferSchema([
        ColumnSchema("obs", .float64, shape: [3]), ColumnSchema("actions", .float32, shape: [2]),
        ColumnSchema("logp", .float16), ColumnSchema("rewards", .float64),
      ])
    }
    return try BufferSchema([
      ColumnSchema("rewards", .float32), ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("actions", .int64),
    ])
  }

  private var key: Int { (episode + ":" + agent).utf8.reduce(7) { ($0 * 31 + Int($1)) % 1000 } }

  func observation(_ time: Int) -> Double { Double(key * 1000 + time) }
  func reward(_ time: Int) -> Double { Double(key % 50 + time % 17) }

  /// The agent's steps from its time `start` on, taken at these times of the episode.
  func fragment(
    start: Int = 0, at times: [Int], isTerminated: Bool = false, isTruncated: Bool = false
  ) throws -> AgentFragment {
    let own = start..<start + times.count
    let seen = (own.lowerBound...own.upperBound).map(observation)
    let rewards = own.map(reward)
    let isB = module == "b"
    return AgentFragment(
      agent: agent, module: module, startTime: start, environmentTimes: times,
      observations: isB
        ? try Tensor(seen.flatMap { [$0, $0, $0] }, shape: [seen.count, 3])
        : try Tensor(seen.flatMap { [Float($0), Float($0)] }, shape: [seen.count, 2]),
      actions: isB
        ? try Tensor(own.flatMap { [Float($0), -Float($0)] }, shape: [own.count, 2])
        : Tensor(vector: own.map { Int64($0) }),
      rewards: isB ? Tensor(vector: rewards) : Tensor(vector: rewards.map { Float($0) }),
      extraColumns: isB ? ["logp": Tensor(vector: own.map { Float16($0 % 1000) })] : [:],
      isTerminated: isTerminated, isTruncated: isTruncated)
  }

  /// Whether item `index` is the transition of the agent's step at `time` that sums `count` steps.
  func explains(_ items: EpisodeSample, _ index: Int, time: Int, count: Int, gamma: Double) -> Bool {
    var total = 0.0
    for step in (time..<time + count).reversed() { total = reward(step) + gamma * total }
    let width = module == "b" ? 3 : 2
    guard let seen = items.observations.doubles(), let next = items.nextObservations.doubles(),
      let actions = items.actions.doubles()
    else { return false }
    let logp = items.extraColumns["logp"]?.doubles()?[index]
    return seen[index * width + width - 1] == observation(time) && next[index * width] == observation(time + count)
      && actions[module == "b" ? index * 2 : index] == Double(time) && items.rewards[index] == Float(total)
      && items.nSteps[index] == count && items.extraColumns.count == (module == "b" ? 1 : 0)
      && logp == (module == "b" ? Double(Float16(time % 1000)) : nil)
  }
}

/// A fragment in which every agent, given as `name: module`, acts in every environment step.
func together(
  _ id: String, _ times: Range<Int>, _ agents: KeyValuePairs<String, String>, isTerminated: Bool = false,
  isTruncated: Bool = false
) throws -> MultiAgentEpisodeFragment {
  MultiAgentEpisodeFragment(
    id: id, startTime: times.lowerBound, length: times.count,
    agents: try agents.map { agent, module in
      try AgentData(episode: id, agent: agent, module: module).fragment(start: times.lowerBound, at: Array(times))
    }, isTerminated: isTerminated, isTruncated: isTruncated)
}

/// Buffers of the modules `a` and `b`.
func uniformAgents(capacity: Int = 100, seed: UInt64 = 7) throws -> MultiAgentEpisodeReplayBuffer {
  try MultiAgentEpisodeReplayBuffer(
    capacity: capacity, modules: ["a": AgentData.schema("a"), "b": AgentData.schema("b")], seed: seed)
}

func prioritizedAgents(
  capacity: Int = 100, alpha: Double = 1, seed: UInt64 = 7
) throws -> MultiAgentPrioritizedEpisodeReplayBuffer {
  try MultiAgentPrioritizedEpisodeReplayBuffer(
    capacity: capacity, alpha: alpha, modules: ["a": AgentData.schema("a"), "b": AgentData.schema("b")], seed: seed)
}
