internal import MessagePack

/// Single values as numbers, for distances.
extension MessagePackValue {
  /// An integer, whatever its sign.
  var wholeNumber: Int128? {
    switch self {
    case .int(let value): Int128(value)
    case .unsigned(let value): Int128(value)
    default: nil
    }
  }

  /// A number of any type.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .float32(let value): Double(value)
    case .float64(let value): value
    default: nil
    }
  }
}

/// Single values as text, for people.
extension MessagePackValue {
  /// Two values that differ in a few words, in such a way that the words differ too: with their types, or with the place
  /// from which long texts and bytes differ.
  static func descriptions(_ old: MessagePackValue, _ new: MessagePackValue) -> (old: String, new: String) {
    let texts = (old: old.shortDescription, new: new.shortDescription)
    guard texts.old == texts.new else { return texts }
    switch (old, new) {
    case (.text(let a), .text(let b)), (.binary(let a), .binary(let b)), (.ext(_, let a), .ext(_, let b)):
      let place = zip(a, b).enumerated().first { $1.0 != $1.1 }?.offset ?? min(a.count, b.count)
      return ("\(texts.old), the first \(place) bytes alike", "\(texts.new) of other bytes from there")
    default:
      return ("\(old.qualifier) \(texts.old)", "\(new.qualifier) \(texts.new)")
    }
  }

  private var qualifier: String {
    switch self {
    case .float32: "float32"
    case .float64: "float64"
    case .timestamp(let value): "\(value.nanoseconds) ns after"
    default: "another"
    }
  }

  /// A map's key as text, such that keys that differ have texts that differ: a text that reads like another type's is
  /// quoted, and keys that have no short text of their own are spelled out.
  var keyText: String {
    switch self {
    case .text(let bytes):
      guard let text = string else { return "text 0x" + bytes.hexadecimal }
      return Self.readsLikeAnotherType(text) ? "\"\(text)\"" : text
    case .nil, .bool, .int, .unsigned: return shortDescription
    case .float32(let value): return "float32 \(value) 0x\(String(value.bitPattern, radix: 16))"
    case .float64(let value): return "float64 \(value) 0x\(String(value.bitPattern, radix: 16))"
    case .binary(let bytes):
      guard let text = String(validating: bytes, as: UTF8.self) else { return "bytes 0x" + bytes.hexadecimal }
      return "bytes \"\(text)\""
    case .array, .packed, .map, .ext, .timestamp:
      let bytes = (try? MessagePackWriter.bytes(of: self)) ?? []
      return "\(shortDescription) 0x\(bytes.hexadecimal)"
    }
  }

  private static func readsLikeAnotherType(_ text: String) -> Bool {
    if ["nil", "true", "false"].contains(text) || Int64(text) != nil || UInt64(text) != nil { return true }
    let marks = ["\"", "text 0x", "bytes 0x", "bytes \"", "float32 ", "float64 "]
    return marks.contains { text.hasPrefix($0) } || text.contains(" 0x")
  }
}
