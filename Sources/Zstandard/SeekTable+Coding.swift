extension SeekTable {
  /// The table as the skippable frame that ends a file.
  ///
  /// - Source: seekable format, `Seek_Table_Format`.
  public func encoded() -> [UInt8] {
    let tableBytes = Footer.tableBytes(frameCount: entries.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(tableBytes)
    bytes.appendLittleEndian(Self.magic)
    bytes.appendLittleEndian(UInt32(tableBytes - SkippableFrameHeader.headerBytes))
    for entry in entries {
      bytes.appendLittleEndian(entry.compressedBytes)
      bytes.appendLittleEndian(entry.contentBytes)
      bytes.appendLittleEndian(entry.checksum)
    }
    bytes.appendLittleEndian(UInt32(entries.count))
    bytes.append(Footer.descriptor)
    bytes.appendLittleEndian(Self.footerMagic)
    return bytes
  }

  /// Parses a table that is all of `bytes`.
  ///
  /// - Throws: what `Footer.init(decoding:)` throws; `seekTableSizeMismatch` if the length of `bytes` or the length in
  ///   the skippable header is not what the frame count asks for; `seekTableMagic` for another frame.
  /// - Source: seekable format, `Seek_Table_Format`.
  public init(decoding bytes: Span<UInt8>) throws(ZstandardError) {
    let footer = try Footer(decoding: bytes)
    guard bytes.count == footer.tableBytes else {
      throw .seekTableSizeMismatch(found: bytes.count, expected: footer.tableBytes)
    }
    let magic = bytes.littleEndian32(at: 0)
    guard magic == Self.magic else { throw .seekTableMagic(found: magic) }
    let announced = Int(bytes.littleEndian32(at: 4)) + SkippableFrameHeader.headerBytes
    guard announced == footer.tableBytes else {
      throw .seekTableSizeMismatch(found: announced, expected: footer.tableBytes)
    }
    try self.init(entries: Self.lastEntries(footer.frameCount, inTail: bytes))
  }

  /// The last entries of a table, from the end of a file alone.
  ///
  /// A reader that wants the last frames (index, summary) needs neither the table nor the file before them: the last
  /// frame ends where the table begins, `Footer.tableBytes` before the end of the file.
  ///
  /// - Returns: `count` entries in the order of the file, or all of them if the table has fewer.
  /// - Throws: what `Footer.init(decoding:)` throws; `seekTableTooShort` if `tail` does not reach back far enough.
  /// - Source: seekable format, `Seek_Table_Entries`.
  public static func lastEntries(_ count: Int, inTail tail: Span<UInt8>) throws(ZstandardError) -> [Entry] {
    precondition(count >= 0, "a count of entries is not negative")
    let wanted = min(count, try Footer(decoding: tail).frameCount)
    let needed = wanted * entryBytes + Footer.bytes
    guard tail.count >= needed else { throw .seekTableTooShort(found: tail.count, expected: needed) }
    return (0..<wanted).map { index in
      let offset = tail.count - needed + index * entryBytes
      return Entry(
        compressedBytes: tail.littleEndian32(at: offset), contentBytes: tail.littleEndian32(at: offset + 4),
        checksum: tail.littleEndian32(at: offset + 8))
    }
  }
}
