internal import ReplayBuffers

/// Checks that what the index lists can be one file: frames without gaps, rows without gaps, totals as in the summary.
struct IndexCheck {
  private let file: BufferFile

  init(_ file: BufferFile) { self.file = file }

  func check(_ entries: [FrameEntry]) throws(BufferFileError) {
    guard entries.count == file.summary.frameCount, let first = entries.first, first.kind == .header else {
      throw .inconsistent(.init(file.path), reason: "its index does not list the frames that its summary counts")
    }
    var (offset, row) = (0, 0)
    for (number, entry) in entries.enumerated() {
      guard entry.offset == offset, entry.compressedBytes > 0, entry.compressedBytes <= FrameReader.maximumFrameBytes,
        entry.recordBytes <= FormatLimits.recordBytes, (entry.kind == .header) == (number == 0)
      else { throw .inconsistent(file.place(entry, number: number), reason: "the index has it elsewhere") }
      offset += entry.compressedBytes
      guard entry.kind == .rows else { continue }
      guard entry.rows.lowerBound == row, !entry.rows.isEmpty, entry.columns.count == columnCount else {
        throw .inconsistent(file.place(entry, number: number), reason: "its rows do not follow those before it")
      }
      row = entry.rows.upperBound
    }
    guard row == file.summary.rowCount, offset == file.summary.index.first?.offset else {
      throw .inconsistent(.init(file.path), reason: "its index and its summary disagree about rows or bytes")
    }
  }

  private var columnCount: Int {
    if case .replayBuffer(_, _, let schema) = file.header.content { schema.columns.count } else { 0 }
  }
}
