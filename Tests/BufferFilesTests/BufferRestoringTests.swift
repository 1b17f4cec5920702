import BufferFiles
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

/// A buffer that was written to a file and loaded again behaves as the original does ever after.
@Suite("Buffers in files")
struct BufferRestoringTests {
  private static let columns = [
    ColumnSchema("obs", .float32, shape: [3]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float64),
    ColumnSchema("log_probability", .float32),
  ]

  @Test(arguments: [1, 7, 23] as [UInt64])
  func `a prioritized buffer that turned over goes on bit for bit`(seed: UInt64) throws {
    var original = try PrioritizedEpisodeReplayBuffer(
      capacity: 400, alpha: 0.6, schema: BufferSchema(Self.columns), seed: seed)
    var world = World(seed: seed)
    for _ in 0..<120 {
      try original.add(try world.fragment())
      let sample = try original.sample(count: 8, nStep: .drawn(from: 1..<4))
      try original.updatePriorities(sample.steps, sample.steps.map { Double($0 % 13) + 0.25 })
    }
    var restored = try Self.throughFile(original.snapshot()) { try PrioritizedEpisodeReplayBuffer(contentsOf: $0) }
    #expect(restored.state == original.state, "seed \(seed)")
    for _ in 0..<60 {
      let fragment = try world.fragment()
      try original.add(fragment)
      try restored.add(fragment)
      let (a, b) = (try original.sample(count: 16), try restored.sample(count: 16))
      #expect(a.steps == b.steps && a.weights == b.weights && a.observations == b.observations, "seed \(seed)")
      try original.updatePriorities(a.steps, a.rewards.map { Double(abs($0)) })
      try restored.updatePriorities(b.steps, b.rewards.map { Double(abs($0)) })
    }
    #expect(restored.state == original.state, "seed \(seed)")
  }

  @Test func `a ring of transitions that turned over goes on bit for bit`() throws {
    let schema = try BufferSchema([ColumnSchema("obs", .uint8, shape: [4, 4]), ColumnSchema("rewards", .float32)])
    var original = ReplayBuffer(capacity: 1000, schema: schema, seed: 3)
    var generator = PCG64(seed: 5)
    func rows(_ count: Int, _ generator: inout PCG64) throws -> [Tensor] {
      let pixels = generator.integers(in: 0..<256, count: 16 * count).map { UInt8($0) }
      return [try Tensor(pixels, shape: [count, 4, 4]), Tensor(vector: generator.random(count: count).map { Float($0) })]
    }
    for _ in 0..<30 { try original.add(rows(77, &generator)) }
    _ = try original.sample(count: 5)
    var restored = try Self.throughFile(original.snapshot()) { try ReplayBuffer(contentsOf: $0) }
    #expect(restored.state == original.state)
    for _ in 0..<20 {
      let more = try rows(90, &generator)
      try original.add(more)
      try restored.add(more)
      #expect(try original.sample(count: 32) == restored.sample(count: 32))
    }
  }

  @Test func `a file of one kind of buffer is not loaded as another`() throws {
    let buffer = try EpisodeReplayBuffer(capacity: 10, schema: BufferSchema(Self.columns), seed: 1)
    #expect(throws: ReplayBufferError.self) {
      _ = try Self.throughFile(buffer.snapshot()) { try ReplayBuffer(contentsOf: $0) }
    }
  }

  /// Writes a snapshot to a file, verifies it and loads what it holds.
  private static func throughFile<Buffer>(
    _ snapshot: BufferSnapshot, _ load: (BufferFile) throws -> Buffer
  ) throws -> Buffer {
    try withTemporaryDirectory { folder in
      let path = folder.appending("buffer.msgpack.zst")
      try BufferFileWriter.write(snapshot, to: path)
      let report = try BufferFile.verify(path)
      #expect(report.isSound, "\(report.damages)")
      return try load(BufferFile.open(path))
    }
  }

  /// Three environments whose fragments come interleaved.
  private struct World {
    private var generator: PCG64
    private var episodes: [(id: String, time: Int, last: [Float])] = []
    private var count = 0

    init(seed: UInt64) {
      generator = PCG64(seed: seed)
      for _ in 0..<3 { begin() }
    }

    private mutating func begin(at slot: Int? = nil) {
      let episode = ("episode-\(count)", 0, observation())
      count += 1
      if let slot { episodes[slot] = episode } else { episodes.append(episode) }
    }

    private mutating func observation() -> [Float] { generator.random(count: 3).map { Float($0) } }

    mutating func fragment() throws -> EpisodeFragment {
      let slot = Int(generator.integers(in: 0..<3))
      let length = Int(generator.integers(in: 1..<9))
      let episode = episodes[slot]
      var observations = episode.last
      for _ in 0..<length { observations += observation() }
      let ending = generator.integers(in: 0..<6)
      let fragment = try EpisodeFragment(
        id: episode.id, startTime: episode.time, observations: Tensor(observations, shape: [length + 1, 3]),
        actions: Tensor(vector: generator.integers(in: 0..<4, count: length)),
        rewards: Tensor(vector: generator.random(count: length)),
        extraColumns: ["log_probability": Tensor(vector: [Float](repeating: -0.5, count: length))],
        isTerminated: ending == 0, isTruncated: ending == 1)
      if ending < 2 { begin(at: slot) } else {
        episodes[slot] = (episode.id, episode.time + length, Array(observations.suffix(3)))
      }
      return fragment
    }
  }
}
