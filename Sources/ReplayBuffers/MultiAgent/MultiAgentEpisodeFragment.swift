public import StateTree

/// What one agent did in a fragment of a multi-agent episode: its K steps with the observations around them.
///
/// A step of an agent is complete when its next observation is there. An agent whose turn comes seldom therefore may
/// have acted before the fragment in which the step is handed over, and an agent may have no step in a fragment.
public struct AgentFragment: Sendable, Equatable {
  /// The agent's name, unique in its episode.
  public var agent: String
  /// The module that decides for the agent, the same for the whole episode.
  public var module: String
  /// The agent's own time at which the fragment begins: how many steps it took before.
  public var startTime: Int
  /// The time in the episode, in environment steps, at which the agent acted, for each of its steps.
  ///
  /// They go up. Only the first one may lie before the fragment.
  /// - Shape: `[K]`
  public var environmentTimes: [Int]
  /// The observation before each step, and the one behind the last.
  /// - Shape: `[K + 1] + observation shape`
  public var observations: Tensor
  /// The actions.
  /// - Shape: `[K] + action shape`
  public var actions: Tensor
  /// The rewards, each with those that came until the next observation.
  /// - Shape: `[K]`
  public var rewards: Tensor
  /// All other columns of the module by name.
  /// - Shape: `[K] + column shape` each
  public var extraColumns: [StateKey: Tensor]
  /// Whether the environment ended the episode for this agent with its last step.
  public var isTerminated: Bool
  /// Whether the agent was cut off after its last step.
  public var isTruncated: Bool

  /// An agent's fragment from its parts; `MultiAgentEpisodeReplayBuffer.add` checks them.
  public init(
    agent: String, module: String, startTime: Int = 0, environmentTimes: [Int], observations: Tensor, actions: Tensor,
    rewards: Tensor, extraColumns: [StateKey: Tensor] = [:], isTerminated: Bool = false, isTruncated: Bool = false
  ) {
    self.agent = agent
    self.module = module
    self.startTime = startTime
    self.environmentTimes = environmentTimes
    self.observations = observations
    self.actions = actions
    self.rewards = rewards
    self.extraColumns = extraColumns
    self.isTerminated = isTerminated
    self.isTruncated = isTruncated
  }

  /// How many steps the agent took, K.
  public var length: Int { environmentTimes.count }
}

/// The piece of a multi-agent episode that a runner hands over at once: T environment steps and what the agents did.
/// - Source: RLlib's `MultiAgentEpisode`, one chunk between two calls of `cut()`.
public struct MultiAgentEpisodeFragment: Sendable, Equatable {
  /// The episode's name.
  public var id: String
  /// The time in the episode at which the fragment begins (`env_t_started`).
  /// - Units: environment steps.
  public var startTime: Int
  /// How many environment steps there are, T, whoever acted in them.
  public var length: Int
  /// The agents that have steps or news in the fragment, each once.
  public var agents: [AgentFragment]
  /// Whether the environment ended the episode with the last step, for all agents.
  public var isTerminated: Bool
  /// Whether the episode was cut off after the last step, for all agents.
  public var isTruncated: Bool

  /// A fragment from its parts; `MultiAgentEpisodeReplayBuffer.add` checks them.
  public init(
    id: String, startTime: Int = 0, length: Int, agents: [AgentFragment], isTerminated: Bool = false,
    isTruncated: Bool = false
  ) {
    self.id = id
    self.startTime = startTime
    self.length = length
    self.agents = agents
    self.isTerminated = isTerminated
    self.isTruncated = isTruncated
  }

  /// The times of the fragment's environment steps.
  /// - Precondition: They are within reach of numbers.
  public var times: Range<Int> { startTime..<startTime + length }
  /// Whether the episode ends with the fragment.
  public var isDone: Bool { isTerminated || isTruncated }
}

extension AgentFragment {
  /// The column that every module's rows have besides its own: when the agent acted.
  /// - Units: environment steps from the beginning of the episode.
  static let timeColumn = ColumnSchema("env_t", .int64)

  /// The fragment as one of an episode of its module.
  func episodeFragment(in episode: String) throws(ReplayBufferError) -> EpisodeFragment {
    let name = StateKey(Self.timeColumn.name)
    guard extraColumns[name] == nil else {
      throw .unknownColumn(name.string, known: extraColumns.keys.filter { $0 != name }.sorted().map(\.string))
    }
    var columns = extraColumns
    columns[name] = Tensor(vector: environmentTimes.map(Int64.init))
    return EpisodeFragment(
      id: Self.episodeID(agent: agent, in: episode), startTime: startTime, observations: observations,
      actions: actions, rewards: rewards, extraColumns: columns, isTerminated: isTerminated, isTruncated: isTruncated)
  }

  /// The name of an agent's part of an episode, `episode/agent`; no two pairs have the same.
  static func episodeID(agent: String, in episode: String) -> String { escaped(episode) + "/" + escaped(agent) }

  /// A name without slashes: `/` is `%2F`, and `%` is `%25`.
  private static func escaped(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "%") }) else { return name }
    let bytes = name.utf8.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "/"): Array("%2F".utf8)
      case UInt8(ascii: "%"): Array("%25".utf8)
      default: [byte]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
