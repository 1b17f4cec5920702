extension DataType {
  /// The size of an element of an opaque type: `<U5` 20, `|S5` 5, `|V16` 16, dates and time spans 8.
  static func opaqueItemBytes(_ name: [UInt8]) -> Int? {
    guard name.count >= 3, name.count <= 64 else { return nil }
    let rest = name[2...]
    switch (name[0], name[1]) {
    case (UInt8(ascii: "<"), UInt8(ascii: "U")): return length(rest, upTo: 1 << 26).map { 4 * $0 }
    case (UInt8(ascii: "|"), UInt8(ascii: "S")), (UInt8(ascii: "|"), UInt8(ascii: "V")):
      return length(rest, upTo: 1 << 28)
    case (UInt8(ascii: "<"), UInt8(ascii: "M")), (UInt8(ascii: "<"), UInt8(ascii: "m")):
      return isTime(String(decoding: rest, as: UTF8.self)) ? 8 : nil
    default: return nil
    }
  }

  /// A decimal number as numpy writes it: digits only, no leading zero.
  private static func length(_ digits: ArraySlice<UInt8>, upTo limit: Int) -> Int? {
    guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      digits.count == 1 || digits.first != UInt8(ascii: "0"),
      let length = Int(String(decoding: digits, as: UTF8.self)), length <= limit
    else { return nil }
    return length
  }

  /// Whether this is `8` (no unit) or `8[25us]`: one of numpy's units with or without a count of them.
  /// - Source: numpy, "Datetimes and timedeltas", "Datetime units".
  private static func isTime(_ rest: String) -> Bool {
    if rest == "8" { return true }
    guard rest.hasPrefix("8["), rest.hasSuffix("]") else { return false }
    let inside = rest.utf8.dropFirst(2).dropLast()
    let digits = inside.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let unit = String(decoding: inside.dropFirst(digits.count), as: UTF8.self)
    let units = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"]
    guard units.contains(unit) else { return false }
    if digits.isEmpty { return true }
    // numpy writes a count of one as no count, and keeps counts in 32 bits.
    return length(ArraySlice(digits), upTo: Int(Int32.max)).map { $0 > 1 } ?? false
  }
}
