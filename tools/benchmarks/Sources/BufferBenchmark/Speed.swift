import BenchmarkData
import ReplayBuffers
import StateTree

/// Rows shaped like CartPole's, with numbers that cost nothing to make.
struct Rows {
  private var generator = PCG64(seed: 1)

  /// The next `count` transitions, column by column.
  mutating func next(_ count: Int) throws -> [Tensor] {
    try CartPoleRows.columns.map { column in
      let words = (0..<(count * column.rowBytes + 7) / 8).map { _ in generator.next() & 0x0101_0101_0101_0101 }
      let bytes = Tensor(vector: words).bytes.prefix(count * column.rowBytes)
      return try Tensor(column.dataType, shape: [count] + column.shape, bytes: Array(bytes))
    }
  }

  /// Adds so many rows to a buffer.
  mutating func fill(_ rows: Int, _ add: ([Tensor]) throws -> Void) throws {
    let batch = try next(10_000)
    for start in stride(from: 0, to: rows, by: 10_000) {
      let count = min(10_000, rows - start)
      try add(count == 10_000 ? batch : batch.map { $0.rows(0..<count) })
    }
  }
}

/// How long one call of each kind takes.
enum Speed {
  static func measure(rows: Int, only name: String?) throws {
    let schema = try BufferSchema(CartPoleRows.columns)
    var source = Rows()
    var uniform = ReplayBuffer(capacity: rows, schema: schema, seed: 1)
    try source.fill(rows) { try uniform.add($0) }
    var prioritized = PrioritizedReplayBuffer(capacity: rows, alpha: 0.6, schema: schema, seed: 1)
    try source.fill(rows) { try prioritized.add($0) }
    let figures: KeyValuePairs<String, () throws -> Double> = [
      "uniform_32": { try sampling(&uniform, 32) }, "uniform_256": { try sampling(&uniform, 256) },
      "prioritized_32": { try updating(&prioritized, 32) }, "prioritized_256": { try updating(&prioritized, 256) },
      "add_1": { try adding(&uniform, source.next(1)) }, "add_1000": { try addingMany(&uniform, source.next(1000)) },
    ]
    report(try figures.filter { name == nil || name == $0.key }.map { ($0.key, try $0.value()) })
  }

  private static func sampling(_ buffer: inout ReplayBuffer, _ count: Int) throws -> Double {
    var batch = TransitionBatch()
    return try microseconds(of: 400_000 / count) { try buffer.sample(count: count, into: &batch) }
  }

  private static func updating(_ buffer: inout PrioritizedReplayBuffer, _ count: Int) throws -> Double {
    var batch = TransitionBatch()
    var generator = PCG64(seed: 2)
    let priorities = generator.random(count: count)
    return try microseconds(of: 100_000 / count) {
      try buffer.sample(count: count, beta: 0.4, into: &batch)
      try buffer.updatePriorities(batch.steps, priorities)
    }
  }

  private static func adding(_ buffer: inout ReplayBuffer, _ rows: [Tensor]) throws -> Double {
    let row = try rows.map { try $0.reshaped(Array($0.shape.dropFirst())) }
    return try microseconds(of: 20_000) { try buffer.add(row: row) }
  }

  private static func addingMany(_ buffer: inout ReplayBuffer, _ rows: [Tensor]) throws -> Double {
    try microseconds(of: 300) { try buffer.add(rows) }
  }

  /// The median of 9 rounds, per call.
  private static func microseconds(of calls: Int, _ body: () throws -> Void) rethrows -> Double {
    let times = try (0..<9).map { _ in
      try ContinuousClock().measure { for _ in 0..<calls { try body() } }.seconds
    }
    return times.median / Double(calls) * 1e6
  }
}
