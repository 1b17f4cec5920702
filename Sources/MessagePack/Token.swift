/// The head of one MessagePack value: what it is and how long, before anything is taken for it.
/// - Source: the MessagePack specification, "Formats".
enum Token {
  /// A value that is complete in so many bytes, tag included.
  case scalar(size: Int)
  /// A body of so many bytes behind a head of so many.
  case body(MessagePackError.Container, head: Int, length: Int)
  /// A list of so many elements.
  case list(head: Int, count: Int)
  /// A map of so many entries.
  case map(head: Int, count: Int)

  /// Reads the head at `offset`, which must lie inside `bytes`.
  init(_ bytes: Span<UInt8>, at offset: Int) throws(MessagePackError) {
    let tag = bytes[offset]
    switch tag {
    case 0x00...0x7f, 0xe0...0xff, 0xc0, 0xc2, 0xc3: self = .scalar(size: 1)
    case 0x80...0x8f: self = .map(head: 1, count: Int(tag & 0x0f))
    case 0x90...0x9f: self = .list(head: 1, count: Int(tag & 0x0f))
    case 0xa0...0xbf: self = .body(.text, head: 1, length: Int(tag & 0x1f))
    case 0xc1: throw .reservedByte(offset: offset)
    case 0xc4, 0xc5, 0xc6: self = try Token.body(.binary, bytes, offset, width: 1 << Int(tag - 0xc4))
    case 0xc7, 0xc8, 0xc9: self = try Token.body(.ext, bytes, offset, width: 1 << Int(tag - 0xc7))
    case 0xca: self = .scalar(size: 5)
    case 0xcb: self = .scalar(size: 9)
    case 0xcc...0xcf: self = .scalar(size: 1 + (1 << Int(tag - 0xcc)))
    case 0xd0...0xd3: self = .scalar(size: 1 + (1 << Int(tag - 0xd0)))
    case 0xd4...0xd8: self = .body(.ext, head: 2, length: 1 << Int(tag - 0xd4))
    case 0xd9, 0xda, 0xdb: self = try Token.body(.text, bytes, offset, width: 1 << Int(tag - 0xd9))
    case 0xdc, 0xdd:
      let width = 2 << Int(tag - 0xdc)
      self = .list(head: 1 + width, count: try bigEndian(bytes, at: offset, width: width))
    default:  // 0xde, 0xdf
      let width = 2 << Int(tag - 0xde)
      self = .map(head: 1 + width, count: try bigEndian(bytes, at: offset, width: width))
    }
  }

  private static func body(
    _ container: MessagePackError.Container, _ bytes: Span<UInt8>, _ offset: Int, width: Int
  ) throws(MessagePackError) -> Token {
    let length = try bigEndian(bytes, at: offset, width: width)
    return .body(container, head: 1 + width + (container == .ext ? 1 : 0), length: length)
  }
}

/// The length field of `width` bytes that follows the tag at `offset`.
private func bigEndian(_ bytes: Span<UInt8>, at offset: Int, width: Int) throws(MessagePackError) -> Int {
  guard bytes.count - offset > width else {
    throw .truncated(offset: offset, needed: 1 + width, available: bytes.count - offset)
  }
  return (1...width).reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
}
