/// Exponential and logarithm by additions, multiplications and divisions alone, so that every processor gives the same
/// bits; those of the C library differ with its version and with the processor.
enum Elementary {
  /// e to the power of a number, within 2 units in the last place; NaN stays.
  ///
  /// With k the nearest integer to x / ln 2, it is 2^k times Taylor's sum of e^(x - k ln 2), of which 14 terms reach
  /// float64.
  static func exp(_ x: Double) -> Double {
    guard x > -708 else { return x.isNaN ? x : 0 }
    guard x < 709 else { return .infinity }
    // Adding 1.5 * 2^52 leaves no bits behind the point.
    let k = (x * 1.4426950408889634 + 0x1.8p52) - 0x1.8p52
    // ln 2 in two parts, the first short enough for k times it to be exact.
    let r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33
    var sum = 1.0
    for divisor in stride(from: 13.0, through: 1, by: -1) { sum = 1 + r / divisor * sum }
    return sum * Double(bitPattern: UInt64(Int(k) + 1023) << 52)
  }

  /// The natural logarithm, within 2 units in the last place or 1e-16; of 0 minus infinity, of less NaN.
  ///
  /// With x = 2^k m and m next to 1, it is k ln 2 + 2 artanh((m - 1) / (m + 1)), of which 11 terms reach float64.
  static func log(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x < .infinity else { return x }
    let isAboveRoot = x.significand > 1.4142135623730951
    let m = isAboveRoot ? x.significand / 2 : x.significand
    let k = Double(x.exponent) + (isAboveRoot ? 1 : 0)
    let s = (m - 1) / (m + 1)
    let square = s * s
    var sum = 0.0
    for divisor in stride(from: 21.0, through: 3, by: -2) { sum = (sum + 1 / divisor) * square }
    return k * 0x1.62e42feep-1 + (k * 0x1.a39ef35793c76p-33 + 2 * (s + s * sum))
  }
}
