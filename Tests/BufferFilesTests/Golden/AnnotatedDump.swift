import StateTree
import Zstandard

/// The bytes of a file with what each of them means, for the page that shows one.
///
/// It walks frames and MessagePack by itself, so that what it says of the bytes comes from the bytes.
struct AnnotatedDump {
  /// What is not zstd's seekable format or stored frames of MessagePack.
  struct Unexpected: Error { let offset: Int }

  private(set) var text = ""
  private let bytes: [UInt8]
  private var offset = 0
  private static let bytesPerLine = 8

  init(_ bytes: [UInt8]) throws {
    self.bytes = bytes
    let footer = try SeekTable.Footer(decoding: bytes.span)
    for number in 0..<footer.frameCount { try addFrame(number) }
    try addTable(footer)
    guard offset == bytes.count else { throw Unexpected(offset: offset) }
  }

  /// One line with some bytes and their meaning, and more lines for more bytes.
  private mutating func add(_ count: Int, _ note: String) throws {
    guard count <= bytes.count - offset else { throw Unexpected(offset: offset) }
    for start in stride(from: offset, to: offset + count, by: Self.bytesPerLine) {
      let piece = bytes[start..<min(start + Self.bytesPerLine, offset + count)]
      let digits = piece.map { Self.hexadecimal(Int($0), 2) }.joined(separator: " ")
      let isFirst = start == offset
      let padded = digits + String(repeating: " ", count: isFirst ? 3 * Self.bytesPerLine - digits.utf8.count : 0)
      text += Self.hexadecimal(start, 4) + "  " + (isFirst ? padded + note : digits) + "\n"
    }
    offset += count
  }

  private static func hexadecimal(_ number: Int, _ digits: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  private func littleEndian(_ count: Int, at place: Int) -> Int {
    bytes[place..<place + count].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  private mutating func addFrame(_ number: Int) throws {
    let names = ["header", "rows", "state", "index", "summary"]
    text += (number == 0 ? "" : "\n") + "frame \(number): \(names[number])\n"
    let extent = try FrameExtent(scanning: bytes.span.extracting(offset..<bytes.count))
    guard case .data(let header) = extent.header, let size = header.contentSize else { throw Unexpected(offset: offset) }
    try add(4, "magic number of a zstd frame")
    try add(1, "single segment, checksum, content size in \(header.headerBytes - 5)")
    try add(header.headerBytes - 5, "content size \(size)")
    try add(3, "last block, stored, \(littleEndian(3, at: offset) >> 3) bytes")
    try addValue("", "")
    try add(4, "checksum of the content")
  }

  private mutating func addTable(_ footer: SeekTable.Footer) throws {
    text += "\nseek table\n"
    try add(4, "magic number of a skippable frame")
    try add(4, "\(littleEndian(4, at: offset)) bytes follow")
    for number in 0..<footer.frameCount {
      try add(4, "frame \(number): compressed size \(littleEndian(4, at: offset))")
      try add(4, "content size \(littleEndian(4, at: offset))")
      try add(4, "its checksum")
    }
    try add(4, "\(footer.frameCount) frames")
    try add(1, "with checksums")
    try add(4, "magic number of the table")
  }
}

/// MessagePack.
extension AnnotatedDump {
  private func bigEndian(_ count: Int, at place: Int) -> Int {
    bytes[place..<place + count].reduce(0) { $0 << 8 | Int($1) }
  }

  /// A value behind the `lead` of its key, inner ones further in.
  private mutating func addValue(_ indent: String, _ lead: String) throws {
    let first = bytes[offset]
    switch first {
    case 0x80...0x8f: try addMap(indent, lead, Int(first & 0x0f), head: 1)
    case 0x90...0x9f: try addList(indent, lead, Int(first & 0x0f), head: 1)
    case 0xdc: try addList(indent, lead, bigEndian(2, at: offset + 1), head: 3)
    default: try addScalar(first, indent + lead)
    }
  }

  private mutating func addList(_ indent: String, _ lead: String, _ count: Int, head: Int) throws {
    try add(head, indent + lead + "list of \(count)")
    for _ in 0..<count { try addValue(indent + "  ", "") }
  }

  private mutating func addMap(_ indent: String, _ lead: String, _ count: Int, head: Int) throws {
    try add(head, indent + lead + "map of \(count)")
    for _ in 0..<count {
      let key = try peekedKey()
      try add(key.bytes, indent + "  " + key.name)
      try addValue(indent + "    ", "")
    }
  }

  /// A key: a text, or, in a tensor, bytes that spell one.
  private func peekedKey() throws -> (bytes: Int, name: String) {
    let first = bytes[offset]
    let (head, count) = first == 0xc4 ? (2, Int(bytes[offset + 1])) : (1, Int(first & 0x1f))
    guard first == 0xc4 || first & 0xe0 == 0xa0 else { throw Unexpected(offset: offset) }
    let name = String(decoding: bytes[offset + head..<offset + head + count], as: UTF8.self)
    return (head + count, first == 0xc4 ? "b\"\(name)\"" : "\"\(name)\"")
  }

  private mutating func addScalar(_ first: UInt8, _ lead: String) throws {
    switch first {
    case 0x00...0x7f: try add(1, lead + "\(first)")
    case 0xa0...0xbf:
      let text = String(decoding: bytes[offset + 1..<offset + 1 + Int(first & 0x1f)], as: UTF8.self)
      try add(1 + Int(first & 0x1f), lead + "\"\(text)\"")
    case 0xc0: try add(1, lead + "nil")
    case 0xc2, 0xc3: try add(1, lead + (first == 0xc3 ? "true" : "false"))
    case 0xc4:
      let count = Int(bytes[offset + 1])
      try add(2, lead + "\(count) bytes")
      try add(count, lead + "  the bytes")
    case 0xcb: try add(9, lead + "\(Double(bitPattern: UInt64(bigEndian(8, at: offset + 1))))")
    case 0xcc: try add(2, lead + "\(bytes[offset + 1])")
    case 0xcd: try add(3, lead + "\(bigEndian(2, at: offset + 1))")
    case 0xe0...0xff: try add(1, lead + "\(Int8(bitPattern: first))")
    case 0xd0: try add(2, lead + "\(Int8(bitPattern: bytes[offset + 1]))")
    default: throw Unexpected(offset: offset)
    }
  }
}
