internal import ReplayBuffers

/// Where the rows of a segment lie in a snapshot: for every run that is stored, how far its rows are shifted.
struct SegmentAlignment {
  /// Rows of the segment, in order, and what is to be added to find them in the snapshot.
  private(set) var stretches: [(rows: Range<Int>, shift: Int)] = []

  init(_ segment: Segment, in outline: BufferOutline) {
    outline.isDivisible ? alignTransitions(segment, outline) : alignEpisodes(segment, outline)
  }

  private mutating func alignTransitions(_ segment: Segment, _ outline: BufferOutline) {
    guard let run = segment.runs.first, let unit = outline.units.first, unit.isDone else { return }
    let window = unit.run
    let first = max(run.firstStep, window.firstStep)
    let end = run.firstStep + run.rowCount
    guard first < end, end <= window.firstStep + window.rowCount else { return }
    stretches = [(first - run.firstStep..<run.rowCount, run.firstStep - window.firstStep)]
  }

  private mutating func alignEpisodes(_ segment: Segment, _ outline: BufferOutline) {
    var row = 0
    for run in segment.runs {
      if let firstRow = outline.firstRows[run] { stretches.append((row..<row + run.rowCount, firstRow - row)) }
      row += run.rowCount
    }
  }

  /// The rows of the segment that the snapshot has, in order.
  var stored: [Range<Int>] { stretches.map(\.rows) }
  /// Where they are in the snapshot.
  var places: [Range<Int>] { stretches.map { $0.rows.lowerBound + $0.shift..<$0.rows.upperBound + $0.shift } }

  /// Rows of the snapshot for rows of the segment; nil if one of them is not stored any more.
  func rows(_ rows: Range<Int>) -> [Range<Int>]? {
    var found: [Range<Int>] = []
    var count = 0
    for stretch in stretches where stretch.rows.overlaps(rows) {
      let part = stretch.rows.clamped(to: rows)
      found.append(part.lowerBound + stretch.shift..<part.upperBound + stretch.shift)
      count += part.count
    }
    return count == rows.count ? found : nil
  }
}
