public import StateTree

/// CartPole-v1: a pole hinged on a cart is kept upright by pushing the cart left or right.
///
/// Action 0 pushes to the left, 1 to the right, with 10 newtons for 0.02 seconds. Every step is worth 1, the last one
/// too. The episode terminates once the cart is more than 2.4 m from the middle or the pole more than 12 degrees
/// (0.2095 rad) from upright, and is truncated after 500 steps. It begins with each of the four numbers of `physics`
/// drawn evenly from -0.05 to 0.05.
///
/// Observations, rewards and endings are those of Gymnasium bit for bit: the same operations in the same order in
/// double precision, the observation rounded to float32, `reset(seed:)` drawing from the same generator, `sin` and `cos`
/// of the C library, which is what numpy calls too. Where glibc has other routines for these, as on processors without
/// FMA, which round one sine in a thousand differently, both change alike. Unlike Gymnasium, which warns or goes on, a
/// step after the end is an error.
/// - Shape: observations float32 `[4]`, in the order and units of `Physics`; actions an integer `[]`, 0 or 1.
/// - Source: Barto, Sutton and Anderson 1983, "Neuronlike Adaptive Elements That Can Solve Difficult Learning Control
///   Problems"; Gymnasium 1.2.2, `envs/classic_control/cartpole.py` (`sutton_barto_reward` false, integrator `euler`)
///   and `TimeLimit` in `wrappers/common.py`.
public struct CartPole: Environment, Equatable {
  /// The id in catalogues, Gymnasium's.
  public static let id = "CartPole-v1"

  /// The steps after which an episode is truncated.
  public static let maximumEpisodeSteps = 500

  /// Where cart and pole are, unrounded; zeros before the first reset.
  public internal(set) var physics = Physics()

  /// Steps taken since the last reset.
  public var episodeSteps: Int { progress.steps }

  /// Where the episode stands.
  public var phase: EpisodePhase { progress.phase }

  var progress = EpisodeProgress()

  /// An environment before its first reset.
  public init() {}

  /// float32 `[4]`; positions within twice the thresholds, velocities without bounds.
  public var observationSpace: Space { Self.observationSpace }

  /// 0 or 1: to the left or to the right.
  public var actionSpace: Space { Self.actionSpace }

  private static let actionSpace = Space.discrete(count: 2)

  private static let observationSpace: Space = {
    // The bounds are rounded as the observations are.
    let high = [2 * Physics.positionThreshold, .infinity, 2 * Physics.angleThreshold, .infinity].map {
      Double(Float($0))
    }
    return .box(dataType: .float32, shape: [4], low: high.map { -$0 }, high: high)
  }()

  /// Begins an episode; one under way is abandoned.
  /// - Returns: The first observation, float32 `[4]`.
  public mutating func reset(seed: UInt64?) -> Tensor {
    // Arguments are evaluated in order, so the draws have Gymnasium's.
    physics = progress.begin(seed: seed) { generator in
      Physics(
        cartPosition: generator.uniform(in: Physics.start), cartVelocity: generator.uniform(in: Physics.start),
        poleAngle: generator.uniform(in: Physics.start), poleAngularVelocity: generator.uniform(in: Physics.start))
    }
    return physics.observation
  }

  /// Pushes the cart once.
  /// - Parameter action: 0 for left or 1 for right; an integer of any type without axes.
  /// - Throws: `EnvironmentError.notReset`, `.episodeEnded`, `.invalidAction`; the environment stays as it was.
  public mutating func step(_ action: Tensor) throws(EnvironmentError) -> EnvironmentStep {
    try progress.checkUnderWay(in: Self.id)
    guard let direction = action.integer, direction == 0 || direction == 1 else {
      throw .invalidAction(
        environment: Self.id, found: action.shortDescription, expected: actionSpace.description)
    }
    physics.advance(pushingRight: direction == 1)
    let isTerminated = physics.isOutOfBounds
    let isTruncated = progress.countStep(isTerminated: isTerminated, limit: Self.maximumEpisodeSteps)
    return EnvironmentStep(
      observation: physics.observation, reward: 1, isTerminated: isTerminated, isTruncated: isTruncated)
  }
}
