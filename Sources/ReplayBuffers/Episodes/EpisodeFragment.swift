public import StateTree

/// The piece of an episode that a runner hands over at once: T steps with the observations around them.
public struct EpisodeFragment: Sendable, Equatable {
  /// The episode's name.
  public var id: String
  /// The time step in the episode at which the fragment begins.
  public var startTime: Int
  /// The observation before each step, and the one behind the last.
  /// - Shape: `[T + 1] + observation shape`
  public var observations: Tensor
  /// The actions.
  /// - Shape: `[T] + action shape`
  public var actions: Tensor
  /// The rewards.
  /// - Shape: `[T]`
  public var rewards: Tensor
  /// All other columns of the buffer by name.
  /// - Shape: `[T] + column shape` each
  public var extraColumns: [StateKey: Tensor]
  /// Whether the environment ended the episode with the last step.
  public var isTerminated: Bool
  /// Whether the episode was cut off from outside after the last step.
  public var isTruncated: Bool

  /// A fragment from its parts; `EpisodeReplayBuffer.add` checks them.
  public init(
    id: String, startTime: Int = 0, observations: Tensor, actions: Tensor, rewards: Tensor,
    extraColumns: [StateKey: Tensor] = [:], isTerminated: Bool = false, isTruncated: Bool = false
  ) {
    self.id = id
    self.startTime = startTime
    self.observations = observations
    self.actions = actions
    self.rewards = rewards
    self.extraColumns = extraColumns
    self.isTerminated = isTerminated
    self.isTruncated = isTruncated
  }

  /// How many steps there are, T.
  public var length: Int { rewards.shape.first ?? 0 }
  /// Whether the episode ends with the fragment.
  public var isDone: Bool { isTerminated || isTruncated }
}
