/// The bytes of a protobuf message, field by field: as much of it as events need.
/// - Source: protobuf.dev, "Encoding".
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  /// Appends an integer, negative ones in ten bytes.
  mutating func append(_ number: Int64, field: Int) {
    appendTag(field, wireType: 0)
    appendVarint(UInt64(bitPattern: number))
  }

  /// Appends a double.
  mutating func append(_ number: Double, field: Int) {
    appendTag(field, wireType: 1)
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift)) }
  }

  /// Appends a float.
  mutating func append(_ number: Float, field: Int) {
    appendTag(field, wireType: 5)
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift)) }
  }

  /// Appends bytes, a text or a message.
  mutating func append(_ contents: some Collection<UInt8>, field: Int) {
    appendTag(field, wireType: 2)
    appendVarint(UInt64(contents.count))
    bytes += contents
  }

  private mutating func appendTag(_ field: Int, wireType: Int) { appendVarint(UInt64(field << 3 | wireType)) }

  private mutating func appendVarint(_ number: UInt64) {
    var rest = number
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
