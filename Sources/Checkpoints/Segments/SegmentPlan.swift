internal import ReplayBuffers

/// How a snapshot is divided into segments: those of earlier saves that hold its rows already, and new ones.
///
/// Rows that will never change are sealed in segments of at least `rowsPerSegment` rows; what is left is one segment that
/// the next save writes anew.
struct SegmentPlan: Equatable {
  /// A segment to be written.
  struct New: Equatable {
    /// What it holds, with the rows of the snapshot.
    var units: [BufferOutline.Unit]
    /// Whether it is never written again.
    var isSealed: Bool

    /// How many rows it has.
    var rowCount: Int { units.reduce(0) { $0 + $1.run.rowCount } }
  }

  /// Where rows of the snapshot lie.
  enum Source: Hashable {
    /// In a segment of an earlier save, by its number there.
    case known(Int)
    /// In a new one.
    case new(Int)
  }

  /// Rows of a segment that follow each other in the snapshot too.
  struct Piece: Equatable {
    var source: Source
    /// The rows, counted in the segment.
    var rows: Range<Int>
  }

  /// The segments to be written.
  private(set) var new: [New] = []
  /// All rows of the snapshot, in order.
  private(set) var pieces: [Piece] = []

  /// A plan for a snapshot.
  /// - Parameter known: The sealed segments whose rows are those of the snapshot wherever both have them.
  init(_ outline: BufferOutline, known: [Int: Segment], rowsPerSegment: Int) {
    precondition(rowsPerSegment > 0, "segments of rows")
    if outline.isDivisible {
      planTransitions(outline, known, rowsPerSegment)
    } else {
      planEpisodes(outline, known, rowsPerSegment)
    }
  }

  private mutating func planTransitions(_ outline: BufferOutline, _ known: [Int: Segment], _ rowsPerSegment: Int) {
    guard let window = outline.units.first else { return }
    let first = window.run.firstStep
    let end = first + window.run.rowCount
    var next = first
    let sealable = window.isDone ? known : [:]
    let candidates = sealable.compactMap { number, segment in segment.runs.first.map { (number, $0) } }
    for (number, run) in candidates.sorted(by: { $0.1.firstStep < $1.1.firstStep }) {
      let runEnd = run.firstStep + run.rowCount
      let start = max(run.firstStep, first)
      guard start >= next, start < runEnd, runEnd <= end else { continue }
      addTransitions(next..<start, of: window, rowsPerSegment, isTail: false)
      pieces.append(Piece(source: .known(number), rows: start - run.firstStep..<run.rowCount))
      next = runEnd
    }
    addTransitions(next..<end, of: window, rowsPerSegment, isTail: true)
  }

  /// New segments for steps; those of a tail that make no full segment are not sealed, nor is any of rows that may change.
  private mutating func addTransitions(
    _ steps: Range<Int>, of window: BufferOutline.Unit, _ rowsPerSegment: Int, isTail: Bool
  ) {
    let first = window.run.firstStep
    for start in stride(from: steps.lowerBound, to: steps.upperBound, by: rowsPerSegment) {
      let count = min(rowsPerSegment, steps.upperBound - start)
      let unit = BufferOutline.Unit(
        run: .init(firstStep: start, rowCount: count), firstRow: start - first, isDone: window.isDone)
      pieces.append(Piece(source: .new(new.count), rows: 0..<count))
      new.append(New(units: [unit], isSealed: window.isDone && (!isTail || count == rowsPerSegment)))
    }
  }

  private mutating func planEpisodes(_ outline: BufferOutline, _ known: [Int: Segment], _ rowsPerSegment: Int) {
    let places = Self.places(in: known)
    var sources = outline.units.map { $0.isDone ? places[$0.run] : nil }
    var waiting: [Int] = []
    var rows = 0
    for (index, unit) in outline.units.enumerated() where sources[index] == nil && unit.isDone {
      waiting.append(index)
      rows += unit.run.rowCount
      guard rows >= rowsPerSegment else { continue }
      addEpisodes(waiting, outline, &sources, isSealed: true)
      (waiting, rows) = ([], 0)
    }
    addEpisodes(outline.units.indices.filter { sources[$0] == nil }, outline, &sources, isSealed: false)
    for case let piece? in sources { append(piece) }
  }

  /// Where every episode of the known segments lies.
  private static func places(in known: [Int: Segment]) -> [SegmentRun: Piece] {
    var places: [SegmentRun: Piece] = [:]
    for (number, segment) in known {
      var row = 0
      for run in segment.runs {
        places[run] = Piece(source: .known(number), rows: row..<row + run.rowCount)
        row += run.rowCount
      }
    }
    return places
  }

  /// A new segment of these units.
  private mutating func addEpisodes(
    _ indices: [Int], _ outline: BufferOutline, _ sources: inout [Piece?], isSealed: Bool
  ) {
    guard !indices.isEmpty else { return }
    var row = 0
    for index in indices {
      let count = outline.units[index].run.rowCount
      sources[index] = Piece(source: .new(new.count), rows: row..<row + count)
      row += count
    }
    new.append(New(units: indices.map { outline.units[$0] }, isSealed: isSealed))
  }

  /// Appends a piece, to the last one if it continues it.
  private mutating func append(_ piece: Piece) {
    if let last = pieces.last, last.source == piece.source, last.rows.upperBound == piece.rows.lowerBound {
      pieces[pieces.count - 1].rows = last.rows.lowerBound..<piece.rows.upperBound
    } else {
      pieces.append(piece)
    }
  }
}
