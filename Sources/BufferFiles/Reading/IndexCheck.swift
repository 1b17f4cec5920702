internal import ReplayBuffers
internal import SystemPackage

/// Checks that what the index lists can be one file: frames without gaps in their order, rows without gaps, totals as in
/// the summary.
struct IndexCheck {
  let path: FilePath
  let header: FileHeader
  let summary: FileSummary

  func check(_ entries: [FrameEntry]) throws(BufferFileError) {
    guard entries.count == summary.frameCount, entries.first?.kind == .header else {
      throw .inconsistent(.init(path), reason: "its index does not list the frames that its summary counts")
    }
    var (offset, row, kind) = (0, 0, FrameEntry.Kind.header)
    for (number, entry) in entries.enumerated() {
      let place = BufferFileError.Place(path, entry, number: number)
      guard entry.offset == offset, (1...FrameReader.maximumFrameBytes).contains(entry.compressedBytes),
        entry.recordBytes <= FormatLimits.recordBytes
      else { throw .inconsistent(place, reason: "the index has it elsewhere") }
      guard (entry.kind == .header) == (number == 0), entry.kind.rawValue >= kind.rawValue else {
        throw .inconsistent(place, reason: "the index has it out of order")
      }
      (offset, kind) = (offset + entry.compressedBytes, entry.kind)
      guard entry.kind == .rows else { continue }
      guard entry.rows.lowerBound == row, (1...FormatLimits.rowsPerRecord).contains(entry.rows.count),
        entry.columns.count == columnCount
      else { throw .inconsistent(place, reason: "its rows do not follow those before it") }
      row = entry.rows.upperBound
    }
    guard row == summary.rowCount, offset == summary.index.first?.offset else {
      throw .inconsistent(.init(path), reason: "its index and its summary disagree about rows or bytes")
    }
  }

  private var columnCount: Int {
    if case .replayBuffer(_, _, let schema) = header.content { schema.columns.count } else { 0 }
  }
}

extension BufferFileError.Place {
  /// The place of a frame that the index lists.
  init(_ path: FilePath, _ entry: FrameEntry, number: Int) {
    self.init(path, frame: number, byte: entry.offset, rows: entry.rows.isEmpty ? nil : entry.rows)
  }
}
