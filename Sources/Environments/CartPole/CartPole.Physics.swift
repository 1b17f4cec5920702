internal import Glibc
internal import StateTree

extension CartPole {
  /// Where cart and pole are and how they move.
  public struct Physics: Sendable, Equatable {
    /// The cart's distance from the middle of the track, positive to the right.
    /// - Units: metres.
    public internal(set) var cartPosition = 0.0
    /// The cart's speed to the right.
    /// - Units: metres a second.
    public internal(set) var cartVelocity = 0.0
    /// How far the pole leans to the right of upright.
    /// - Units: radians.
    public internal(set) var poleAngle = 0.0
    /// How fast the pole turns to the right.
    /// - Units: radians a second.
    public internal(set) var poleAngularVelocity = 0.0
  }
}

extension CartPole.Physics {
  static let start = -0.05..<0.05
  static let positionThreshold = 2.4
  /// 12 degrees.
  static let angleThreshold = 12 * 2 * Double.pi / 360

  private static let gravity = 9.8
  private static let poleMass = 0.1
  private static let totalMass = poleMass + 1.0
  /// From the hinge to the middle of the pole.
  private static let halfLength = 0.5
  private static let poleMassLength = poleMass * halfLength
  private static let pushForce = 10.0
  private static let secondsPerStep = 0.02

  /// One step of Euler's method.
  ///
  /// The order of operations is Gymnasium's: another one rounds differently, and after some hundred steps the
  /// difference decides about endings.
  mutating func advance(pushingRight: Bool) {
    let force = pushingRight ? Self.pushForce : -Self.pushForce
    let (sine, cosine) = (sin(poleAngle), cos(poleAngle))
    let turning = poleAngularVelocity * poleAngularVelocity
    let pull = (force + Self.poleMassLength * turning * sine) / Self.totalMass
    let inertia = Self.halfLength * (4.0 / 3.0 - Self.poleMass * (cosine * cosine) / Self.totalMass)
    let angularAcceleration = (Self.gravity * sine - cosine * pull) / inertia
    let acceleration = pull - Self.poleMassLength * angularAcceleration * cosine / Self.totalMass
    // Positions move with the velocities from before the step.
    cartPosition += Self.secondsPerStep * cartVelocity
    cartVelocity += Self.secondsPerStep * acceleration
    poleAngle += Self.secondsPerStep * poleAngularVelocity
    poleAngularVelocity += Self.secondsPerStep * angularAcceleration
  }

  /// Whether the cart has left the track or the pole has fallen.
  var isOutOfBounds: Bool {
    cartPosition < -Self.positionThreshold || cartPosition > Self.positionThreshold
      || poleAngle < -Self.angleThreshold || poleAngle > Self.angleThreshold
  }

  /// What the agent sees: the four numbers rounded to float32.
  var observation: Tensor { Tensor(vector: numbers.map { Float($0) }) }

  /// The four numbers in the order of observations.
  var numbers: [Double] { [cartPosition, cartVelocity, poleAngle, poleAngularVelocity] }

  /// From four numbers in the order of observations.
  init(numbers: [Double]) {
    self.init(
      cartPosition: numbers[0], cartVelocity: numbers[1], poleAngle: numbers[2], poleAngularVelocity: numbers[3])
  }
}
