internal import ReplayBuffers

/// How a snapshot is divided into segments: those of earlier saves that hold its rows already, and new ones.
///
/// Rows that will never change are sealed by the save that sees them first. The small segments that this leaves are
/// written again together with the rows that follow, as long as few bytes are enough for that, so that a save writes
/// little more than what is new and many small saves do not leave many small files.
struct SegmentPlan: Equatable {
  /// A segment to be written.
  struct New: Equatable {
    /// What it holds, with the rows of the snapshot.
    var units: [BufferOutline.Unit]
    /// Whether it is never written again.
    var isSealed: Bool

    /// How many rows it has.
    var rowCount: Int { units.reduce(0) { $0 + $1.run.rowCount } }

    /// Where its rows are in the snapshot, in order.
    var places: [Range<Int>] { units.map { $0.firstRow..<$0.firstRow + $0.run.rowCount } }
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
  /// - Parameters:
  ///   - known: The sealed segments whose rows are those of the snapshot wherever both have them.
  ///   - rowsPerSegment: How many rows make a segment that is never written again.
  ///   - rewriting: How many bytes on disk of smaller ones may be written again, and the bytes of each by its number.
  init(
    _ outline: BufferOutline, known: [Int: Segment], rowsPerSegment: Int,
    rewriting: (limit: Int, bytes: [Int: Int]) = (0, [:])
  ) {
    precondition(rowsPerSegment > 0, "segments of rows")
    let small = Small(rowsPerSegment: rowsPerSegment, limit: rewriting.limit, bytes: rewriting.bytes)
    if outline.isDivisible {
      planTransitions(outline, known, small)
    } else {
      planEpisodes(outline, known, small)
    }
  }

  /// The numbers of the known segments that it needs.
  var knownNumbers: [Int] {
    Set(pieces.compactMap { if case .known(let number) = $0.source { number } else { nil } }).sorted()
  }

  /// Which segments are small enough to be written again, and how much of that may be done.
  private struct Small {
    let rowsPerSegment: Int
    let limit: Int
    let bytes: [Int: Int]
    private var used = 0

    init(rowsPerSegment: Int, limit: Int, bytes: [Int: Int]) {
      (self.rowsPerSegment, self.limit, self.bytes) = (rowsPerSegment, limit, bytes)
    }

    /// Whether a segment is written again; once one is not, none before it is.
    mutating func takes(_ number: Int, _ segment: Segment) -> Bool {
      guard segment.rowCount < rowsPerSegment, let size = bytes[number], size <= limit - used else { return false }
      used += size
      return true
    }
  }

  private mutating func planTransitions(_ outline: BufferOutline, _ known: [Int: Segment], _ small: Small) {
    guard let window = outline.units.first else { return }
    let first = window.run.firstStep
    let end = first + window.run.rowCount
    var chain = window.isDone ? Self.chain(known, in: first..<end) : []
    var small = small
    var tail = chain.last?.steps.upperBound ?? first
    while tail < end, let last = chain.last, last.steps.upperBound == tail, let segment = known[last.number],
      small.takes(last.number, segment)
    {
      tail = last.steps.lowerBound
      chain.removeLast()
    }
    var next = first
    for link in chain {
      addTransitions(next..<link.steps.lowerBound, of: window, small.rowsPerSegment)
      pieces.append(Piece(source: .known(link.number), rows: link.rows))
      next = link.steps.upperBound
    }
    addTransitions(next..<end, of: window, small.rowsPerSegment)
  }

  /// The known segments that hold steps, in their order and without overlap, with the rows that they give.
  private static func chain(
    _ known: [Int: Segment], in steps: Range<Int>
  ) -> [(number: Int, steps: Range<Int>, rows: Range<Int>)] {
    var chain: [(number: Int, steps: Range<Int>, rows: Range<Int>)] = []
    var next = steps.lowerBound
    let candidates = known.compactMap { number, segment in segment.runs.first.map { (number, $0) } }
    for (number, run) in candidates.sorted(by: { $0.1.firstStep < $1.1.firstStep }) {
      let end = run.firstStep + run.rowCount
      let start = max(run.firstStep, steps.lowerBound)
      guard start >= next, start < end, end <= steps.upperBound else { continue }
      chain.append((number, start..<end, start - run.firstStep..<run.rowCount))
      next = end
    }
    return chain
  }

  /// New segments for steps, sealed unless the rows may change.
  private mutating func addTransitions(_ steps: Range<Int>, of window: BufferOutline.Unit, _ rowsPerSegment: Int) {
    let first = window.run.firstStep
    for start in stride(from: steps.lowerBound, to: steps.upperBound, by: rowsPerSegment) {
      let count = min(rowsPerSegment, steps.upperBound - start)
      let unit = BufferOutline.Unit(
        run: .init(firstStep: start, rowCount: count), firstRow: start - first, isDone: window.isDone)
      pieces.append(Piece(source: .new(new.count), rows: 0..<count))
      new.append(New(units: [unit], isSealed: window.isDone))
    }
  }

  private mutating func planEpisodes(_ outline: BufferOutline, _ known: [Int: Segment], _ small: Small) {
    var sources = Self.sources(of: outline, in: known)
    if zip(outline.units, sources).contains(where: { $0.isDone && $1 == nil }) {
      sources = Self.sources(of: outline, in: Self.withoutSmall(known, small))
    }
    var waiting: [Int] = []
    var rows = 0
    for (index, unit) in outline.units.enumerated() where sources[index] == nil && unit.isDone {
      waiting.append(index)
      rows += unit.run.rowCount
      guard rows >= small.rowsPerSegment else { continue }
      addEpisodes(waiting, outline, &sources, isSealed: true)
      (waiting, rows) = ([], 0)
    }
    addEpisodes(waiting, outline, &sources, isSealed: true)
    addEpisodes(outline.units.indices.filter { sources[$0] == nil }, outline, &sources, isSealed: false)
    for case let piece? in sources { append(piece) }
  }

  private static func sources(of outline: BufferOutline, in known: [Int: Segment]) -> [Piece?] {
    let places = places(in: known)
    return outline.units.map { $0.isDone ? places[$0.run] : nil }
  }

  /// The segments without those that are written again, the smallest first.
  private static func withoutSmall(_ known: [Int: Segment], _ small: Small) -> [Int: Segment] {
    var (left, small) = (known, small)
    for number in known.keys.sorted(by: { (small.bytes[$0] ?? 0, $0) < (small.bytes[$1] ?? 0, $1) }) {
      if let segment = known[number], small.takes(number, segment) { left[number] = nil }
    }
    return left
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
