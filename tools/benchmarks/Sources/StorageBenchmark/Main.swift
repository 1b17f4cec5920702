import ReplayBuffers
import StateTree

/// Gathers random rows from logs whose columns are interleaved in one record and from logs whose columns lie apart.
///
/// Prints a line a figure: name, nanoseconds interleaved, nanoseconds apart, apart / interleaved, the bar, and whether the
/// ratio reaches it. Figures without a bar choose the size up to which columns are interleaved.
@main
enum StorageBenchmark {
  static func main() throws {
    try report("transition-46-bytes-of-1000000", columns(observationBytes: 16), rows: 1_000_000, bar: 1)
    for bytes in [32, 64, 128, 256, 512, 1024] {
      let rows = min(1_000_000, (512 << 20) / (2 * bytes))
      try report("two-columns-of-\(bytes)-bytes-of-\(rows)", columns(observationBytes: bytes), rows: rows, bar: nil)
    }
    // A million images do not fit the machine: what matters is that the log is far larger than the caches.
    try report("image-28-KiB-of-32768", imageColumns, rows: 32_768, bar: nil)
  }

  static func columns(observationBytes: Int) -> [ColumnSchema] {
    [
      ColumnSchema("obs", .uint8, shape: [observationBytes]), ColumnSchema("actions", .int64),
      ColumnSchema("rewards", .float32), ColumnSchema("new_obs", .uint8, shape: [observationBytes]),
      ColumnSchema("terminateds", .bool), ColumnSchema("truncateds", .bool),
    ]
  }

  static let imageColumns = [
    ColumnSchema("obs", .uint8, shape: [4, 84, 84]), ColumnSchema("actions", .int64),
    ColumnSchema("rewards", .float32),
  ]

  static func report(_ name: String, _ columns: [ColumnSchema], rows: Int, bar: Double?) throws {
    let interleaved = try measure(filled(columns, rows: rows, interleavedBytes: .max))
    let apart = try measure(filled(columns, rows: rows, interleavedBytes: 0))
    let ratio = apart / interleaved
    let verdict = bar.map { ratio >= $0 ? "\($0) ok" : "\($0) short" } ?? "- -"
    print("\(name) \(interleaved.rounded()) \(apart.rounded()) \((ratio * 100).rounded() / 100) \(verdict)")
  }

  static func filled(_ columns: [ColumnSchema], rows: Int, interleavedBytes: Int) throws -> ChunkLog {
    var log = ChunkLog(columns, interleavedBytes: interleavedBytes)
    let batchRows = 256
    let batch = try columns.map { column in
      let bytes = (0..<batchRows * column.rowBytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      return try Tensor(column.dataType, shape: [batchRows] + column.shape, bytes: bytes)
    }
    while log.rows.count + batchRows <= rows { log.append(batch) }
    log.append(batch.map { $0.rows(0..<rows - log.rows.count) })
    return log
  }

  /// Nanoseconds of one gather of 32 random rows: the median of 15 rounds of 2,000.
  static func measure(_ log: ChunkLog) throws -> Double {
    var generator = PCG64(seed: 1)
    let rounds = log.columns.reduce(0) { $0 + $1.rowBytes } > 4096 ? 200 : 2000
    let indices = generator.integers(in: 0..<Int64(log.rows.count), count: 32 * rounds).map(Int.init)
    let picks = (0..<rounds).map { Array(indices[$0 * 32..<$0 * 32 + 32]) }
    var times: [Double] = []
    var seen = 0
    for _ in 0..<15 {
      let start = ContinuousClock.now
      for pick in picks { seen &+= log.gather(pick)[0].bytes.count }
      let elapsed = ContinuousClock.now - start
      times.append(elapsed / .nanoseconds(rounds))
    }
    precondition(seen > 0)
    return times.sorted()[times.count / 2]
  }
}
