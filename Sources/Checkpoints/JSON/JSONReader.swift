internal import StateTree

/// Reads one JSON text; whatever is wrong is an error with its place, and depth and number of values are limited.
/// - Source: RFC 8259
struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var valueCount = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(CheckpointError) -> StateValue {
    let value = try self.value()
    skipSpace()
    guard position == bytes.count else { throw error("something follows the value") }
    return value
  }

  private mutating func value() throws(CheckpointError) -> StateValue {
    skipSpace()
    valueCount += 1
    guard valueCount <= StateJSON.valueLimit else { throw error("more than \(StateJSON.valueLimit) values") }
    guard let byte = peek else { throw error("the text ends where a value was expected") }
    switch byte {
    case UInt8(ascii: "{"): return .map(try nested { (reader) throws(CheckpointError) in try reader.map() })
    case UInt8(ascii: "["): return .array(try nested { (reader) throws(CheckpointError) in try reader.list() })
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: return try word()
    }
  }

  private mutating func nested<Result>(
    _ body: (inout JSONReader) throws(CheckpointError) -> Result
  ) throws(CheckpointError) -> Result {
    guard depth < StateJSON.depthLimit else { throw error("more than \(StateJSON.depthLimit) levels") }
    depth += 1
    position += 1
    let result = try body(&self)
    depth -= 1
    return result
  }

  private mutating func list() throws(CheckpointError) -> [StateValue] {
    var elements: [StateValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return elements }
      guard take(UInt8(ascii: ",")) else { throw error("expected \",\" or \"]\"") }
    }
  }

  private mutating func map() throws(CheckpointError) -> StateMap {
    var map = StateMap()
    skipSpace()
    if take(UInt8(ascii: "}")) { return map }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
      let key = StateKey(try string())
      if case .some = map[key] { throw error("the key \"\(key)\" stands twice") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("expected \":\"") }
      map[key] = try value()
      skipSpace()
      if take(UInt8(ascii: "}")) { return map }
      guard take(UInt8(ascii: ",")) else { throw error("expected \",\" or \"}\"") }
    }
  }

  private mutating func word() throws(CheckpointError) -> StateValue {
    let words: [(String, StateValue)] = [
      ("null", .nil), ("true", .bool(true)), ("false", .bool(false)), ("NaN", .double(.nan)),
      ("Infinity", .double(.infinity)),
    ]
    for (word, value) in words where bytes[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw error("no value begins like this")
  }

  private mutating func number() throws(CheckpointError) -> StateValue {
    let start = position
    if take(UInt8(ascii: "-")), bytes[position...].starts(with: "Infinity".utf8) {
      position += 8
      return .double(-.infinity)
    }
    let hasZero = peek == UInt8(ascii: "0")
    let digits = takeDigits()
    guard digits == 1 || digits > 1 && !hasZero else { throw error("not a number") }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      guard takeDigits() > 0 else { throw error("digits must follow the point") }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard takeDigits() > 0 else { throw error("digits must follow the exponent") }
    }
    return try converted(String(decoding: bytes[start..<position], as: UTF8.self), isInteger: isInteger)
  }

  /// -0 is the number with a sign, as Python does not read it but every other reader does.
  private func converted(_ text: String, isInteger: Bool) throws(CheckpointError) -> StateValue {
    if isInteger, text != "-0" {
      if let value = Int64(text) { return .int(value) }
      if let value = UInt64(text) { return .unsigned(value) }
    }
    guard let value = Double(text) else { throw error("not a number") }
    return .double(value)
  }

  private mutating func takeDigits() -> Int {
    let start = position
    while let byte = peek, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func string() throws(CheckpointError) -> String {
    position += 1
    var text: [UInt8] = []
    while let byte = peek {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw error("the text is not UTF-8") }
        return string
      case UInt8(ascii: "\\"): text += Array(String(try escaped()).utf8)
      case 0..<0x20: throw error("a control character in a text")
      default: text.append(byte)
      }
    }
    throw error("the text in quotes does not end")
  }

  private mutating func escaped() throws(CheckpointError) -> Character {
    guard let byte = peek else { throw error("the text in quotes does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return Character(try scalar())
    default: throw error("an unknown escape")
    }
  }

  private mutating func scalar() throws(CheckpointError) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw error("half of a surrogate pair")
    }
    let second = try hexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw error("half of a surrogate pair") }
    return scalar
  }

  private mutating func hexadecimal() throws(CheckpointError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw error("four hexadecimal digits must follow") }
    let digits = bytes[position..<position + 4]
    let isHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard isHexadecimal, let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
      throw error("four hexadecimal digits must follow")
    }
    position += 4
    return value
  }

  private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
  }

  private func error(_ reason: String) -> CheckpointError {
    let before = bytes[..<min(position, bytes.count)]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    return .invalidJSON(
      line: before.count { $0 == 0x0A } + 1, column: before.count - lineStart + 1, reason: reason)
  }
}
