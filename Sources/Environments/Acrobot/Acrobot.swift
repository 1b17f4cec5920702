public import StateTree

/// Acrobot-v1: two links hang from a joint, and turning the joint between them swings the free end up.
///
/// Actions 0, 1 and 2 turn the second joint with -1, 0 and 1 newton metre for 0.2 seconds. Every step is worth -1 until
/// the free end is a link's length above the fixed one, which is worth 0 and terminates the episode; it is truncated
/// after 500 steps. It begins with each of the four numbers of `physics` drawn evenly from -0.1 to 0.1, in float32.
///
/// Observations, rewards, endings and inner states are those of Gymnasium bit for bit, the chaotic motion
/// notwithstanding: the same operations in the same order in double precision, `sin`, `cos` and, for squares, `pow` of
/// the C library, which is what numpy calls too. Only the first observation of an episode is numpy's own float32 cosine
/// and sine, which has another last bit on processors without FMA. Unlike Gymnasium, which goes on, a step after the
/// end is an error.
/// - Shape: observations float32 `[6]`: cosine and sine of the first joint's angle, of the second's, both velocities;
///   actions an integer `[]`, from 0 to 2.
/// - Source: Sutton 1996, "Generalization in Reinforcement Learning: Successful Examples Using Sparse Coarse Coding",
///   with the equations of Sutton and Barto's book; Gymnasium 1.2.2, `envs/classic_control/acrobot.py` (`book_or_nips`
///   "book", `torque_noise_max` 0) and `TimeLimit` in `wrappers/common.py`.
public struct Acrobot: Environment, Equatable {
  /// The id in catalogues, Gymnasium's.
  public static let id = "Acrobot-v1"

  /// The steps after which an episode is truncated.
  public static let maximumEpisodeSteps = 500

  /// How the links hang, unrounded; zeros before the first reset.
  public internal(set) var physics = Physics()

  /// Steps taken since the last reset.
  public var episodeSteps: Int { progress.steps }

  /// Where the episode stands.
  public var phase: EpisodePhase { progress.phase }

  var progress = EpisodeProgress()

  /// An environment before its first reset.
  public init() {}

  /// float32 `[6]`; cosines and sines within -1...1, velocities within 4 pi and 9 pi.
  public var observationSpace: Space { Self.observationSpace }

  /// 0, 1 or 2: a torque of -1, 0 or 1 newton metre.
  public var actionSpace: Space { Self.actionSpace }

  private static let actionSpace = Space.discrete(count: 3)

  private static let observationSpace: Space = {
    let velocities = Physics.maximumVelocities
    // The bounds are rounded as the observations are.
    let high = [1, 1, 1, 1, velocities.first, velocities.second].map { Double(Float($0)) }
    return .box(dataType: .float32, shape: [6], low: high.map { -$0 }, high: high)
  }()

  /// Begins an episode; one under way is abandoned.
  /// - Returns: The first observation, float32 `[6]`.
  public mutating func reset(seed: UInt64?) -> Tensor {
    physics = progress.begin(seed: seed) { generator in
      Physics(numbers: generator.uniform(in: Physics.start, count: 4).map { Double(Float($0)) })
    }
    return physics.firstObservation
  }

  /// Turns the second joint once.
  /// - Parameter action: 0, 1 or 2; an integer of any type without axes.
  /// - Throws: `EnvironmentError.notReset`, `.episodeEnded`, `.invalidAction`; the environment stays as it was.
  public mutating func step(_ action: Tensor) throws(EnvironmentError) -> EnvironmentStep {
    try progress.checkUnderWay(in: Self.id)
    guard let choice = action.integer, (0...2).contains(choice) else {
      throw .invalidAction(environment: Self.id, found: action.shortDescription, expected: actionSpace.description)
    }
    physics.advance(torque: Double(choice - 1))
    let isTerminated = physics.isAboveTarget
    let isTruncated = progress.countStep(isTerminated: isTerminated, limit: Self.maximumEpisodeSteps)
    return EnvironmentStep(
      observation: physics.observation, reward: isTerminated ? 0 : -1, isTerminated: isTerminated,
      isTruncated: isTruncated)
  }
}
