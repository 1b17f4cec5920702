internal import ReplayBuffers
internal import StateTree

/// What has to be known of rows to make a buffer of them when others are gone: where episodes end, and how.
struct RowFacts {
  /// A final observation.
  struct End {
    /// Its row.
    let row: Int
    /// What the columns of the step before it say; nil without such columns.
    let flags: Flags?
  }

  /// How an episode ended.
  struct Flags {
    var isTerminated: Bool
    var isTruncated: Bool
  }

  /// The rows, as the file numbers them.
  let rows: Range<Int>
  /// The smallest step number and one more than the largest.
  let steps: Range<Int>
  /// The final observations among them.
  let ends: [End]
  /// For each row that a piece of an episode can begin with (the first one, and those behind final observations) its
  /// step number.
  let firstSteps: [Int: Int]
  /// What the columns say of the last row.
  private let lastFlags: Flags?

  /// The facts of rows.
  /// - Parameter previous: Those of the rows before, whose last step can be the one before a final observation.
  init(_ batch: RowBatch, _ schema: BufferSchema, after previous: RowFacts?) {
    rows = batch.rows
    steps = batch.stepRange
    let columns = FlagColumns(batch, schema)
    let first = batch.firstRow
    let before = previous?.rows.upperBound == first ? previous?.lastFlags : nil
    var (ends, firstSteps): ([End], [Int: Int]) = ([], [:])
    var isBeginning = true
    for (index, step) in batch.steps.enumerated() {
      if isBeginning, step >= 0 { firstSteps[first + index] = Int(step) }
      isBeginning = step < 0
      if isBeginning { ends.append(End(row: first + index, flags: index > 0 ? columns?[index - 1] : before)) }
    }
    (self.ends, self.firstSteps) = (ends, firstSteps)
    lastFlags = columns?[batch.count - 1]
  }
}

/// The columns that say how episodes end.
private struct FlagColumns {
  private let terminated, truncated: [Bool]?

  init?(_ batch: RowBatch, _ schema: BufferSchema) {
    func flags(_ name: String) -> [Bool]? {
      guard let index = schema.index(of: name), schema.columns[index].dataType == .bool,
        schema.columns[index].shape.isEmpty
      else { return nil }
      return try? batch.columns[index].flags()
    }
    (terminated, truncated) = (flags("terminateds"), flags("truncateds"))
    guard terminated != nil || truncated != nil else { return nil }
  }

  /// With one column alone, an episode that ended and not in this way ended in the other.
  subscript(index: Int) -> RowFacts.Flags {
    let (terminated, truncated) = (terminated?[index], truncated?[index])
    return .init(
      isTerminated: terminated ?? !(truncated ?? false), isTruncated: truncated ?? !(terminated ?? false))
  }
}
