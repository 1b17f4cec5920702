/// Numbers as people read them.
public enum Quantity {
  /// A count with commas: `1,234,567`.
  public static func count(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    let grouped = digits.enumerated().map { offset, digit in
      offset > 0 && (digits.count - offset).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
    }
    return (value < 0 ? "-" : "") + grouped.joined()
  }

  /// A size in the unit that leaves one to three digits before the point: `521.9 kB`.
  /// - Units: powers of 1,000.
  public static func bytes(_ value: Int) -> String {
    guard value >= 1000 else { return "\(value) B" }
    var (amount, unit) = (Double(value), 0)
    while amount >= 999.95, unit < units.count { (amount, unit) = (amount / 1000, unit + 1) }
    let tenths = Int((amount * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[unit - 1])"
  }

  private static let units = ["kB", "MB", "GB", "TB", "PB", "EB"]

  /// A number with about five significant digits: `0.41235`, `-1234.5`, `1.5e-07`, `nan`.
  public static func number(_ value: Double) -> String {
    if value.isNaN { return "nan" }
    if value.isInfinite { return value < 0 ? "-inf" : "inf" }
    if value == 0 { return value.sign == .minus ? "-0" : "0" }
    let magnitude = abs(value)
    guard magnitude >= 1e-4, magnitude < 1e9 else { return scientific(value) }
    if magnitude >= 1e5 || magnitude == magnitude.rounded() { return "\(Int(value.rounded()))" }
    let places = max(0, 4 - Int(log10Floor(magnitude)))
    return decimal(value, places: places)
  }

  private static func decimal(_ value: Double, places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { result, _ in result * 10 }
    let scaled = Int((abs(value) * scale).rounded())
    let (whole, rest) = scaled.quotientAndRemainder(dividingBy: Int(scale))
    var fraction = String(rest)
    fraction = String(repeating: "0", count: places - fraction.count) + fraction
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return (value < 0 ? "-" : "") + "\(whole)" + (fraction.isEmpty ? "" : ".\(fraction)")
  }

  private static func log10Floor(_ magnitude: Double) -> Int {
    var (exponent, bound) = (0, magnitude)
    while bound >= 10 { (exponent, bound) = (exponent + 1, bound / 10) }
    while bound < 1 { (exponent, bound) = (exponent - 1, bound * 10) }
    return exponent
  }

  private static func scientific(_ value: Double) -> String {
    var (exponent, mantissa) = (0, abs(value))
    while mantissa >= 10 { (exponent, mantissa) = (exponent + 1, mantissa / 10) }
    while mantissa < 1 { (exponent, mantissa) = (exponent - 1, mantissa * 10) }
    let text = decimal(mantissa, places: 4)
    return (value < 0 ? "-" : "") + (text == "10" ? "1e\(exponent + 1)" : "\(text)e\(exponent)")
  }
}
