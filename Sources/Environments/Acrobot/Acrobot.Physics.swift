internal import Glibc
internal import StateTree

extension Acrobot {
  /// How the two links hang and move.
  public struct Physics: Sendable, Equatable {
    /// The angle of the first joint, RLlib's and Gymnasium's `theta1`: 0 with the first link hanging down, from -pi to
    /// pi.
    /// - Units: radians.
    public internal(set) var firstJointAngle = 0.0
    /// The angle of the second joint, `theta2`, relative to the first link: 0 with both links in line, from -pi to pi.
    /// - Units: radians.
    public internal(set) var secondJointAngle = 0.0
    /// How fast the first joint turns, from -4 pi to 4 pi.
    /// - Units: radians a second.
    public internal(set) var firstAngularVelocity = 0.0
    /// How fast the second joint turns, from -9 pi to 9 pi.
    /// - Units: radians a second.
    public internal(set) var secondAngularVelocity = 0.0
  }
}

extension Acrobot.Physics {
  static let start = -0.1..<0.1
  static let maximumVelocities = (first: 4 * Double.pi, second: 9 * Double.pi)

  private static let firstLength = 1.0
  private static let firstMass = 1.0
  private static let secondMass = 1.0
  /// From the joint to the middle of the link.
  private static let firstCenter = 0.5
  private static let secondCenter = 0.5
  private static let inertia = 1.0
  private static let gravity = 9.8
  private static let secondsPerStep = 0.2

  /// One step of the fourth-order method of Runge and Kutta.
  /// - Parameter torque: In newton metres.
  /// - Source: `rk4`, `wrap` and `bound` in Gymnasium's `acrobot.py`, in its order of operations.
  mutating func advance(torque: Double) {
    let start = SIMD4(numbers)
    let k1 = Self.derivative(of: start, torque)
    let k2 = Self.derivative(of: start + Self.secondsPerStep / 2 * k1, torque)
    let k3 = Self.derivative(of: start + Self.secondsPerStep / 2 * k2, torque)
    let k4 = Self.derivative(of: start + Self.secondsPerStep * k3, torque)
    let end = start + Self.secondsPerStep / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    firstJointAngle = Self.wrapped(end[0])
    secondJointAngle = Self.wrapped(end[1])
    let (first, second) = Self.maximumVelocities
    firstAngularVelocity = min(max(end[2], -first), first)
    secondAngularVelocity = min(max(end[3], -second), second)
  }

  /// How angles and velocities change a second.
  /// - Source: `_dsdt` in Gymnasium's `acrobot.py`, `book_or_nips` "book", in its order of operations: another one
  ///   rounds differently, and after some dozen steps nothing is alike.
  private static func derivative(of state: SIMD4<Double>, _ torque: Double) -> SIMD4<Double> {
    let (first, second, firstVelocity, secondVelocity) = (state[0], state[1], state[2], state[3])
    let (sine, cosine) = (sin(second), cos(second))
    let d1 =
      firstMass * firstCenter * firstCenter
      + secondMass * (firstLength * firstLength + secondCenter * secondCenter + 2 * firstLength * secondCenter * cosine)
      + inertia + inertia
    let d2 = secondMass * (secondCenter * secondCenter + firstLength * secondCenter * cosine) + inertia
    let phi2 = secondMass * secondCenter * gravity * cos(first + second - .pi / 2)
    let phi1 =
      -secondMass * firstLength * secondCenter * NumpyArithmetic.squared(secondVelocity) * sine
      - 2 * secondMass * firstLength * secondCenter * secondVelocity * firstVelocity * sine
      + (firstMass * firstCenter + secondMass * firstLength) * gravity * cos(first - .pi / 2)
      + phi2
    let pull = secondMass * firstLength * secondCenter * NumpyArithmetic.squared(firstVelocity) * sine
    let secondAcceleration =
      (torque + d2 / d1 * phi1 - pull - phi2)
      / (secondMass * secondCenter * secondCenter + inertia - NumpyArithmetic.squared(d2) / d1)
    let firstAcceleration = -(d2 * secondAcceleration + phi1) / d1
    return [firstVelocity, secondVelocity, firstAcceleration, secondAcceleration]
  }

  /// The angle within -pi...pi. At most some turns are taken off: a step turns a joint by no more than its velocity
  /// allows.
  private static func wrapped(_ angle: Double) -> Double {
    var angle = angle
    while angle > .pi { angle -= 2 * .pi }
    while angle < -.pi { angle += 2 * .pi }
    return angle
  }

  /// Whether the free end is a link's length above the fixed one.
  var isAboveTarget: Bool { -cos(firstJointAngle) - cos(secondJointAngle + firstJointAngle) > 1 }

  /// What the agent sees: cosine and sine of both angles, and the velocities, rounded to float32.
  var observation: Tensor {
    Tensor(
      vector: [
        cos(firstJointAngle), sin(firstJointAngle), cos(secondJointAngle), sin(secondJointAngle),
        firstAngularVelocity, secondAngularVelocity,
      ].map { Float($0) })
  }

  /// What the agent sees first: Gymnasium begins in float32 and takes cosine and sine in it too.
  /// - Precondition: The numbers are float32's and the angles small, as they are after a reset.
  var firstObservation: Tensor {
    let (first, second) = (Float(firstJointAngle), Float(secondJointAngle))
    return Tensor(vector: [
      NumpyArithmetic.cosine(first), NumpyArithmetic.sine(first), NumpyArithmetic.cosine(second),
      NumpyArithmetic.sine(second), Float(firstAngularVelocity), Float(secondAngularVelocity),
    ])
  }

  /// Both angles, then both velocities: Gymnasium's order.
  var numbers: [Double] { [firstJointAngle, secondJointAngle, firstAngularVelocity, secondAngularVelocity] }

  /// From four numbers in Gymnasium's order.
  init(numbers: [Double]) {
    self.init(
      firstJointAngle: numbers[0], secondJointAngle: numbers[1], firstAngularVelocity: numbers[2],
      secondAngularVelocity: numbers[3])
  }
}
