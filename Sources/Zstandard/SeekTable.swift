/// The list of a file's frames that stands at its end, so that a reader finds any frame without reading those before.
///
/// It is a skippable frame, so every zstd reader passes over it.
///
/// - Source: zstd seekable format 0.1.0 (`contrib/seekable_format/zstd_seekable_compression_format.md`).
public struct SeekTable: Hashable, Sendable {
  /// One frame of the file.
  public struct Entry: Hashable, Sendable {
    /// The length of the frame in the file.
    ///
    /// - Source: seekable format, `Compressed_Size`.
    public var compressedBytes: UInt32

    /// The length of the frame's content.
    ///
    /// - Source: seekable format, `Decompressed_Size`.
    public var contentBytes: UInt32

    /// The checksum of the content: the frame's own last four bytes.
    ///
    /// - Source: seekable format, `Checksum`.
    public var checksum: UInt32

    /// Describes a frame by its numbers.
    public init(compressedBytes: UInt32, contentBytes: UInt32, checksum: UInt32) {
      self.compressedBytes = compressedBytes
      self.contentBytes = contentBytes
      self.checksum = checksum
    }
  }

  /// The most frames in a table: 2^20, so that a table is at most 12 MiB and a skippable frame within the usual limits.
  public static let maximumFrameCount = 1 << 20

  /// The magic number of the skippable frame.
  ///
  /// - Source: seekable format, `Skippable_Magic_Number`.
  public static let magic: UInt32 = 0x184D_2A5E

  /// The last four bytes of the file.
  ///
  /// - Source: seekable format, `Seekable_Magic_Number`.
  public static let footerMagic: UInt32 = 0x8F92_EAB1

  /// The length of one entry, with checksum.
  public static let entryBytes = 12

  /// The frames, in the order of the file.
  public let entries: [Entry]

  /// Makes a table.
  ///
  /// - Throws: `seekTableTooManyFrames` beyond `maximumFrameCount`.
  /// - Source: seekable format, `Number_Of_Frames`.
  public init(entries: [Entry]) throws(ZstandardError) {
    guard entries.count <= Self.maximumFrameCount else {
      throw .seekTableTooManyFrames(found: entries.count, limit: Self.maximumFrameCount)
    }
    self.entries = entries
  }

  /// Where each frame begins in the file, and at last where the table itself does.
  ///
  /// - Shape: one more than `entries`.
  public var frameOffsets: [Int] {
    var offsets = [0]
    var end = 0
    for entry in entries {
      end += Int(entry.compressedBytes)
      offsets.append(end)
    }
    return offsets
  }
}

extension SeekTable.Entry {
  /// Describes a frame by its bytes.
  ///
  /// - Throws: what `FrameExtent.init(scanning:)` throws; `trailingBytes`, `skippableFrame`, `contentSizeMissing` and
  ///   `checksumMissing` for what a table cannot describe; `seekTableEntryTooLarge` for 4 GiB and more.
  /// - Source: seekable format, `Seek_Table_Entries`.
  public init(describing frame: Span<UInt8>) throws(ZstandardError) {
    let extent = try FrameExtent(scanning: frame)
    guard extent.compressedBytes == frame.count else {
      throw .trailingBytes(count: frame.count - extent.compressedBytes, offset: extent.compressedBytes)
    }
    guard case .data(let header) = extent.header else { throw .skippableFrame(offset: 0) }
    guard let content = header.contentSize else { throw .contentSizeMissing(frameOffset: 0) }
    guard header.hasChecksum else { throw .checksumMissing(frameOffset: 0) }
    guard let compressedBytes = UInt32(exactly: frame.count), let contentBytes = UInt32(exactly: content) else {
      throw .seekTableEntryTooLarge(found: max(UInt64(frame.count), content))
    }
    self.init(
      compressedBytes: compressedBytes, contentBytes: contentBytes,
      checksum: frame.littleEndian32(at: frame.count - 4))
  }
}
