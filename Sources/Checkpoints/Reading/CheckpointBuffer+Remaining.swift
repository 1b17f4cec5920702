internal import BufferFiles
internal import ReplayBuffers
internal import StateTree

extension CheckpointBuffer {
  /// What is left of the rows if some segments are missing or damaged, and what is lost with them; no contents if all
  /// rows are there, also those of a segment that is damaged elsewhere.
  /// - Throws: `CheckpointError` for files that cannot be read at all, and for what is left and contradicts the state.
  func remaining() throws -> (contents: RemainingContents?, lost: [RestoreReport.Lost]) {
    var (whole, lost): ([Range<Int>], [RestoreReport.Lost]) = ([], [])
    for (piece, firstRow) in zip(pieces, firstRows) {
      let (sound, reason) = try reader.wholeRows(ofSegment: piece.segment)
      let known = lost.count
      var row = piece.rows.lowerBound
      for range in sound.map({ $0.clamped(to: piece.rows) }) + [piece.rows.upperBound..<piece.rows.upperBound]
      where range.lowerBound >= row {
        if range.lowerBound > row {
          lost.append(try loss(of: row..<range.lowerBound, in: piece, firstRow: firstRow, reason ?? "it is damaged"))
        }
        let shift = firstRow - piece.rows.lowerBound
        if !range.isEmpty { whole.append(range.lowerBound + shift..<range.upperBound + shift) }
        row = range.upperBound
      }
      let name = reader.name(ofSegment: piece.segment)
      if let reason, lost.count == known, !lost.contains(where: { $0.segment == name }) {
        lost.append(.init(segment: name, reason: reason, stepCount: 0))
      }
    }
    guard whole.reduce(0, { $0 + $1.count }) < rowCount else { return (nil, lost) }
    let rest = try RemainingContents(of: self, whole: whole)
    if rest.tornStepCount > 0 {
      lost.append(
        .init(segment: nil, reason: "their episodes have lost what follows", stepCount: rest.tornStepCount))
    }
    return (rest, lost)
  }

  /// How many steps lie in rows that are lost, and which numbers they can have.
  private func loss(
    of rows: Range<Int>, in piece: SegmentPiece, firstRow: Int, _ reason: String
  ) throws -> RestoreReport.Lost {
    let name = reader.name(ofSegment: piece.segment)
    let named = SegmentName.steps(name)
    guard layout == .episodes else {
      let isDense = named?.count == reader.rowCount(ofSegment: piece.segment)
      let steps = isDense ? named.map { $0.lowerBound + rows.lowerBound..<$0.lowerBound + rows.upperBound } : named
      return .init(segment: name, reason: reason, stepCount: rows.count, steps: steps)
    }
    let shift = firstRow - piece.rows.lowerBound
    let inBuffer = rows.lowerBound + shift..<rows.upperBound + shift
    let table = try EpisodeTable(state: StateReader(state()).reader("episodes"))
    let ends = table.episodes.count { inBuffer.contains($0.rows.upperBound - 1) }
    return .init(segment: name, reason: reason, stepCount: rows.count - ends, steps: named)
  }
}
