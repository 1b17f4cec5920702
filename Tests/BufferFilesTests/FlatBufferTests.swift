import BufferFiles
import ReplayBuffers
import StateTree
import Testing

/// Prioritized rings, queues, reservoirs and mixes come back from files, and go on as they would have.
@Suite struct `Flat buffers in files` {
  private static func schema() throws -> BufferSchema {
    try BufferSchema([ColumnSchema("obs", .float32, shape: [64, 3]), ColumnSchema("rewards", .float64)])
  }

  /// The transitions of these steps: noise, and the step number as the reward.
  private static func rows(_ steps: Range<Int>) throws -> [Tensor] {
    var generator = PCG64(seed: UInt64(steps.lowerBound))
    let noise = generator.random(count: 192 * steps.count).map { Float($0) }
    return [try Tensor(noise, shape: [steps.count, 64, 3]), Tensor(vector: steps.map { Double($0) })]
  }

  /// Writes what a buffer holds, verifies the file and opens it.
  private static func file(_ buffer: some SavableBuffer) throws -> BufferFile {
    let bytes = try written { try BufferFileWriter.write(buffer.snapshot(), to: $0) }
    #expect(try verify(bytes).damages == [])
    return try open(bytes)
  }

  @Test func `a queue goes on in its order`() throws {
    var original = FIFOReplayBuffer(capacity: 6000, schema: try Self.schema())
    try original.add(Self.rows(0..<5500))
    _ = try original.sample(count: 300)
    var restored = try FIFOReplayBuffer(contentsOf: Self.file(original))
    #expect(restored.state == original.state)
    #expect(throws: ReplayBufferError.fullBuffer(capacity: 6000, held: 5200, added: 900)) {
      try restored.add(Self.rows(5500..<6400))
    }
    try original.add(Self.rows(5500..<5900))
    try restored.add(Self.rows(5500..<5900))
    for _ in 0..<8 { #expect(try restored.sample(count: 700) == original.sample(count: 700)) }
    #expect(restored.state == original.state && restored.count == 0)
    #expect(try FIFOReplayBuffer(contentsOf: Self.file(restored)).state == original.state)
  }

  @Test(arguments: [0, 3000, 20_000]) func `a reservoir goes on bit for bit, each row in its slot`(added: Int) throws {
    var original = ReservoirReplayBuffer(capacity: 5000, schema: try Self.schema(), seed: 3)
    for start in stride(from: 0, to: added, by: 1000) { try original.add(Self.rows(start..<start + 1000)) }
    let file = try Self.file(original)
    var restored = try ReservoirReplayBuffer(contentsOf: file)
    #expect(restored.state == original.state)
    try original.add(Self.rows(added..<added + 900))
    try restored.add(Self.rows(added..<added + 900))
    for _ in 0..<10 { #expect(try restored.sample(count: 64) == original.sample(count: 64)) }
    #expect(restored.state == original.state)
  }

  @Test func `rows of a reservoir lie in the order of their steps and are found by them`() throws {
    var buffer = ReservoirReplayBuffer(capacity: 5000, schema: try Self.schema(), seed: 4)
    for start in stride(from: 0, to: 20_000, by: 1000) { try buffer.add(Self.rows(start..<start + 1000)) }
    let file = try Self.file(buffer)
    let held = buffer.slots.sorted()
    #expect(try file.column("rewards", as: Double.self) == held.map { Double($0) })
    #expect(file.steps == held[0]..<held[4999] + 1)
    let range = 4000..<4500
    #expect(try file.column("rewards", as: Double.self, rows: range) == held.filter(range.contains).map { Double($0) })
    #expect(file.summary.frameCount > 3, "several row groups")
    #expect(try file.state()["slots"] == .tensor(Tensor(vector: buffer.slots.map { Int64($0) })))
  }

  @Test func `a prioritized ring goes on bit for bit`() throws {
    var original = PrioritizedReplayBuffer(capacity: 4000, schema: try Self.schema(), seed: 5)
    try original.add(Self.rows(0..<6000))
    try original.updatePriorities(Array(2500..<3500), (0..<1000).map { Double($0) / 7 })
    let file = try Self.file(original)
    #expect(file.summary.priorities?.count == 4000)
    var restored = try PrioritizedReplayBuffer(contentsOf: file)
    #expect(restored.state == original.state)
    try original.add(Self.rows(6000..<6500))
    try restored.add(Self.rows(6000..<6500))
    for _ in 0..<10 {
      let sample = try original.sample(count: 64)
      #expect(try restored.sample(count: 64) == sample)
      try original.updatePriorities(sample.steps, sample.steps.map { Double($0 % 9) })
      try restored.updatePriorities(sample.steps, sample.steps.map { Double($0 % 9) })
    }
    #expect(restored.state == original.state)
  }

  @Test func `a mix goes on with what was not returned yet`() throws {
    let ring = ReplayBuffer(capacity: 4000, schema: try Self.schema(), seed: 5)
    var original = MixInReplayBuffer(ring, replayRatio: 0.75)
    try original.add(Self.rows(0..<5000))
    _ = try original.sample(count: 800)
    var restored = try MixInReplayBuffer<ReplayBuffer>(contentsOf: Self.file(original))
    #expect(restored.state == original.state && restored.waiting == 1200..<5000)
    for _ in 0..<20 { #expect(try restored.sample(count: 101) == original.sample(count: 101)) }
    #expect(restored.state == original.state)
  }

  @Test func `a file of one kind is refused by the others`() throws {
    let ring = ReplayBuffer(capacity: 4, schema: try Self.schema(), seed: 5)
    let mix = try Self.file(MixInReplayBuffer(ring))
    #expect(throws: ReplayBufferError.wrongKind(expected: "ReplayBuffer", found: "MixInReplayBuffer")) {
      try ReplayBuffer(contentsOf: mix)
    }
    #expect(throws: ReplayBufferError.wrongKind(expected: "FifoReplayBuffer", found: "MixInReplayBuffer")) {
      try FIFOReplayBuffer(contentsOf: mix)
    }
    let file = try Self.file(ring)
    #expect(throws: ReplayBufferError.wrongKind(expected: "ReservoirReplayBuffer", found: "ReplayBuffer")) {
      try ReservoirReplayBuffer(contentsOf: file)
    }
  }
}
