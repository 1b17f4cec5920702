package import ReplayBuffers
package import StateTree

/// What is left of a buffer after rows or state were lost, as the contents of a buffer again.
package struct RemainingContents: BufferContents {
  /// The type that made the buffer.
  package let kind: String
  /// How the rows lie.
  package let layout: BufferLayout
  /// The columns.
  package let schema: BufferSchema
  /// What is left of the rows.
  let remains: RemainingRows
  /// What is not as it was.
  package let repairs: [RecoveryReport.Repair]

  private let repaired: StateValue
  private let read: @Sendable (Range<Int>) throws -> RowBatch

  /// - Parameters:
  ///   - content: What the buffer is.
  ///   - remains: What is left of its rows.
  ///   - state: Its state, made good.
  ///   - read: The rows before the loss; asked for those that are left only.
  init(
    kind: String, layout: BufferLayout, schema: BufferSchema, _ remains: RemainingRows, state: StateValue,
    repairs: [RecoveryReport.Repair], read: @escaping @Sendable (Range<Int>) throws -> RowBatch
  ) {
    (self.kind, self.layout, self.schema) = (kind, layout, schema)
    (self.remains, repaired, self.repairs, self.read) = (remains, state, repairs, read)
  }

  /// - Parameters:
  ///   - facts: The rows that are left.
  ///   - table: The episodes before the loss, if they are known.
  ///   - state: What is left of the state.
  ///   - priorities: Priorities of which some are lost.
  ///   - areRowsLost: Whether there were rows that are not left.
  ///   - read: The rows before the loss; asked for those that are left only.
  init(
    kind: String, layout: BufferLayout, schema: BufferSchema, _ facts: [RowFacts], table: EpisodeTable?,
    state: StateMap, _ priorities: StateSalvage.PartialPriorities?, areRowsLost: Bool,
    read: @escaping @Sendable (Range<Int>) throws -> RowBatch
  ) {
    let isWholeReservoir = BufferKind(kind) == .reservoir && !areRowsLost && state["slots"] != nil
    let remains =
      isWholeReservoir
      ? RemainingRows(whole: facts)
      : RemainingRows(facts, kind: BufferKind(kind), layout: layout, table: table)
    var repair = StateRepair(state, of: kind, remains, areRowsLost: areRowsLost)
    repair.repair(priorities)
    self.init(
      kind: kind, layout: layout, schema: schema, remains, state: .map(repair.state), repairs: repair.repairs,
      read: read)
  }

  /// How many rows there are.
  package var rowCount: Int { remains.rowCount }
  /// How many steps there are.
  package var stepCount: Int { remains.stepCount }
  /// How many steps were lost with the end of their episode although their rows are whole.
  package var tornStepCount: Int { remains.tornStepCount }

  /// Everything but the rows.
  package func state() -> StateValue { repaired }

  /// Some rows.
  /// - Precondition: `range` lies in `0..<rowCount`.
  package func rows(_ range: Range<Int>) throws -> RowBatch {
    precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows that are left")
    var parts: [RowBatch] = []
    var number = stretch(holding: range.lowerBound)
    while number < remains.stretches.count, remains.stretches[number].firstRow < range.upperBound {
      parts.append(try part(of: remains.stretches[number], in: range))
      number += 1
    }
    return try RowBatch(joined: parts, schema, firstRow: range.lowerBound)
  }

  private func part(of stretch: RemainingRows.Stretch, in range: Range<Int>) throws -> RowBatch {
    let rows = stretch.rows.clamped(to: range)
    let shift = stretch.source.lowerBound - stretch.firstRow
    let batch = try read(rows.lowerBound + shift..<rows.upperBound + shift)
    var steps = batch.steps
    if let first = remains.newFirstStep { steps = rows.map { Int64(first + $0) } }
    if stretch.isCut, rows.upperBound == stretch.rows.upperBound { steps[steps.count - 1] = -1 }
    return RowBatch(firstRow: rows.lowerBound, steps: steps, columns: batch.columns)
  }

  /// The number of the stretch that holds a row, by halving.
  private func stretch(holding row: Int) -> Int {
    var (low, high) = (0, remains.stretches.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if remains.stretches[middle].firstRow <= row { low = middle } else { high = middle }
    }
    return low
  }
}

extension RemainingRows.Stretch {
  /// The rows here.
  fileprivate var rows: Range<Int> { firstRow..<firstRow + source.count }
}

extension RowBatch {
  /// Rows one batch after the other.
  init(joined parts: [RowBatch], _ schema: BufferSchema, firstRow: Int) throws {
    guard parts.count > 1 else {
      let only = parts.first ?? RowBatch.empty(schema, at: firstRow)
      self.init(firstRow: firstRow, steps: only.steps, columns: only.columns)
      return
    }
    let columns = try schema.columns.indices.map { column in
      try Tensor(concatenating: parts.map { $0.columns[column] })
    }
    self.init(firstRow: firstRow, steps: parts.flatMap(\.steps), columns: columns)
  }
}
