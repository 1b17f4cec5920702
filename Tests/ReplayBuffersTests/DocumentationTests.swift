import ReplayBuffers
import StateTree
import Testing

/// The code of `Documentation.docc/ReplayBuffers.md`, so that it compiles and does what the page says.
@Suite struct `The examples of the page on replay buffers` {
  static let columns = [
    ColumnSchema("obs", .float32, shape: [4]), ColumnSchema("next_obs", .float32, shape: [4]),
    ColumnSchema("rewards", .float64),
  ]

  static func transitions(_ count: Int) throws -> [Tensor] {
    let observations = try Tensor((0..<4 * count).map { Float($0) }, shape: [count, 4])
    return [observations, observations, Tensor(vector: (0..<count).map { Double($0) / 4 })]
  }

  @Test func `a prioritized ring is filled, sampled, updated and handed out`() throws {
    let schema = try BufferSchema(Self.columns)
    let (transitions, errors) = (try Self.transitions(1000), [Double](repeating: 0.5, count: 256))
    var buffer = PrioritizedReplayBuffer(capacity: 1_000_000, alpha: 0.6, schema: schema, seed: 7)
    try buffer.add(transitions)
    var batch = TransitionBatch()
    try buffer.sample(count: 256, beta: 0.4, into: &batch)
    try buffer.updatePriorities(batch.steps, errors)
    let snapshot = buffer.snapshot()
    #expect(batch.count == 256 && snapshot.rowCount == 1000)
  }

  @Test func `a ring is restored into another capacity, name and type`() throws {
    var saved = ReplayBuffer(capacity: 100_000, schema: try BufferSchema(Self.columns), seed: 7)
    for _ in 0..<100 { try saved.add(Self.transitions(1000)) }
    let schema = try BufferSchema([
      Self.columns[0], ColumnSchema("new_obs", .float32, shape: [4]), ColumnSchema("rewards", .float32),
    ])
    var buffer = ReplayBuffer(capacity: 50_000, schema: schema, seed: 1)
    let file = saved.snapshot()
    let report = try buffer.restore(
      from: file, adapting: BufferAdaptation(
        capacity: .keepNewest, renamedColumns: ["new_obs": "next_obs"], castColumns: ["rewards"]))
    #expect(
      report.description
        == "capacity 50000 instead of 100000, the oldest 50000 steps dropped; next_obs is now called new_obs; rewards was float64")
  }
}
