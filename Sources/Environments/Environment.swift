public import StateTree

/// A task that an agent learns: Gymnasium's interface, with the whole state within reach.
///
/// A conforming type is a value, so that a copy goes on by itself, and its `state` holds everything that later steps
/// depend on: restored in the middle of an episode, it goes on with the same bits. One that cannot says so in
/// `inexactBecause`.
/// - Source: Gymnasium 1.2, `gymnasium/core.py`, `Env`; Towers et al. 2024, "Gymnasium: A Standard Interface for
///   Reinforcement Learning Environments".
public protocol Environment: Checkpointable, Sendable {
  /// What observations look like.
  var observationSpace: Space { get }

  /// What actions look like.
  var actionSpace: Space { get }

  /// Why a restored environment does not go on as this one would; nil, the default, if it does.
  ///
  /// With a reason, `state` tells only which environment it is, and a restored one wants a reset first. The reason ends
  /// up in checkpoints.
  var inexactBecause: String? { get }

  /// Begins an episode; one under way is abandoned.
  /// - Parameter seed: Where the environment's own generator starts afresh; nil goes on with it. An environment that
  ///   never got a seed takes one from the operating system.
  /// - Returns: The first observation.
  /// - Throws: what keeps the environment from beginning.
  mutating func reset(seed: UInt64?) throws -> Tensor

  /// Takes one action in the episode under way.
  /// - Parameter action: An element of `actionSpace`.
  /// - Throws: `EnvironmentError.notReset`, `.episodeEnded`, `.invalidAction`; the environment stays as it was.
  mutating func step(_ action: Tensor) throws -> EnvironmentStep
}

extension Environment {
  /// Nil: the state holds everything.
  public var inexactBecause: String? { nil }

  /// Begins an episode with the environment's own generator; one under way is abandoned.
  /// - Returns: The first observation.
  /// - Throws: what keeps the environment from beginning.
  public mutating func reset() throws -> Tensor { try reset(seed: nil) }
}

/// What came of one action.
public struct EnvironmentStep: Sendable, Hashable {
  /// The observation after the action, an element of the observation space.
  public var observation: Tensor
  /// The reward of the action.
  public var reward: Double
  /// Whether the task itself ended the episode: the value of what follows is zero.
  public var isTerminated: Bool
  /// Whether the episode was cut off from outside, as by a limit of time: what follows still has a value.
  ///
  /// Both can be true of one step.
  public var isTruncated: Bool

  /// A step from its parts.
  public init(observation: Tensor, reward: Double, isTerminated: Bool, isTruncated: Bool) {
    self.observation = observation
    self.reward = reward
    self.isTerminated = isTerminated
    self.isTruncated = isTruncated
  }
}
