/// A 32-bit checksum over bytes, least significant bit first, begun and ended with all bits turned over.
struct CyclicRedundancyCheck: Sendable {
  /// The checksum of PNG.
  static let crc32 = CyclicRedundancyCheck(polynomial: 0xEDB8_8320)
  /// Castagnoli's, of TFRecord files.
  static let crc32c = CyclicRedundancyCheck(polynomial: 0x82F6_3B78)

  private let table: [UInt32]

  /// - Parameter polynomial: with its bits in reverse order, the highest left out.
  private init(polynomial: UInt32) {
    table = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ polynomial }
    }
  }

  func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var value = ~(0 as UInt32)
    for byte in bytes { value = table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] ^ value >> 8 }
    return ~value
  }
}
