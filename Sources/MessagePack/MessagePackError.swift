/// Why bytes are not the MessagePack object that was asked for, or why a value cannot be written.
///
/// Offsets count from the first byte that was handed to the reader.
public enum MessagePackError: Error, Sendable, Equatable {
  /// The input ends inside an object.
  case truncated(offset: Int, needed: Int, available: Int)
  /// A list or map announces more elements than bytes remain for all open containers together.
  case announcesTooMuch(Container, count: Int, offset: Int, available: Int)
  /// Lists and maps nest deeper than the limit.
  case tooDeep(offset: Int, limit: Int)
  /// The object holds more values than the limit.
  case tooManyNodes(offset: Int, limit: Int)
  /// The object's lists hold more numbers than the limit.
  case tooManyNumbers(offset: Int, limit: Int)
  /// A text, binary or extension body is longer than the limit.
  case bodyTooLong(offset: Int, length: Int, limit: Int)
  /// The byte 0xc1, which the format never uses.
  case reservedByte(offset: Int)
  /// A map holds one key twice.
  case duplicateKey(MessagePackValue)
  /// The object ended and bytes follow it.
  case trailingBytes(offset: Int, count: Int)
  /// msgpack-c refused what the bounds scan let pass: its return code.
  case unpackerRefused(code: Int, offset: Int)
  /// A value is too long for the format's 32-bit lengths.
  case tooLongToWrite(Container, count: Int)

  /// What announces a length.
  public enum Container: String, Sendable, Equatable {
    /// A list.
    case list
    /// A map; its count is entries.
    case map
    /// A text.
    case text
    /// A binary.
    case binary
    /// An extension.
    case ext = "extension"
  }
}

extension MessagePackError {
  /// Whether a documented limit was reached, rather than the input being wrong.
  public var isLimit: Bool {
    switch self {
    case .tooDeep, .tooManyNodes, .tooManyNumbers, .bodyTooLong: true
    default: false
    }
  }
}
