internal import StateTree

extension JSONText {
  /// Why a text is not JSON.
  struct ParsingError: Error, Equatable {
    let offset: Int
  }

  /// The value that a JSON text is; a number without point and exponent is an integer.
  /// - Throws: `ParsingError` with the byte at which it stops being JSON.
  static func parse(_ text: String) throws(ParsingError) -> StateValue {
    var parser = Parser(bytes: Array(text.utf8))
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.offset == parser.bytes.count else { throw ParsingError(offset: parser.offset) }
    return value
  }

  private struct Parser {
    static let maximumDepth = 32
    static let words: [(String, StateValue)] = [
      ("null", .nil), ("true", .bool(true)), ("false", .bool(false)), ("NaN", .double(.nan)),
      ("Infinity", .double(.infinity)), ("-Infinity", .double(-.infinity)),
    ]

    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }
    var error: ParsingError { ParsingError(offset: offset) }

    mutating func skipSpace() {
      while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { offset += 1 }
    }

    mutating func take(_ character: Character) -> Bool {
      skipSpace()
      guard let byte = next, byte == character.asciiValue else { return false }
      offset += 1
      return true
    }

    mutating func value(depth: Int) throws(ParsingError) -> StateValue {
      guard depth < Self.maximumDepth else { throw error }
      skipSpace()
      if take("[") { return .array(try elements(depth: depth + 1)) }
      if take("{") { return .map(try entries(depth: depth + 1)) }
      if next == UInt8(ascii: "\"") { return .string(try string()) }
      for (word, value) in Self.words where bytes[offset...].starts(with: word.utf8) {
        offset += word.utf8.count
        return value
      }
      return try number()
    }

    mutating func elements(depth: Int) throws(ParsingError) -> [StateValue] {
      var elements: [StateValue] = []
      if take("]") { return elements }
      repeat { elements.append(try value(depth: depth)) } while take(",")
      guard take("]") else { throw error }
      return elements
    }

    mutating func entries(depth: Int) throws(ParsingError) -> StateMap {
      var map = StateMap()
      if take("}") { return map }
      repeat {
        skipSpace()
        let key = try string()
        guard take(":") else { throw error }
        map[StateKey(key)] = try value(depth: depth)
      } while take(",")
      guard take("}") else { throw error }
      return map
    }

    mutating func number() throws(ParsingError) -> StateValue {
      let start = offset
      while let byte = next, "+-.0123456789eE".utf8.contains(byte) { offset += 1 }
      let text = String(decoding: bytes[start..<offset], as: UTF8.self)
      if let integer = Int64(text) { return .int(integer) }
      if let unsigned = UInt64(text) { return .unsigned(unsigned) }
      guard let double = Double(text), double.isFinite else {
        offset = start
        throw error
      }
      return .double(double)
    }

    mutating func string() throws(ParsingError) -> String {
      guard take("\"") else { throw error }
      var text: [UInt8] = []
      while let byte = next {
        offset += 1
        switch byte {
        case UInt8(ascii: "\""):
          guard let string = String(validating: text, as: UTF8.self) else { throw error }
          return string
        case UInt8(ascii: "\\"): text += Array(String(try escaped()).utf8)
        case 0..<0x20: throw error
        default: text.append(byte)
        }
      }
      throw error
    }

    mutating func escaped() throws(ParsingError) -> Character {
      guard let byte = next else { throw error }
      offset += 1
      switch byte {
      case UInt8(ascii: "n"): return "\n"
      case UInt8(ascii: "r"): return "\r"
      case UInt8(ascii: "t"): return "\t"
      case UInt8(ascii: "b"): return "\u{8}"
      case UInt8(ascii: "f"): return "\u{c}"
      case UInt8(ascii: "u"):
        // Python writes pairs of surrogates only for what lies beyond 16 bits; settings have no need for them.
        let digits = String(decoding: bytes[offset..<min(offset + 4, bytes.count)], as: UTF8.self)
        guard digits.utf8.count == 4, let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code) else {
          throw error
        }
        offset += 4
        return Character(scalar)
      default: return Character(Unicode.Scalar(byte))
      }
    }
  }
}
