/// How far two numbers may lie apart and still count as the same.
///
/// They are the same if their distance is at most the larger of `absolute` and `relative` times the larger magnitude.
/// Without tolerance numbers are compared by their bits, so that -0.0 differs from 0.0 and a NaN equals itself.
public struct Tolerance: Sendable, Equatable {
  /// How a NaN compares with a NaN.
  public enum NaN: Sendable, Equatable {
    /// They are the same.
    case equal
    /// They differ.
    case different
  }

  /// The distance that is always allowed.
  public var absolute: Double
  /// The distance that is allowed as a fraction of the larger magnitude.
  public var relative: Double
  /// How NaN compares with NaN.
  public var nan: NaN

  /// A tolerance; without arguments none.
  public init(absolute: Double = 0, relative: Double = 0, nan: NaN = .equal) {
    precondition(absolute >= 0 && relative >= 0, "a tolerance is not negative")
    (self.absolute, self.relative, self.nan) = (absolute, relative, nan)
  }

  /// Whether nothing but the same bits counts as the same.
  public var isExact: Bool { absolute == 0 && relative == 0 }

  /// How far two numbers lie apart beyond what is allowed: nil if they count as the same, infinity next to NaN.
  func violation(_ a: Double, _ b: Double) -> Double? {
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN && nan == .equal ? nil : .infinity }
    if a == b { return isExact && a.sign != b.sign ? 0 : nil }
    let distance = abs(a - b)
    guard distance.isFinite else { return .infinity }
    return distance <= max(absolute, relative * max(abs(a), abs(b))) ? nil : distance
  }

  /// How far two integers lie apart beyond what is allowed, told apart also where doubles are not: nil if they count as
  /// the same.
  func violation<Integer: FixedWidthInteger>(_ a: Integer, _ b: Integer) -> Double? {
    guard a != b else { return nil }
    let (low, high) = (Integer.Magnitude(truncatingIfNeeded: min(a, b)), Integer.Magnitude(truncatingIfNeeded: max(a, b)))
    let distance = Double(high &- low)
    return distance <= max(absolute, relative * Double(max(a.magnitude, b.magnitude))) ? nil : distance
  }
}
