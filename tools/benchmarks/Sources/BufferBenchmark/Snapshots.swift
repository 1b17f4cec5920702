import BenchmarkData
import ReplayBuffers
import StateTree

/// How long a training loop stands still for a snapshot, while it adds, samples and gives priorities.
enum Snapshots {
  /// Each snapshot is held until the next one, as while it is written.
  private static let count = 300

  static func measure(_ kind: String, rows: Int) throws {
    let schema = try BufferSchema(CartPoleRows.columns)
    var source = Rows()
    if kind == "flat" {
      var buffer = ReplayBuffer(capacity: rows, schema: schema, seed: 1)
      try source.fill(rows) { try buffer.add($0) }
      var batch = TransitionBatch()
      let added = try source.next(100)
      show(try times(&buffer) { buffer in
        try buffer.add(added)
        for _ in 0..<20 { try buffer.sample(count: 32, into: &batch) }
      })
    } else {
      var buffer = PrioritizedReplayBuffer(capacity: rows, schema: schema, seed: 1)
      try source.fill(rows) { try buffer.add($0) }
      var batch = TransitionBatch()
      let added = try source.next(100)
      let priorities = [Double](repeating: 0.5, count: 32)
      show(try times(&buffer) { buffer in
        try buffer.add(added)
        for _ in 0..<20 {
          try buffer.sample(count: 32, into: &batch)
          try buffer.updatePriorities(batch.steps, priorities)
        }
      })
    }
  }

  private static func times<Buffer: SavableBuffer>(
    _ buffer: inout Buffer, _ train: (inout Buffer) throws -> Void
  ) throws -> [Double] {
    var held: BufferSnapshot?
    return try (0..<count).map { _ in
      let time = ContinuousClock().measure { held = buffer.snapshot() }
      try train(&buffer)
      return withExtendedLifetime(held) { time.seconds * 1e3 }
    }
  }

  private static func show(_ milliseconds: [Double]) {
    report([("median_ms", milliseconds.median), ("p99_ms", milliseconds.quantile(0.99))])
  }
}
