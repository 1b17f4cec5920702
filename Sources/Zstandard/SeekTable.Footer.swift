extension SeekTable {
  /// The last nine bytes of a file, which tell how long the table before them is.
  ///
  /// - Source: seekable format, `Seek_Table_Footer`.
  public struct Footer: Hashable, Sendable {
    /// The length of a footer.
    public static let bytes = 9

    /// The descriptor of a table with checksums.
    ///
    /// - Source: seekable format, `Seek_Table_Descriptor`.
    static let descriptor: UInt8 = 0x80

    /// How many frames the table lists.
    public let frameCount: Int

    /// The length of the whole table, from its magic number to the end of the file.
    public var tableBytes: Int { Self.tableBytes(frameCount: frameCount) }

    /// Parses the footer at the end of `tail`, which is any piece of a file that reaches to its end.
    ///
    /// - Throws: `seekTableTooShort` for fewer than nine bytes; `seekTableFooterMagic`, `seekTableReservedBits`,
    ///   `seekTableWithoutChecksums`, `seekTableTooManyFrames` for what this reader does not open.
    /// - Source: seekable format, `Seek_Table_Footer`.
    public init(decoding tail: Span<UInt8>) throws(ZstandardError) {
      guard tail.count >= Self.bytes else { throw .seekTableTooShort(found: tail.count, expected: Self.bytes) }
      let start = tail.count - Self.bytes
      let magic = tail.littleEndian32(at: start + 5)
      guard magic == SeekTable.footerMagic else { throw .seekTableFooterMagic(found: magic) }
      let descriptor = tail[start + 4]
      guard descriptor & 0x7C == 0 else { throw .seekTableReservedBits(found: descriptor) }
      guard descriptor & Self.descriptor != 0 else { throw .seekTableWithoutChecksums(found: descriptor) }
      frameCount = Int(tail.littleEndian32(at: start))
      guard frameCount <= SeekTable.maximumFrameCount else {
        throw .seekTableTooManyFrames(found: frameCount, limit: SeekTable.maximumFrameCount)
      }
    }

    /// The length of a table of so many frames: skippable header, entries and footer.
    static func tableBytes(frameCount: Int) -> Int {
      SkippableFrameHeader.headerBytes + frameCount * SeekTable.entryBytes + bytes
    }
  }
}
