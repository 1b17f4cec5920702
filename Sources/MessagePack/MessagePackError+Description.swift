extension MessagePackError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .truncated(let offset, let needed, let available):
      "the MessagePack data ends early: byte \(offset) begins a value of \(needed) bytes and \(available) remain; "
        + "the file was cut short or is not MessagePack, fetch it again"
    case .announcesTooMuch(let container, let count, let offset, let available):
      "the \(container.rawValue) at byte \(offset) announces \(count) elements and \(available) bytes remain for "
        + "everything still open; the file was cut short or is not MessagePack, fetch it again"
    case .tooDeep(let offset, let limit):
      "lists and maps nest deeper than \(limit) at byte \(offset); no state of a trainer does, this file is not one"
    case .tooManyNodes(let offset, let limit):
      "more than \(limit) values by byte \(offset); raise the limit with --max-nodes if you trust the file"
    case .tooManyNumbers(let offset, let limit):
      "more than \(limit) numbers in lists by byte \(offset); raise the limit with --max-numbers if you trust the file"
    case .bodyTooLong(let offset, let length, let limit):
      "the body at byte \(offset) has \(length) bytes, the limit is \(limit); raise it if you trust the file"
    case .reservedByte(let offset):
      "byte \(offset) is 0xc1, which MessagePack never uses; this is not MessagePack or it is damaged"
    case .duplicateKey(let key):
      "a map holds the key \(key.shortDescription) twice, so its meaning is unclear; ask who wrote the file"
    case .trailingBytes(let offset, let count):
      "the object ends at byte \(offset) and \(count) more bytes follow; read it as a stream of objects"
    case .unpackerRefused(let code, let offset):
      "msgpack-c refused the object at byte \(offset) with code \(code); please report this file as a bug of rlbuf"
    case .tooLongToWrite(let container, let count):
      "the \(container.rawValue) of \(count) elements exceeds the 4,294,967,295 that MessagePack can hold; split it"
    }
  }
}

extension MessagePackValue {
  /// A few words for messages: never longer than about 60 characters, free of control characters.
  public var shortDescription: String {
    switch self {
    case .nil: "nil"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .float32(let value): "\(value)"
    case .float64(let value): "\(value)"
    case .text(let bytes): "\"" + Self.printable(bytes) + "\""
    case .binary(let bytes): "\(bytes.count) bytes"
    case .array(let elements): "list of \(elements.count)"
    case .packed(let list): "list of " + Self.printable(list.shape)
    case .map(let entries): "map of \(entries.count)"
    case .ext(let type, let bytes): "extension \(type) of \(bytes.count) bytes"
    case .timestamp(let value): "timestamp \(value.seconds)"
    }
  }

  private static func printable(_ shape: [Int]) -> String {
    shape.prefix(4).map(String.init).joined(separator: " x ") + (shape.count > 4 ? " x ..." : "")
  }

  private static func printable(_ bytes: [UInt8]) -> String {
    var text = ""
    for scalar in String(decoding: bytes.prefix(40), as: UTF8.self).unicodeScalars {
      guard text.utf8.count < 40 else { return text + "..." }
      text += printable(scalar)
    }
    return text + (bytes.count > 40 ? "..." : "")
  }

  fileprivate static func printable(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
      "\\u{" + String(scalar.value, radix: 16) + "}"
    default: String(scalar)
    }
  }
}

extension String {
  /// The text as a message shows it: what could steer a terminal or break the line is escaped. Doing it twice changes
  /// nothing.
  package var onOneLine: String { unicodeScalars.reduce(into: "") { $0 += MessagePackValue.printable($1) } }
}
