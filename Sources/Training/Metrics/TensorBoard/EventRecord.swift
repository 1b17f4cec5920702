/// A record of an event file: its length, its bytes, and a checksum of each.
/// - Source: TensorFlow, "TFRecord and tf.train.Example", TFRecords format details.
enum EventRecord {
  /// The bytes before the contents: length and its checksum.
  static let headerBytes = 12
  /// The bytes around the contents.
  static let frameBytes = 16
  /// The longest record that is read: the largest picture and the values of a result lie far below.
  static let maximumBytes = 1 << 30

  /// A record of these contents.
  static func framed(_ contents: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(contents.count))
    return length + littleEndian(maskedChecksum(length)) + contents + littleEndian(maskedChecksum(contents))
  }

  /// The length that a header names, nil if its checksum is another.
  static func length(inHeader header: ArraySlice<UInt8>) -> UInt64? {
    guard header.count == headerBytes else { return nil }
    let length = header.prefix(8)
    guard littleEndian(maskedChecksum(length)) == Array(header.suffix(4)) else { return nil }
    return length.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Whether the contents are those that the checksum behind them was made of.
  static func isWhole(_ contents: ArraySlice<UInt8>, checksum: ArraySlice<UInt8>) -> Bool {
    littleEndian(maskedChecksum(contents)) == Array(checksum)
  }

  /// A checksum that may lie in what another checksum is made of.
  /// - Source: TensorFlow, `lib/hash/crc32c.h::Mask`.
  static func maskedChecksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let checksum = CyclicRedundancyCheck.crc32c.checksum(bytes)
    return (checksum >> 15 | checksum << 17) &+ 0xA282_EAD8
  }

  private static func littleEndian(_ number: some FixedWidthInteger) -> [UInt8] {
    (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
  }
}
