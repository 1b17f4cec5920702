public import StateTree

/// Pendulum-v1: a pendulum is swung up by a torque at its hinge, and kept upright with little of it.
///
/// An action is a torque from -2 to 2 newton metres for 0.05 seconds. A step costs the square of the angle from
/// upright, a tenth of the square of the velocity and a thousandth of that of the torque, taken before the step, so
/// that rewards lie in -16.28...0. No episode terminates; it is truncated after 200 steps. It begins at an angle drawn
/// evenly from -pi to pi and with a velocity from -1 to 1.
///
/// Observations, rewards and inner states are those of Gymnasium bit for bit: the same operations in the same order and
/// precision, `sin`, `cos` and, for squares, `pow` of the C library, which is what numpy calls too. Unlike Gymnasium,
/// which clips a torque beyond the bounds and goes on after the end, both are errors here: who samples from a Gaussian
/// clips before the step, so that the action that was taken is the one that is recorded.
/// - Shape: observations float32 `[3]`: cosine and sine of the angle, velocity; actions float32 `[1]`.
/// - Source: Gymnasium 1.2.2, `envs/classic_control/pendulum.py` (`g` 10) and `TimeLimit` in `wrappers/common.py`.
public struct Pendulum: Environment, Equatable {
  /// The id in catalogues, Gymnasium's.
  public static let id = "Pendulum-v1"

  /// The steps after which an episode is truncated.
  public static let maximumEpisodeSteps = 200

  /// How it hangs and turns, unrounded; zeros before the first reset.
  public internal(set) var physics = Physics()

  /// Steps taken since the last reset.
  public var episodeSteps: Int { progress.steps }

  /// Where the episode stands.
  public var phase: EpisodePhase { progress.phase }

  var progress = EpisodeProgress()

  /// An environment before its first reset.
  public init() {}

  /// float32 `[3]`; cosine and sine within -1...1, the velocity within -8...8.
  public var observationSpace: Space { Self.observationSpace }

  /// float32 `[1]`, from -2 to 2: a torque in newton metres.
  public var actionSpace: Space { Self.actionSpace }

  private static let actionSpace = Space.box(dataType: .float32, shape: [1], low: [-2], high: [2])

  private static let observationSpace = Space.box(
    dataType: .float32, shape: [3], low: [-1, -1, -8], high: [1, 1, 8])

  /// Begins an episode; one under way is abandoned.
  /// - Returns: The first observation, float32 `[3]`.
  public mutating func reset(seed: UInt64?) -> Tensor {
    physics = progress.begin(seed: seed) { generator in
      Physics(
        angle: generator.uniform(in: Physics.startAngles),
        angularVelocity: generator.uniform(in: Physics.startVelocities))
    }
    return physics.observation
  }

  /// Turns the hinge once.
  /// - Parameter action: The torque, float32 `[1]` within -2...2.
  /// - Throws: `EnvironmentError.notReset`, `.episodeEnded`, `.invalidAction`; the environment stays as it was.
  public mutating func step(_ action: Tensor) throws(EnvironmentError) -> EnvironmentStep {
    try progress.checkUnderWay(in: Self.id)
    guard action.shape == [1], let torque = try? action.scalars(as: Float.self)[0],
      abs(torque) <= Physics.maximumTorque
    else {
      throw .invalidAction(environment: Self.id, found: action.shortDescription, expected: actionSpace.description)
    }
    let reward = physics.advance(torque: torque)
    let isTruncated = progress.countStep(isTerminated: false, limit: Self.maximumEpisodeSteps)
    return EnvironmentStep(
      observation: physics.observation, reward: reward, isTerminated: false, isTruncated: isTruncated)
  }
}
