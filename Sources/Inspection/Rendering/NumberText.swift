internal import BufferFiles

/// Numbers as people read them.
public enum NumberText {
  /// An integer with thousands separators: `1,234,567`.
  public static func count(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var result = ""
    for (position, digit) in digits.enumerated() {
      if position > 0, (digits.count - position).isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return (value < 0 ? "-" : "") + result
  }

  /// A count with its noun: `1 step`, `2,000 steps`.
  public static func count(_ value: Int, _ noun: String) -> String { count(value) + " " + noun + (value == 1 ? "" : "s") }

  /// A size in decimal units: `521.9 kB`.
  public static func bytes(_ count: Int) -> String {
    guard count >= 1000 else { return Self.count(count, "byte") }
    var tenths = count / 100 + (count % 100 >= 50 ? 1 : 0)
    for unit in ["kB", "MB", "GB", "TB", "PB"] {
      if tenths < 10_000 { return "\(tenths / 10).\(tenths % 10) \(unit)" }
      tenths = (tenths + 500) / 1000
    }
    return "\(Self.count(tenths / 10)) EB"
  }

  /// A number in so many significant digits, without trailing zeros: `0.012346`, `1.5e-07`.
  public static func number(_ value: Double, digits: Int = 5) -> String {
    guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf" }
    guard value != 0 else { return "0" }
    let decimal = Decimal(value, digits: digits)
    return (value < 0 ? "-" : "") + (decimal.isShort ? decimal.plain : decimal.scientific)
  }

  /// An exact bound: integers with all their digits.
  static func bound(_ bound: ColumnStatistics.Bound?) -> String {
    switch bound {
    case nil: "-"
    case .int(let value): count(value)
    case .unsigned(let value): count(value)
    case .double(let value): number(value)
    }
  }

  /// A share in percent: `45.1 %`, `< 0.1 %`.
  static func share(_ part: Int, of whole: Int) -> String {
    share(whole > 0 ? Double(part) / Double(whole) : .nan)
  }

  /// A share of one in percent; nothing for what is none.
  static func share(_ share: Double) -> String {
    guard share >= 0, share <= 1 else { return "-" }
    if share > 0, share < 0.0005 { return "<0.1 %" }
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// How many times larger one size is than another: `14.6`.
  static func ratio(_ large: Int, to small: Int) -> String { number(Double(large) / Double(max(1, small)), digits: 3) }
}

/// The decimal digits of a positive number, rounded from the shortest decimal that means it.
private struct Decimal {
  /// The digits without leading and trailing zeros.
  private var digits: [UInt8]
  /// Where the point stands: 0.d1d2d3 times ten to this power.
  private var exponent: Int

  init(_ value: Double, digits limit: Int) {
    let parts = value.magnitude.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    digits = mantissa.joined().utf8.map { $0 - UInt8(ascii: "0") }
    exponent = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    let zeros = digits.prefix { $0 == 0 }.count
    digits.removeFirst(zeros)
    exponent -= zeros
    round(to: limit)
    while digits.last == 0 { digits.removeLast() }
  }

  private mutating func round(to limit: Int) {
    guard digits.count > limit else { return }
    let roundsUp = digits[limit] >= 5
    digits.removeSubrange(limit...)
    guard roundsUp else { return }
    var position = limit - 1
    while position >= 0, digits[position] == 9 {
      digits[position] = 0
      position -= 1
    }
    if position >= 0 { digits[position] += 1 } else { (digits, exponent) = ([1], exponent + 1) }
  }

  /// Whether the number reads well without a power of ten.
  var isShort: Bool { (-3...7).contains(exponent) }

  var plain: String {
    let all = text(digits[...])
    if exponent <= 0 { return "0." + String(repeating: "0", count: -exponent) + all }
    if digits.count <= exponent {
      return NumberText.count(Int(all + String(repeating: "0", count: exponent - digits.count)) ?? 0)
    }
    return NumberText.count(Int(text(digits[..<exponent])) ?? 0) + "." + text(digits[exponent...])
  }

  var scientific: String {
    let power = exponent - 1
    let rest = digits.count > 1 ? "." + text(digits[1...]) : ""
    return text(digits[..<1]) + rest + "e" + (power < 0 ? "-" : "+") + (abs(power) < 10 ? "0" : "") + "\(abs(power))"
  }

  private func text(_ digits: ArraySlice<UInt8>) -> String { digits.map { String($0) }.joined() }
}
