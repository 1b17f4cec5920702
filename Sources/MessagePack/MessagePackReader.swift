internal import CMsgPack

/// Reads MessagePack objects one after another from bytes in memory.
///
/// The bounds scan comes first, then msgpack-c unpacks what passed it. A failed read leaves the reader where it was.
public struct MessagePackReader: Sendable {
  /// The input.
  public let bytes: [UInt8]
  /// The offset of the next object.
  public private(set) var offset: Int
  /// What one object may amount to.
  public var limits: MessagePackLimits

  /// A reader at the first of `bytes`.
  public init(_ bytes: [UInt8], limits: MessagePackLimits = .standard) {
    self.bytes = bytes
    self.offset = 0
    self.limits = limits
  }

  /// Whether nothing is left.
  public var isAtEnd: Bool { offset == bytes.count }

  /// The next object, or nil at the end of the input.
  /// - Throws: `MessagePackError` with the byte offset of what is wrong.
  /// - Source: `msgpack_unpack_next`.
  public mutating func next() throws(MessagePackError) -> MessagePackValue? {
    guard !isAtEnd else { return nil }
    let scan = try BoundsScan(bytes.span, from: offset, limits: limits)
    let value = try Self.unpack(bytes, from: offset, scan)
    offset = scan.end
    return value
  }

  /// The only object of `bytes`.
  /// - Throws: `MessagePackError`; `.trailingBytes` if more follows, `.truncated` if there is none.
  public static func value(
    of bytes: [UInt8], limits: MessagePackLimits = .standard
  ) throws(MessagePackError) -> MessagePackValue {
    var reader = MessagePackReader(bytes, limits: limits)
    guard let value = try reader.next() else { throw .truncated(offset: 0, needed: 1, available: 0) }
    guard reader.isAtEnd else { throw .trailingBytes(offset: reader.offset, count: bytes.count - reader.offset) }
    return value
  }

  private static func unpack(
    _ bytes: [UInt8], from start: Int, _ scan: BoundsScan
  ) throws(MessagePackError) -> MessagePackValue {
    // A list of numbers or a long body alone leaves nothing for the C library to do.
    if scan.nodes == 1, let only = scan.lifted.first { return only.value }
    let holes = scan.lifted.compactMap(\.bytes)
    var conversion = ObjectConversion(lifted: scan.lifted)
    if holes.isEmpty { return try conversion.unpack(bytes.span.extracting(start..<scan.end), offset: start) }
    return try conversion.unpack(withoutHoles(bytes, start..<scan.end, holes).span, offset: start)
  }

  /// The bytes of an object with a nil in the place of each value that the scan has lifted out.
  private static func withoutHoles(_ bytes: [UInt8], _ range: Range<Int>, _ holes: [Range<Int>]) -> [UInt8] {
    var compact: [UInt8] = []
    compact.reserveCapacity(range.count - holes.reduce(0) { $0 + $1.count } + holes.count)
    var position = range.lowerBound
    for hole in holes {
      compact.append(contentsOf: bytes[position..<hole.lowerBound])
      compact.append(0xc0)
      position = hole.upperBound
    }
    compact.append(contentsOf: bytes[position..<range.upperBound])
    return compact
  }
}
