internal import ReplayBuffers
internal import StateTree

/// Compares the rows of two buffers, block after block.
struct RowComparison {
  /// A column of both that has one type and shape.
  private struct SharedColumn {
    let old: Int
    let new: Int
    let schema: ColumnSchema
    let elementsPerRow: Int
  }

  private let old: RowAlignment.Side
  private let new: RowAlignment.Side
  private let tolerance: Tolerance
  private let shared: [SharedColumn]
  private let rowsPerBlock: Int
  private var found: [Int: BufferDiff.ColumnChange] = [:]
  private var compared: [Int]
  /// How many steps of both have another number.
  private(set) var renumbered = 0

  /// The most bytes of rows that are held at once of either buffer.
  private static let blockBytes = 4 << 20

  init(_ old: RowAlignment.Side, _ new: RowAlignment.Side, tolerance: Tolerance) {
    (self.old, self.new, self.tolerance) = (old, new, tolerance)
    let schema = new.contents.schema
    shared = old.contents.schema.columns.enumerated().compactMap { index, column in
      guard let other = schema.index(of: column.name), schema.columns[other] == column else { return nil }
      return SharedColumn(old: index, new: other, schema: column, elementsPerRow: column.shape.reduce(1, *))
    }
    compared = Array(repeating: 0, count: shared.count)
    rowsPerBlock = max(1, Self.blockBytes / max(1, old.contents.schema.rowBytes, schema.rowBytes))
  }

  /// The columns that differ, the largest distance first.
  var changes: [BufferDiff.ColumnChange] {
    found.sorted { $0.key < $1.key }
      .map { index, change in
        var change = change
        change.comparedRows = compared[index]
        return change
      }
      .sorted { ($0.largest ?? .infinity) > ($1.largest ?? .infinity) }
  }

  /// Compares the rows of runs; those that follow each other in both buffers are read together.
  mutating func compare(_ runs: [RowAlignment.Run]) throws {
    var block: [RowAlignment.Run] = []
    var count = 0
    for run in runs {
      for piece in run.pieces(ofRows: rowsPerBlock) {
        if let last = block.last, !last.isFollowed(by: piece) || count + piece.count > rowsPerBlock {
          try compare(block: block, rows: count)
          (block, count) = ([], 0)
        }
        block.append(piece)
        count += piece.count
      }
    }
    if count > 0 { try compare(block: block, rows: count) }
  }

  private mutating func compare(block: [RowAlignment.Run], rows count: Int) throws {
    let start = block[0]
    let before = try old.contents.rows(start.old..<start.old + count)
    let after = try new.contents.rows(start.new..<start.new + count)
    let steps = block.reduce(0) { $1.observationsOnly ? $0 : $0 + $1.count }
    if before.steps != after.steps { countRenumbered(before.steps, after.steps) }
    for (index, column) in shared.enumerated() {
      compared[index] += column.schema.holdsObservations ? count : steps
      guard let elements = ElementComparison(before.columns[column.old], after.columns[column.new], tolerance) else {
        continue
      }
      for run in block where !run.observationsOnly || column.schema.holdsObservations {
        let rows = run.old - start.old..<run.old - start.old + run.count
        guard let tally = elements.tally(rows: rows, elementsPerRow: column.elementsPerRow) else { continue }
        note(tally, elements, index, after)
      }
    }
  }

  /// Steps of both have another number only where they were paired by episode.
  private mutating func countRenumbered(_ before: [Int64], _ after: [Int64]) {
    for (old, new) in zip(before, after) where old >= 0 && new >= 0 && old != new { renumbered += 1 }
  }

  private mutating func note(
    _ tally: ElementComparison.Tally, _ elements: ElementComparison, _ index: Int, _ batch: RowBatch
  ) {
    var change = found[index]
    change?.differingRows += tally.rows
    if change == nil || elements.isNumeric && tally.largest > (change?.largest ?? 0) {
      let (row, element) = tally.worst.quotientAndRemainder(dividingBy: shared[index].elementsPerRow)
      let values = elements.descriptions(at: tally.worst)
      change = .init(
        column: shared[index].schema, differingRows: change?.differingRows ?? tally.rows,
        largest: elements.isNumeric ? tally.largest : nil,
        worst: new.place(ofRow: batch.firstRow + row, step: batch.steps[row], element: element),
        old: values.old, new: values.new)
    }
    found[index] = change
  }
}

extension RowAlignment.Side {
  /// What identifies a row.
  fileprivate func place(ofRow row: Int, step: Int64, element: Int) -> BufferDiff.Place {
    let step = step >= 0 ? Int(step) : nil
    guard let table, let index = table.index(ofRow: row) else {
      return .init(step: step, episode: nil, time: nil, element: element)
    }
    let episode = table.episodes[index]
    return .init(step: step, episode: episode.id, time: episode.startTime + row - episode.firstRow, element: element)
  }
}

/// Priorities: one number a step, in the order of the rows, final observations left out.
extension RowComparison {
  /// How the priorities of steps of both differ, and the step whose priority differs most.
  func priorities(_ runs: [RowAlignment.Run]) throws -> (TensorDifference, BufferDiff.Place)? {
    guard let before = old.priorities, let after = new.priorities else { return nil }
    let runs = runs.filter { !$0.observationsOnly }
    var (first, second): ([Double], [Double]) = ([], [])
    for run in runs {
      let (a, b) = (old.stepPosition(ofRow: run.old), new.stepPosition(ofRow: run.new))
      first += before[a..<a + run.count]
      second += after[b..<b + run.count]
    }
    let (a, b) = (Tensor(vector: first), Tensor(vector: second))
    guard let difference = TensorDifference(from: a, to: b, tolerance: tolerance) else { return nil }
    return (difference, try place(ofStep: difference.worst, in: runs))
  }

  /// What identifies the step that comes at a position among those of some runs.
  private func place(ofStep position: Int, in runs: [RowAlignment.Run]) throws -> BufferDiff.Place {
    var rest = position
    for run in runs {
      guard rest >= run.count else {
        let row = run.new + rest
        return new.place(ofRow: row, step: try new.contents.rows(row..<row + 1).steps[0], element: 0)
      }
      rest -= run.count
    }
    preconditionFailure("a position among the steps of the runs")
  }
}

extension RowAlignment.Side {
  /// How many rows before a row that is a step are steps.
  fileprivate func stepPosition(ofRow row: Int) -> Int {
    row - (table?.index(ofRow: row) ?? 0)
  }
}

extension EpisodeTable {
  /// The position of the episode that holds a row. - Complexity: O(log count).
  fileprivate func index(ofRow row: Int) -> Int? {
    guard row >= 0, row < rowCount else { return nil }
    var (low, high) = (0, episodes.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if episodes[middle].firstRow <= row { low = middle } else { high = middle }
    }
    return low
  }
}
