internal import ReplayBuffers
internal import StateTree

/// Compares the rows of two buffers, run after run.
struct RowComparison {
  private let old: RowAlignment.Side
  private let new: RowAlignment.Side
  private let tolerance: Tolerance
  /// The columns of both that have one type and shape: their positions.
  private let shared: [(old: Int, new: Int, column: ColumnSchema, isObservation: Bool)]
  private var found: [Int: BufferDiff.ColumnChange] = [:]
  private var compared: [Int: Int] = [:]
  private var steps: [(old: Int, new: Int, count: Int)] = []

  /// The most bytes of rows that are held at once of either buffer.
  private static let batchBytes = 4 << 20

  init(_ old: RowAlignment.Side, _ new: RowAlignment.Side, tolerance: Tolerance) {
    (self.old, self.new, self.tolerance) = (old, new, tolerance)
    shared = old.contents.schema.columns.enumerated().compactMap { index, column in
      guard let other = new.contents.schema.index(of: column.name), new.contents.schema.columns[other] == column else {
        return nil
      }
      return (index, other, column, column.name == "obs" || column.name.hasPrefix("obs/"))
    }
  }

  /// The columns that differ, the largest distance first.
  var changes: [BufferDiff.ColumnChange] {
    found.sorted { $0.key < $1.key }
      .map { index, change in
        var change = change
        change.comparedRows = compared[index] ?? 0
        return change
      }
      .sorted { ($0.largest ?? .infinity) > ($1.largest ?? .infinity) }
  }

  /// Compares the rows of a run.
  mutating func compare(_ run: RowAlignment.Run) throws {
    if !run.observationsOnly { steps.append((run.old, run.new, run.count)) }
    let rows = max(1, Self.batchBytes / max(1, old.contents.schema.rowBytes))
    for offset in stride(from: 0, to: run.count, by: rows) {
      let count = min(rows, run.count - offset)
      let before = try old.contents.rows(run.old + offset..<run.old + offset + count)
      let after = try new.contents.rows(run.new + offset..<run.new + offset + count)
      for (index, pair) in shared.enumerated() where !run.observationsOnly || pair.isObservation {
        compared[index, default: 0] += count
        compare(before.columns[pair.old], after.columns[pair.new], index, after)
      }
    }
  }

  private mutating func compare(_ a: Tensor, _ b: Tensor, _ index: Int, _ batch: RowBatch) {
    guard let difference = TensorDifference(from: a, to: b, tolerance: tolerance) else { return }
    let perRow = max(1, shared[index].column.shape.reduce(1, *))
    let row = difference.worst / perRow
    let differing = (0..<batch.count).count { row in
      TensorDifference(from: a.rows(row..<row + 1), to: b.rows(row..<row + 1), tolerance: tolerance) != nil
    }
    let place = place(batch, row: row, element: difference.worst % perRow)
    var change = found[index]
      ?? .init(column: shared[index].column, largest: nil, worst: place, old: difference.values.old, new: difference.values.new)
    change.differingRows += differing
    if change.largest == nil || (difference.largest ?? 0) > (change.largest ?? 0) {
      (change.largest, change.worst) = (difference.largest, place)
      (change.old, change.new) = difference.values
    }
    found[index] = change
  }

  private func place(_ batch: RowBatch, row: Int, element: Int) -> BufferDiff.Place {
    let step = batch.steps[row] >= 0 ? Int(batch.steps[row]) : nil
    guard let episode = new.table?.episode(atRow: batch.firstRow + row) else {
      return .init(step: step, episode: nil, time: nil, element: element)
    }
    let time = episode.startTime + batch.firstRow + row - episode.firstRow
    return .init(step: step, episode: episode.id, time: time, element: element)
  }

  /// How the priorities of steps of both differ.
  func priorities(_ old: RowAlignment.Side, _ new: RowAlignment.Side) -> TensorDifference? {
    guard let before = Self.priorities(old), let after = Self.priorities(new) else { return nil }
    var (first, second): ([Double], [Double]) = ([], [])
    for run in steps {
      guard let a = old.stepPosition(ofRow: run.old), let b = new.stepPosition(ofRow: run.new),
        a + run.count <= before.count, b + run.count <= after.count
      else { continue }
      first += before[a..<a + run.count]
      second += after[b..<b + run.count]
    }
    return TensorDifference(from: Tensor(vector: first), to: Tensor(vector: second), tolerance: tolerance)
  }

  private static func priorities(_ side: RowAlignment.Side) -> [Double]? {
    guard case .tensor(let tensor)? = side.state["priorities"] else { return nil }
    return try? tensor.scalars()
  }
}

extension RowAlignment.Side {
  /// How many rows before this one are steps: priorities leave final observations out.
  fileprivate func stepPosition(ofRow row: Int) -> Int? {
    guard let table else { return row }
    return table.index(ofRow: row).map { row - $0 }
  }
}

extension EpisodeTable {
  /// The position of the episode that holds a row. - Complexity: O(log count).
  func index(ofRow row: Int) -> Int? {
    guard row >= 0, row < rowCount else { return nil }
    var (low, high) = (0, episodes.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if episodes[middle].firstRow <= row { low = middle } else { high = middle }
    }
    return low
  }

  /// The episode that holds a row. - Complexity: O(log count).
  func episode(atRow row: Int) -> EpisodeRecord? { index(ofRow: row).map { episodes[$0] } }
}
