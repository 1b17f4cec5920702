public import ReplayBuffers
public import StateTree

/// A replay buffer in a checkpoint: the rows and the state that were saved, read when they are asked for.
///
/// At most two segments are open at a time, each read whole, compared with its digest, and with the row group that was read
/// last, so that going through the rows in order decompresses each group once.
public struct CheckpointBuffer: BufferContents {
  /// The type that made the buffer.
  public let kind: String
  /// How the rows lie.
  public let layout: BufferLayout
  /// The columns.
  public let schema: BufferSchema
  /// How many rows there are.
  public let rowCount: Int

  private let saved: StateValue
  /// Which rows of which segments are the rows.
  let pieces: [SegmentPiece]
  /// The first row of every piece in the buffer.
  let firstRows: [Int]
  let reader: SegmentReader

  init(
    _ component: CheckpointManifest.Component, _ list: SegmentList, in checkpoint: Checkpoint
  ) throws(CheckpointError) {
    (kind, layout, schema, saved, pieces) = (list.kind, list.layout, list.schema, list.bufferState, list.pieces)
    var row = 0
    var firstRows: [Int] = []
    for piece in list.pieces {
      firstRows.append(row)
      row += piece.rows.count
    }
    rowCount = row
    self.firstRows = firstRows
    reader = try SegmentReader(component, list, in: checkpoint)
  }

  /// Everything but the rows.
  public func state() -> StateValue { saved }

  /// Some rows.
  /// - Throws: `CheckpointError` for a segment that is missing or damaged.
  /// - Precondition: `range` lies in `0..<rowCount`.
  public func rows(_ range: Range<Int>) throws -> RowBatch {
    precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows of the buffer")
    var parts: [RowBatch] = []
    var row = range.lowerBound
    var index = pieceIndex(holding: row)
    while row < range.upperBound {
      let shift = pieces[index].rows.lowerBound - firstRows[index]
      let end = min(firstRows[index] + pieces[index].rows.count, range.upperBound)
      parts.append(try reader.rows(row + shift..<end + shift, ofSegment: pieces[index].segment))
      row = end
      index += 1
    }
    return try RowBatch(joining: parts, schema, firstRow: range.lowerBound)
  }

  /// The last piece that begins at or before a row, by halving.
  private func pieceIndex(holding row: Int) -> Int {
    var (low, high) = (0, firstRows.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if firstRows[middle] <= row { low = middle } else { high = middle }
    }
    return low
  }
}
