extension FrameCompressor {
  /// The most bytes in a block of a frame.
  ///
  /// - Source: RFC 8878 section 3.1.1.2.4, `Block_Maximum_Size`.
  static var blockBytes: Int { 131_072 }

  /// Wraps content in its canonical frame: uncompressed, and the same bytes whatever version of zstd is installed.
  ///
  /// Used where a file's bytes must be a function of its content alone. Any zstd reader opens it.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate what the checksum needs.
  /// - Source: RFC 8878 sections 3.1.1.1 (single segment, smallest content size field, checksum) and 3.1.1.2
  ///   (`Raw_Block`).
  public mutating func stored(_ content: Span<UInt8>) throws(ZstandardError) -> [UInt8] {
    let checksum = try checksum(of: content)
    var frame: [UInt8] = []
    frame.reserveCapacity(content.count + content.count / Self.blockBytes * 3 + 24)
    Self.appendStoredHeader(contentBytes: content.count, to: &frame)
    Self.appendRawBlocks(content, to: &frame)
    frame.appendLittleEndian(checksum)
    return frame
  }

  /// Whether a frame is, byte for byte, the canonical frame of its content.
  ///
  /// - Throws: `outOfMemory` if zstd cannot allocate what the checksum needs.
  /// - Source: RFC 8878 section 3.1.1.
  public mutating func isCanonical(
    _ frame: Span<UInt8>, content: Span<UInt8>
  ) throws(ZstandardError) -> Bool {
    let expected = try stored(content)
    guard frame.count == expected.count else { return false }
    return frame.indices.allSatisfy { frame[$0] == expected[$0] }
  }

  /// Appends magic number, descriptor and content size.
  ///
  /// - Source: RFC 8878 section 3.1.1.1, `Frame_Content_Size_Flag`.
  private static func appendStoredHeader(contentBytes: Int, to frame: inout [UInt8]) {
    let singleSegmentWithChecksum: UInt8 = 0b0010_0100
    frame.appendLittleEndian(FrameHeader.dataMagic)
    switch contentBytes {
    case ...255:
      frame.append(singleSegmentWithChecksum)
      frame.append(UInt8(contentBytes))
    case ...65_791:
      frame.append(singleSegmentWithChecksum | 1 << 6)
      frame.appendLittleEndian(UInt16(contentBytes - 256))
    case ...Int(UInt32.max):
      frame.append(singleSegmentWithChecksum | 2 << 6)
      frame.appendLittleEndian(UInt32(contentBytes))
    default:
      frame.append(singleSegmentWithChecksum | 3 << 6)
      frame.appendLittleEndian(UInt64(contentBytes))
    }
  }

  /// Appends the content in raw blocks; empty content is one empty block.
  ///
  /// - Source: RFC 8878 section 3.1.1.2, `Block_Header`.
  private static func appendRawBlocks(_ content: Span<UInt8>, to frame: inout [UInt8]) {
    var start = 0
    repeat {
      let size = min(blockBytes, content.count - start)
      let isLast = start + size == content.count
      let header = UInt32(size) << 3 | (isLast ? 1 : 0)
      for shift in [0, 8, 16] { frame.append(UInt8(truncatingIfNeeded: header >> UInt32(shift))) }
      frame.append(copying: content.extracting(start..<start + size))
      start += size
    } while start < content.count
  }
}
