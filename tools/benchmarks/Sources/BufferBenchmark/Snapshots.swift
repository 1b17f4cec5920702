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
      let added = try source.next(1)
      try measure(&buffer) { buffer in
        try buffer.add(added)
        try buffer.sample(count: 32, into: &batch)
      }
    } else {
      var buffer = PrioritizedReplayBuffer(capacity: rows, schema: schema, seed: 1)
      try source.fill(rows) { try buffer.add($0) }
      var batch = TransitionBatch()
      let added = try source.next(1)
      let priorities = [Double](repeating: 0.5, count: 32)
      try measure(&buffer) { buffer in
        try buffer.add(added)
        try buffer.sample(count: 32, into: &batch)
        try buffer.updatePriorities(batch.steps, priorities)
      }
    }
  }

  /// Milliseconds of a snapshot, microseconds of the first training step behind one and of a step without one.
  private static func measure<Buffer: SavableBuffer>(
    _ buffer: inout Buffer, _ train: (inout Buffer) throws -> Void
  ) throws {
    let clock = ContinuousClock()
    let usual = try (0..<count).map { _ in try clock.measure { try train(&buffer) }.seconds }
    var held: BufferSnapshot?
    var (snapshots, first): ([Double], [Double]) = ([], [])
    for _ in 0..<count {
      snapshots.append(clock.measure { held = buffer.snapshot() }.seconds)
      first.append(try clock.measure { try train(&buffer) }.seconds)
      for _ in 0..<20 { try train(&buffer) }
    }
    withExtendedLifetime(held) {
      report([
        ("median_ms", snapshots.median * 1e3), ("p99_ms", snapshots.quantile(0.99) * 1e3),
        ("first_step_us", first.median * 1e6), ("usual_step_us", usual.median * 1e6),
      ])
    }
  }
}
