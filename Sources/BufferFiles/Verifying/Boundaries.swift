internal import Zstandard

/// Where frames begin according to the end of a file.
enum Boundaries {
  /// The summary, if the end of the file is whole.
  static func summary(_ frames: FrameReader) throws(BufferFileError) -> FileSummary? {
    do { return try Opening.summary(frames) } catch {
      if case .fileSystem = error { throw error }
      return nil
    }
  }

  /// What the index lists, if summary and index are whole.
  static func entries(_ frames: FrameReader, _ summary: FileSummary?) throws(BufferFileError) -> [FrameEntry]? {
    guard let summary else { return nil }
    do { return try IndexReader(frames: frames, summary: summary).entries() } catch {
      if case .fileSystem = error { throw error }
      return nil
    }
  }

  /// The length of each frame by its offset: from the index if it can be one, else from the seek table, else none.
  static func of(
    _ frames: FrameReader, _ summary: FileSummary?, _ entries: [FrameEntry]?
  ) throws(BufferFileError) -> [Int: Int] {
    if let entries, let summary, entries.first?.offset == 0 {
      let listed = entries.map { ($0.offset, $0.compressedBytes) }
      let all = listed + summary.index.map { ($0.offset, $0.compressedBytes) }
      if let boundaries = contiguous(all, frames.byteCount) { return boundaries }
    }
    guard let table = try seekTable(frames) else { return [:] }
    let lengths = table.entries.map { Int($0.compressedBytes) }
    return contiguous(Array(zip(table.frameOffsets, lengths)), frames.byteCount) ?? [:]
  }

  /// Lengths by offset, if each frame begins where the one before it ends and all lie in the file.
  private static func contiguous(_ all: [(offset: Int, length: Int)], _ byteCount: Int) -> [Int: Int]? {
    var (boundaries, end) = ([Int: Int](minimumCapacity: all.count), 0)
    for (offset, length) in all {
      guard offset == end, (1...FrameReader.maximumFrameBytes).contains(length), length <= byteCount - end else {
        return nil
      }
      boundaries[offset] = length
      end += length
    }
    return boundaries
  }

  private static func seekTable(_ frames: FrameReader) throws(BufferFileError) -> SeekTable? {
    try trailingTable(frames)?.table
  }

  /// The seek table at the end of the file and how many bytes it has; nil if there is none that can be read.
  static func trailingTable(_ frames: FrameReader) throws(BufferFileError) -> (table: SeekTable, byteCount: Int)? {
    let footerBytes = min(SeekTable.Footer.bytes, frames.byteCount)
    let tail = try frames.bytes(footerBytes, at: frames.byteCount - footerBytes)
    guard let footer = try? SeekTable.Footer(decoding: tail.span), footer.tableBytes <= frames.byteCount else {
      return nil
    }
    let bytes = try frames.bytes(footer.tableBytes, at: frames.byteCount - footer.tableBytes)
    return (try? SeekTable(decoding: bytes.span)).map { ($0, footer.tableBytes) }
  }
}
