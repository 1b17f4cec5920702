internal import ReplayBuffers

/// Which rows of a buffer are left after others were lost, and what has to be said of them so that they are a buffer again.
///
/// Of an episode that lost its end, the last step that is left gives the final observation. Rings count on: steps before a
/// gap take the numbers that are missing behind them.
/// - Source: `Format.md`, "Recovery".
struct RemainingRows {
  /// Rows that follow each other here and there.
  struct Stretch: Sendable {
    /// The first row here.
    var firstRow: Int
    /// The rows before the loss.
    var source: Range<Int>
    /// Whether the last row becomes a final observation.
    var isCut: Bool
  }

  /// What is left, in the order in which it lies from now on.
  private(set) var stretches: [Stretch] = []
  private(set) var rowCount = 0
  private(set) var stepCount = 0
  /// The episodes; nil for transitions.
  private(set) var episodes: [EpisodeRecord]?
  /// For each stretch the position of its first step among all steps before the loss; nil if that is not known.
  private(set) var positions: [Int?] = []
  /// From the smallest step number to one more than the largest.
  private(set) var steps = 0..<0
  /// The number of the first step, if steps are numbered anew; nil if they keep their numbers.
  private(set) var newFirstStep: Int?
  /// How many steps became final observations, or went with one.
  private(set) var tornStepCount = 0
  /// How many episodes there are of which nobody knows how they ended.
  private(set) var unknownEndCount = 0

  /// - Parameters:
  ///   - facts: The rows that are left, in order; none overlaps another.
  ///   - table: The episodes before the loss, if they are known.
  init(_ facts: [RowFacts], kind: BufferKind, layout: BufferLayout, table: EpisodeTable?) {
    steps = facts.reduce(0..<0) { $0.union($1.steps) }
    switch layout {
    case .transitions: takeTransitions(facts, kind)
    case .episodes: takeEpisodes(EpisodeRemains(facts, table: table), kind)
    }
  }

  /// All rows, as they were.
  init(whole facts: [RowFacts]) {
    steps = facts.reduce(0..<0) { $0.union($1.steps) }
    rowCount = facts.last?.rows.upperBound ?? 0
    stepCount = facts.reduce(rowCount) { $0 - $1.ends.count }
    if rowCount > 0 { (stretches, positions) = ([Stretch(firstRow: 0, source: 0..<rowCount, isCut: false)], [0]) }
  }

  private mutating func takeTransitions(_ facts: [RowFacts], _ kind: BufferKind) {
    for run in RowFacts.runs(facts) {
      let rows = run[run.startIndex].rows.lowerBound..<run[run.endIndex - 1].rows.upperBound
      stretches.append(Stretch(firstRow: rowCount, source: rows, isCut: false))
      positions.append(rows.lowerBound)
      rowCount += rows.count
    }
    stepCount = rowCount
    switch kind {
    case .ring, .queue, .mix: if stretches.count > 1 { newFirstStep = max(0, steps.upperBound - rowCount) }
    case .reservoir: newFirstStep = 0  // with fewer rows, the slots that they had are not those of any reservoir
    case .episodes, .unknown: break
    }
    if let newFirstStep { steps = newFirstStep..<newFirstStep + rowCount }
  }

  private mutating func takeEpisodes(_ remains: EpisodeRemains, _ kind: BufferKind) {
    // Buffers of episodes want them in the order of their first steps: what begins in the middle moves back.
    let pieces = kind == .episodes ? remains.pieces.sortedByFirstStep() : remains.pieces
    var records: [EpisodeRecord] = []
    for piece in pieces {
      var record = piece.record
      (record.firstRow, record.length) = (rowCount, piece.rows.count - 1)
      records.append(record)
      stretches.append(Stretch(firstRow: rowCount, source: piece.rows, isCut: piece.isCut))
      positions.append(piece.position)
      rowCount += piece.rows.count
    }
    stepCount = rowCount - records.count
    (tornStepCount, unknownEndCount) = (remains.tornStepCount, remains.unknownEndCount)
    let first = pieces.lazy.compactMap(\.firstStep).first
    steps = first.map { $0..<max(steps.upperBound, $0) } ?? 0..<0
    episodes = records
  }
}

extension RowFacts {
  /// The runs of facts whose rows follow each other.
  static func runs(_ facts: [RowFacts]) -> [ArraySlice<RowFacts>] {
    var runs: [ArraySlice<RowFacts>] = []
    var start = 0
    for index in facts.indices where index > 0 && facts[index - 1].rows.upperBound != facts[index].rows.lowerBound {
      runs.append(facts[start..<index])
      start = index
    }
    return facts.isEmpty ? [] : runs + [facts[start...]]
  }
}
