import BufferFiles
import ReplayBuffers
import StateTree

/// A buffer of rows that lie in memory.
struct MemoryContents: BufferContents {
  var kind = "TestBuffer"
  var layout = BufferLayout.transitions
  var schema: BufferSchema
  var batch: RowBatch
  var stored: StateValue = ["insertion_count": 12, "name": "test"]

  var rowCount: Int { batch.count }
  func state() throws -> StateValue { stored }
  func rows(_ range: Range<Int>) throws -> RowBatch { batch.part(range) }

  /// Transitions of CartPole.
  static func cartPole(_ count: Int, state: StateValue? = nil) throws -> MemoryContents {
    var contents = MemoryContents(schema: try CartPole.schema(), batch: CartPole.transitions(count))
    if let state { contents.stored = state }
    return contents
  }

  /// The same transitions as episodes: each observation once, a row more for the last one.
  static func episodes(lengths: [Int]) throws -> MemoryContents {
    let schema = try BufferSchema([ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("rewards", .float64)])
    var (steps, obs, rewards, records): ([Int64], [Float], [Double], [EpisodeRecord]) = ([], [], [], [])
    var next: Int64 = 100
    for (number, length) in lengths.enumerated() {
      let isLast = number == lengths.count - 1
      records.append(
        EpisodeRecord(
          id: "episode-\(number)", lane: number % 2, firstRow: steps.count, length: length,
          isTerminated: !isLast && number % 3 != 0, isTruncated: !isLast && number % 3 == 0))
      for row in 0...length {
        steps.append(row == length ? -1 : next)
        if row < length { next += 1 }
        obs += [Float(number), Float(row)]
        rewards.append(row == length ? 0 : Double(row) / 4)
      }
    }
    let columns = [try Tensor(obs, shape: [steps.count, 2]), Tensor(vector: rewards)]
    return MemoryContents(
      kind: "EpisodeBuffer", layout: .episodes, schema: schema,
      batch: RowBatch(firstRow: 0, steps: steps, columns: columns),
      stored: ["episodes": try EpisodeTable(records).state, "insertion_count": 7])
  }
}

extension RowBatch {
  /// Some of the rows, which keep their positions.
  func part(_ range: Range<Int>) -> RowBatch {
    let local = range.lowerBound - firstRow..<range.upperBound - firstRow
    return RowBatch(firstRow: range.lowerBound, steps: Array(steps[local]), columns: columns.map { $0.rows(local) })
  }

  /// The same rows at another position.
  func moved(to firstRow: Int, firstStep: Int64) -> RowBatch {
    RowBatch(firstRow: firstRow, steps: (0..<Int64(count)).map { firstStep + $0 }, columns: columns)
  }
}
