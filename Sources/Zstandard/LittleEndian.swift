extension Span<UInt8> {
  /// An unsigned number of `count` bytes, least significant first; the caller has checked that they are there.
  func littleEndian(at offset: Int, count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(self[offset + index]) << UInt64(8 * index) }
    return value
  }

  /// The 32 bit number at an offset; the caller has checked that it is there.
  func littleEndian32(at offset: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: littleEndian(at: offset, count: 4))
  }
}

extension [UInt8] {
  /// Appends a number, least significant byte first.
  mutating func appendLittleEndian(_ value: some FixedWidthInteger & UnsignedInteger) {
    for shift in stride(from: 0, to: value.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  /// Appends the bytes of a span.
  mutating func append(copying bytes: Span<UInt8>) {
    append(addingCapacity: bytes.count) { free in
      for index in bytes.indices { free.append(bytes[index]) }
    }
  }
}
