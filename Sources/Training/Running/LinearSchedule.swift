public import StateTree

/// A value that moves in straight lines between points, such as RLlib's `epsilon`: `[(0, 1.0), (10000, 0.05)]`.
public struct LinearSchedule: Sendable, Hashable {
  /// The points: environment steps and the value there; the first at step 0, steps rising.
  public let points: [Point]

  /// One point.
  public struct Point: Sendable, Hashable {
    /// The lifetime environment step.
    public var step: Int
    /// The value from there on towards the next point.
    public var value: Double

    /// A point.
    public init(step: Int, value: Double) {
      self.step = step
      self.value = value
    }
  }

  /// A schedule through these points, nil unless the first is at step 0, steps rise and values are finite.
  public init?(_ points: [Point]) {
    guard points.first?.step == 0, zip(points, points.dropFirst()).allSatisfy({ $0.step < $1.step }),
      points.allSatisfy(\.value.isFinite)
    else { return nil }
    self.points = points
  }

  /// From one value to another in so many steps.
  /// - Precondition: `steps` is above 0.
  public init(from first: Double, to last: Double, over steps: Int) {
    precondition(steps > 0, "a schedule of at least one step, found \(steps)")
    points = [Point(step: 0, value: first), Point(step: steps, value: last)]
  }

  /// The same value at every step.
  public init(constant value: Double) { points = [Point(step: 0, value: value)] }

  /// The value at a step; behind the last point that of the last point.
  public func value(at step: Int) -> Double {
    guard let next = points.firstIndex(where: { $0.step > step }) else { return points[points.count - 1].value }
    let (a, b) = (points[max(0, next - 1)], points[next])
    return a.value + (b.value - a.value) * (Double(step - a.step) / Double(b.step - a.step))
  }
}

extension LinearSchedule: ConfigValue {
  /// `[[0, 1.0], [10000, 0.05]]`, or the number alone if it is constant.
  public var configState: StateValue {
    points.count == 1
      ? .double(points[0].value) : .array(points.map { .array([.integer($0.step), .double($0.value)]) })
  }

  /// From a number or a list of pairs.
  public init?(configState: StateValue) {
    if let constant = Double(configState: configState) {
      self.init(constant: constant)
      return
    }
    guard case .array(let pairs) = configState else { return nil }
    var points: [Point] = []
    for pair in pairs {
      guard case .array(let parts) = pair, parts.count == 2, let step = Int(configState: parts[0]),
        let value = Double(configState: parts[1])
      else { return nil }
      points.append(Point(step: step, value: value))
    }
    self.init(points)
  }

  /// Words for it.
  public static var expectation: String { "a number or a list of steps and values such as [[0, 1.0], [10000, 0.05]]" }
}
