extension PNGImage {
  /// The file.
  ///
  /// Pixels are stored without compression: pictures of training are small, and a compressor is a dependency.
  /// - Source: PNG (third edition), 5 and 11; RFC 1950; RFC 1951, 3.2.4.
  public func encoded() -> [UInt8] {
    var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let colorType: UInt8 = colors == .grey ? 0 : 2
    let header = Self.bigEndian(UInt32(width)) + Self.bigEndian(UInt32(height)) + [8, colorType, 0, 0, 0]
    Self.append("IHDR", header, to: &file)
    Self.append("IDAT", Self.stored(filtered), to: &file)
    Self.append("IEND", [], to: &file)
    return file
  }

  /// The rows, each behind a 0: no filter.
  private var filtered: [UInt8] {
    let rowBytes = width * colors.rawValue
    var bytes: [UInt8] = []
    bytes.reserveCapacity(height * (rowBytes + 1))
    for row in 0..<height {
      bytes.append(0)
      bytes += pixels[row * rowBytes..<(row + 1) * rowBytes]
    }
    return bytes
  }

  /// Length, name, contents, CRC-32 over name and contents.
  private static func append(_ name: StaticString, _ contents: [UInt8], to file: inout [UInt8]) {
    let named = Array(name.description.utf8) + contents
    file += bigEndian(UInt32(contents.count)) + named + bigEndian(CyclicRedundancyCheck.crc32.checksum(named))
  }

  /// A zlib stream of stored blocks.
  static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let blockBytes = 0xFFFF
    var stream: [UInt8] = [0x78, 0x01]
    stream.reserveCapacity(bytes.count + bytes.count / blockBytes * 5 + 16)
    var start = 0
    repeat {
      let end = min(start + blockBytes, bytes.count)
      let count = UInt16(end - start)
      stream.append(end == bytes.count ? 1 : 0)
      for part in [count, ~count] { stream += [UInt8(truncatingIfNeeded: part), UInt8(truncatingIfNeeded: part >> 8)] }
      stream += bytes[start..<end]
      start = end
    } while start < bytes.count
    return stream + bigEndian(adler32(bytes))
  }

  /// - Source: RFC 1950, 8.2
  static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (a, b) = (1 as UInt32, 0 as UInt32)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65_521
      b = (b + a) % 65_521
    }
    return b << 16 | a
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
