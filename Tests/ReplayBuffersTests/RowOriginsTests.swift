import StateTree
import Testing

@testable import ReplayBuffers

@Suite("Where rows lie in memory")
struct RowOriginsTests {
  /// A ring that has taken more rows than it holds, so that it begins inside of a chunk.
  private func ring() throws -> ReplayBuffer {
    let schema = try BufferSchema([ColumnSchema("a", .uint8, shape: [100_000]), ColumnSchema("b", .int64)])
    var buffer = ReplayBuffer(capacity: 40, schema: schema, seed: 1)
    for row in 0..<53 {
      try buffer.add([try Tensor(zeros: .uint8, shape: [1, 100_000]), Tensor(vector: [Int64(row)])])
    }
    return buffer
  }

  @Test func `rows are the same in a snapshot and in a later one, one step further on`() throws {
    var buffer = try ring()
    let before = buffer.snapshot()
    try buffer.add([try Tensor(zeros: .uint8, shape: [1, 100_000]), Tensor(vector: [53 as Int64])])
    let (old, new) = (before.origins(of: [1..<40]), buffer.snapshot().origins(of: [0..<39]))
    #expect(old != nil && old == new && old?.count == 39)
    #expect(before.origins(of: [0..<39]) != new)
  }

  @Test func `the same rows in another buffer lie elsewhere`() throws {
    let snapshot = try ring().snapshot()
    let other = try ReplayBuffer(contents: snapshot).snapshot()
    #expect(snapshot.origins(of: [0..<40]) != other.origins(of: [0..<40]))
  }

  @Test func `parts of origins are the origins of parts`() throws {
    let snapshot = try ring().snapshot()
    let all = try #require(snapshot.origins(of: [0..<40]))
    var random = PCG64(seed: 3)
    for _ in 0..<300 {
      let bounds = Set((0..<4).map { _ in Int(random.integers(in: 0..<41 as Range<Int64>)) }).sorted()
      let ranges = stride(from: 0, to: bounds.count - 1, by: 2).map { bounds[$0]..<bounds[$0 + 1] }
      #expect(all.extracting(ranges) == snapshot.origins(of: ranges), "\(ranges)")
    }
  }

  @Test func `an observation that is held and a slot have no place`() throws {
    let schema = try BufferSchema([
      ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
    ])
    var episodes = try EpisodeReplayBuffer(capacity: 10, schema: schema, seed: 1)
    try episodes.add(
      EpisodeFragment(
        id: "a", startTime: 0, observations: try Tensor([0, 0, 1, 1, 2, 2] as [Float], shape: [3, 2]),
        actions: Tensor(vector: [0, 1] as [Int64]), rewards: Tensor(vector: [1, 1] as [Float])))
    #expect(episodes.snapshot().origins(of: [0..<2])?.count == 2)
    #expect(episodes.snapshot().origins(of: [0..<3]) == nil)
    var reservoir = ReservoirReplayBuffer(
      capacity: 4, schema: try BufferSchema([ColumnSchema("a", .int64)]), seed: 1)
    try reservoir.add([Tensor(vector: [1, 2] as [Int64])])
    #expect(reservoir.snapshot().origins(of: [0..<1]) == nil)
  }
}
