internal import ReplayBuffers
internal import StateTree

/// What a summary says of rows, gathered while they go by: by the writer to write it, by the verifier to compare it.
struct RowTotals {
  private let schema: BufferSchema?
  private(set) var rowCount = 0
  private var stepCount = 0
  private var steps = 0..<0
  private var columns: [ColumnStatistics?] = []
  /// How many columns the rows have.
  var columnCount: Int { columns.count }
  private var episodes: EpisodeAccumulator?

  /// Nothing yet, of a file with this content.
  init(_ content: FileHeader.Content) {
    guard case .replayBuffer(_, let layout, let schema) = content else {
      self.schema = nil
      return
    }
    self.schema = schema
    episodes = EpisodeAccumulator(layout: layout, schema: schema)
    columns = schema.columns.map { column in
      switch column.dataType.kind {
      case .bool, .signed, .unsigned, .float: ColumnStatistics()
      case .complex, .opaque: nil
      }
    }
  }

  /// Adds the next rows, of whose columns the statistics are known.
  mutating func add(_ batch: RowBatch, _ statistics: [ColumnStatistics?]) {
    rowCount += batch.count
    stepCount += batch.steps.count { $0 >= 0 }
    steps = steps.union(batch.stepRange)
    episodes?.add(batch)
    for index in statistics.indices {
      if let one = statistics[index] { columns[index]?.merge(one) }
    }
  }

  /// Why the rows are not those of the table, in a few words; nil if they are.
  func contradiction(to table: EpisodeTable) -> String? {
    guard table.rowCount == rowCount else { return "\(table.rowCount) rows, there are \(rowCount)" }
    guard let lengths = episodes?.lengths, lengths != table.episodes.map({ Int64($0.length) }) else { return nil }
    return "episodes of other lengths than the rows"
  }

  /// Writes what was gathered into a summary.
  func complete(_ summary: inout FileSummary, table: EpisodeTable?) {
    summary.rowCount = rowCount
    summary.stepCount = stepCount
    summary.steps = steps
    summary.columns = columns
    summary.episodes = episodes?.statistics(table)
  }
}

extension RowBatch {
  /// From the smallest step number to one more than the largest; empty if there is none.
  var stepRange: Range<Int> {
    var (low, high) = (Int64.max, Int64.min)
    for step in steps where step >= 0 { (low, high) = (min(low, step), max(high, step)) }
    return low <= high ? Int(low)..<Int(high) + 1 : 0..<0
  }

  /// Why the step numbers cannot be, in a few words; nil if they can.
  func invalidSteps(_ layout: BufferLayout) -> String? {
    let first: Int64 = layout == .episodes ? -1 : 0
    guard let wrong = steps.first(where: { $0 < first || $0 >= FormatLimits.endOfSteps }) else { return nil }
    return "the step number \(wrong) is not in \(first)..<\(FormatLimits.endOfSteps)"
  }
}

extension Range<Int> {
  /// The smallest range that holds both.
  func union(_ other: Range<Int>) -> Range<Int> {
    guard !isEmpty, !other.isEmpty else { return isEmpty ? other : self }
    return Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
  }
}
