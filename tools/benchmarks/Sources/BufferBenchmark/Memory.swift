import BenchmarkData
import Foundation
import ReplayBuffers
import StateTree

/// What buffers take of memory, as the growth of the resident set: nothing else is allocated meanwhile.
enum Memory {
  static func measure(_ kind: String, rows: Int) throws {
    let schema = try BufferSchema(CartPoleRows.columns)
    var source = Rows()
    let warm = try source.next(10_000)
    let before = try residentBytes()
    switch kind {
    case "flat":
      var buffer = ReplayBuffer(capacity: rows, schema: schema, seed: 1)
      for _ in 0..<(rows + rows / 2) / 10_000 { try buffer.add(warm) }
      try print(before, columns: rows * schema.rowBytes, keeping: buffer)
    case "prioritized":
      var buffer = PrioritizedReplayBuffer(capacity: rows, schema: schema, seed: 1)
      for _ in 0..<(rows + rows / 2) / 10_000 { try buffer.add(warm) }
      try print(before, columns: rows * schema.rowBytes, keeping: buffer)
    default:
      try measureEpisodes(kind, rows: rows)
    }
  }

  /// Episodes of 200 steps of eight environments, whole or a step at a time in turn.
  private static func measureEpisodes(_ kind: String, rows: Int) throws {
    let schema = try BufferSchema([
      ColumnSchema("obs", .float32, shape: [4]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
    ])
    let piece = kind == "episodes" ? 200 : 1
    let tensors = (try Tensor(zeros: .float32, shape: [piece + 1, 4]), try Tensor(zeros: .int64, shape: [piece]),
      try Tensor(zeros: .float32, shape: [piece]))
    let before = try residentBytes()
    var buffer = try EpisodeReplayBuffer(capacity: rows, schema: schema, seed: 1)
    for round in 0..<rows / 1600 {
      for start in stride(from: 0, to: 200, by: piece) {
        for environment in 0..<8 {
          try buffer.add(
            EpisodeFragment(
              id: "\(round)-\(environment)", startTime: start, observations: tensors.0, actions: tensors.1,
              rewards: tensors.2, isTerminated: start + piece == 200))
        }
      }
    }
    let steps = buffer.count
    try print(before, columns: steps * schema.rowBytes + steps / 200 * 16, keeping: buffer)
  }

  /// The growth while a snapshot of a full ring is held and half of it is overwritten.
  static func measureHeld(rows: Int) throws {
    let schema = try BufferSchema(CartPoleRows.columns)
    var source = Rows()
    let batch = try source.next(10_000)
    var buffer = ReplayBuffer(capacity: rows, schema: schema, seed: 1)
    for _ in 0..<rows / 10_000 { try buffer.add(batch) }
    let snapshot = buffer.snapshot()
    let before = try residentBytes()
    for _ in 0..<rows / 20_000 { try buffer.add(batch) }
    try print(before, columns: rows / 2 * schema.rowBytes, keeping: (buffer, snapshot))
  }

  private static func print<Kept>(_ before: Int, columns: Int, keeping kept: Kept) throws {
    let bytes = try residentBytes() - before
    withExtendedLifetime(kept) {
      report([("bytes", Double(bytes)), ("column_bytes", Double(columns)), ("chunk_bytes", Double(ChunkLog.chunkBytes))])
    }
  }

  /// - Source: proc(5), `/proc/self/statm`, the second number.
  private static func residentBytes() throws -> Int {
    let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
    return (Int(fields[1]) ?? 0) * 4096
  }
}
