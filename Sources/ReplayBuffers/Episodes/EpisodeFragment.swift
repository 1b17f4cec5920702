public import StateTree

/// The piece of an episode that a runner hands over at once: T steps with the observations around them.
public struct EpisodeFragment: Sendable, Equatable {
  /// The episode's name.
  public var id: String
  /// The time step in the episode at which the fragment begins.
  public var startTime: Int
  /// The observation before each step, and the one behind the last, by the names of their columns: `obs`, or the parts
  /// of a dictionary, `obs/...`.
  /// - Shape: `[T + 1] + column shape` each
  public var observationParts: [StateKey: Tensor]
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

  /// A fragment whose observations are the one column `obs`; `EpisodeReplayBuffer.add` checks it.
  public init(
    id: String, startTime: Int = 0, observations: Tensor, actions: Tensor, rewards: Tensor,
    extraColumns: [StateKey: Tensor] = [:], isTerminated: Bool = false, isTruncated: Bool = false
  ) {
    self.init(
      id: id, startTime: startTime, observationParts: ["obs": observations], actions: actions, rewards: rewards,
      extraColumns: extraColumns, isTerminated: isTerminated, isTruncated: isTruncated)
  }

  /// A fragment from its parts, such as those of a dictionary of observations; `EpisodeReplayBuffer.add` checks them.
  public init(
    id: String, startTime: Int = 0, observationParts: [StateKey: Tensor], actions: Tensor, rewards: Tensor,
    extraColumns: [StateKey: Tensor] = [:], isTerminated: Bool = false, isTruncated: Bool = false
  ) {
    self.id = id
    self.startTime = startTime
    self.observationParts = observationParts
    self.actions = actions
    self.rewards = rewards
    self.extraColumns = extraColumns
    self.isTerminated = isTerminated
    self.isTruncated = isTruncated
  }

  /// The observations of the one column `obs`; without rows if they are a dictionary.
  /// - Shape: `[T + 1] + observation shape`
  public var observations: Tensor {
    get { observationParts["obs"] ?? .withoutObservations }
    set { observationParts["obs"] = newValue }
  }

  /// How many steps there are, T.
  public var length: Int { rewards.shape.first ?? 0 }
  /// Whether the episode ends with the fragment.
  public var isDone: Bool { isTerminated || isTruncated }
}

extension Tensor {
  /// What stands for the column `obs` where the observations are a dictionary.
  static var withoutObservations: Tensor { Tensor(vector: [Float]()) }
}
