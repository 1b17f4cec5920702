import ReplayBuffers
import StateTree

/// A replay buffer that a random generator fills, so that one test serves every kind.
protocol GrowingBuffer: SavableBuffer {
  /// An empty buffer for about `capacity` steps.
  static func empty(capacity: Int) throws -> Self
  /// Adds something, samples, changes priorities.
  mutating func grow(using generator: inout PCG64) throws
}

/// The columns of the test buffers, 21 bytes a row.
func testSchema(isFlat: Bool) throws -> BufferSchema {
  let columns = [
    ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
    ColumnSchema("flag", .uint8),
  ]
  return try BufferSchema(isFlat ? columns + [ColumnSchema("new_obs", .float32, shape: [2])] : columns)
}

extension ReplayBuffer: GrowingBuffer {
  static func empty(capacity: Int) throws -> ReplayBuffer {
    ReplayBuffer(capacity: capacity, schema: try testSchema(isFlat: true), seed: 3)
  }

  mutating func grow(using generator: inout PCG64) throws {
    try add(transitions(using: &generator))
    _ = try sample(count: 2)
  }
}

extension PrioritizedReplayBuffer: GrowingBuffer {
  static func empty(capacity: Int) throws -> PrioritizedReplayBuffer {
    PrioritizedReplayBuffer(capacity: capacity, schema: try testSchema(isFlat: true), seed: 3)
  }

  mutating func grow(using generator: inout PCG64) throws {
    try add(transitions(using: &generator))
    let sample = try sample(count: 2)
    try updatePriorities(sample.steps, sample.steps.map { _ in generator.random() + 0.1 })
  }
}

/// Some transitions in the order of the flat schema.
private func transitions(using generator: inout PCG64) throws -> [Tensor] {
  let count = Int(generator.integers(in: 1..<20))
  let numbers = (0..<count).map { _ in Float(generator.random()) }
  return [
    try Tensor(numbers + numbers, shape: [count, 2]), Tensor(vector: numbers.map { Int64($0 * 100) }),
    Tensor(vector: numbers), Tensor(vector: numbers.map { UInt8($0 * 255) }),
    try Tensor(numbers + numbers, shape: [count, 2]),
  ]
}

extension FIFOReplayBuffer: GrowingBuffer {
  static func empty(capacity: Int) throws -> FIFOReplayBuffer {
    FIFOReplayBuffer(capacity: capacity, schema: try testSchema(isFlat: true))
  }

  mutating func grow(using generator: inout PCG64) throws {
    let added = try transitions(using: &generator)
    let room = capacity - count
    if let rows = added.first?.rowCount, rows > room { _ = try sample(count: rows - room) }
    try add(added)
  }
}

extension ReservoirReplayBuffer: GrowingBuffer {
  static func empty(capacity: Int) throws -> ReservoirReplayBuffer {
    ReservoirReplayBuffer(capacity: capacity, schema: try testSchema(isFlat: true), seed: 3)
  }

  mutating func grow(using generator: inout PCG64) throws {
    try add(transitions(using: &generator))
    _ = try sample(count: 2)
  }
}

extension MixInReplayBuffer<ReplayBuffer>: GrowingBuffer {
  static func empty(capacity: Int) throws -> MixInReplayBuffer {
    MixInReplayBuffer(try ReplayBuffer.empty(capacity: capacity), replayRatio: 0.5)
  }

  mutating func grow(using generator: inout PCG64) throws {
    try add(transitions(using: &generator))
    _ = try sample(count: 2)
  }
}

/// The next fragment of one of three environments, named for what it continues.
struct FragmentSource {
  private var times = [0, 0, 0]
  private var episodes = [0, 1, 2]
  private var last: [[Float]] = [[0, 0], [1, 1], [2, 2]]

  mutating func next(using generator: inout PCG64) throws -> EpisodeFragment {
    let lane = Int(generator.integers(in: 0..<3))
    let length = Int(generator.integers(in: 1..<12))
    let numbers = (0..<length).map { _ in Float(generator.random()) }
    let isDone = generator.random() < 0.4
    let fragment = EpisodeFragment(
      id: "episode \(episodes[lane])", startTime: times[lane],
      observations: try Tensor(last[lane] + numbers.flatMap { [$0, -$0] }, shape: [length + 1, 2]),
      actions: Tensor(vector: numbers.map { Int64($0 * 100) }), rewards: Tensor(vector: numbers),
      extraColumns: ["flag": Tensor(vector: numbers.map { UInt8($0 * 255) })],
      isTerminated: isDone && numbers[0] < 0.5, isTruncated: isDone && numbers[0] >= 0.5)
    times[lane] = isDone ? 0 : times[lane] + length
    last[lane] = isDone ? [numbers[0], 0] : [numbers[length - 1], -numbers[length - 1]]
    if isDone { episodes[lane] += 3 }
    return fragment
  }
}

/// An episode buffer with the environments that fill it.
struct EpisodesUnderWay: GrowingBuffer {
  static let kind = EpisodeReplayBuffer.kind
  var buffer: EpisodeReplayBuffer
  var source = FragmentSource()

  static func empty(capacity: Int) throws -> Self {
    Self(buffer: try EpisodeReplayBuffer(capacity: capacity, schema: testSchema(isFlat: false), seed: 3))
  }

  init(buffer: EpisodeReplayBuffer) { self.buffer = buffer }

  init(contents: some BufferContents, defaults: BufferDefaults) throws {
    self.init(buffer: try EpisodeReplayBuffer(contents: contents, defaults: defaults))
  }

  var schema: BufferSchema { buffer.schema }
  var capacity: Int { buffer.capacity }
  var count: Int { buffer.count }
  func snapshot() -> BufferSnapshot { buffer.snapshot() }
  func checkInvariants() throws { try buffer.checkInvariants() }

  mutating func grow(using generator: inout PCG64) throws {
    try buffer.add(try source.next(using: &generator))
    _ = try buffer.sample(count: 2)
  }
}

/// A prioritized buffer with the environments that fill it.
struct PrioritiesUnderWay: GrowingBuffer {
  static let kind = PrioritizedEpisodeReplayBuffer.kind
  var buffer: PrioritizedEpisodeReplayBuffer
  var source = FragmentSource()

  static func empty(capacity: Int) throws -> Self {
    Self(buffer: try PrioritizedEpisodeReplayBuffer(capacity: capacity, schema: testSchema(isFlat: false), seed: 3))
  }

  init(buffer: PrioritizedEpisodeReplayBuffer) { self.buffer = buffer }

  init(contents: some BufferContents, defaults: BufferDefaults) throws {
    self.init(buffer: try PrioritizedEpisodeReplayBuffer(contents: contents, defaults: defaults))
  }

  var schema: BufferSchema { buffer.schema }
  var capacity: Int { buffer.capacity }
  var count: Int { buffer.count }
  func snapshot() -> BufferSnapshot { buffer.snapshot() }
  func checkInvariants() throws { try buffer.checkInvariants() }

  mutating func grow(using generator: inout PCG64) throws {
    try buffer.add(try source.next(using: &generator))
    let sample = try buffer.sample(count: 2)
    try buffer.updatePriorities(sample.steps, sample.steps.map { _ in generator.random() + 0.1 })
  }
}
