internal import Glibc
internal import StateTree

extension Pendulum {
  /// How the pendulum hangs and turns.
  public struct Physics: Sendable, Equatable {
    /// The angle from upright. Turns add up: it is not brought back into -pi...pi.
    /// - Units: radians.
    public internal(set) var angle = 0.0
    /// How fast it turns, from -8 to 8.
    /// - Units: radians a second.
    public internal(set) var angularVelocity = 0.0
  }
}

extension Pendulum.Physics {
  static let maximumTorque: Float = 2
  static let maximumVelocity = 8.0
  static let startAngles = -Double.pi..<Double.pi
  static let startVelocities = -1.0..<1.0

  private static let gravity = 10.0
  private static let mass = 1.0
  private static let length = 1.0
  private static let secondsPerStep = 0.05

  /// One step of semi-implicit Euler.
  /// - Parameter torque: In newton metres, within -2...2. A float32, whose products with constants numpy takes in
  ///   float32 too.
  /// - Returns: The reward of the step, from where it began.
  /// - Source: `step` in Gymnasium's `pendulum.py`, in its order of operations.
  mutating func advance(torque: Float) -> Double {
    let bent = NumpyArithmetic.remainder(angle + .pi, 2 * .pi) - .pi
    let costs =
      NumpyArithmetic.squared(bent) + 0.1 * NumpyArithmetic.squared(angularVelocity)
      + Double(0.001 * NumpyArithmetic.squared(torque))
    let pull = 3 * Self.gravity / (2 * Self.length) * sin(angle)
    let push = Float(3 / (Self.mass * Self.length * Self.length)) * torque
    let velocity = angularVelocity + (pull + Double(push)) * Self.secondsPerStep
    angularVelocity = min(max(velocity, -Self.maximumVelocity), Self.maximumVelocity)
    angle += angularVelocity * Self.secondsPerStep
    return -costs
  }

  /// What the agent sees: cosine and sine of the angle and the velocity, rounded to float32.
  var observation: Tensor { Tensor(vector: [cos(angle), sin(angle), angularVelocity].map { Float($0) }) }

  /// Angle and velocity.
  var numbers: [Double] { [angle, angularVelocity] }

  /// From angle and velocity.
  init(numbers: [Double]) { self.init(angle: numbers[0], angularVelocity: numbers[1]) }
}
