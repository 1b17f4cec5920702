import ReplayBuffers
import StateTree
import Testing

protocol EpisodeAdding {
  mutating func add(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> Range<Int>
  func snapshot() -> BufferSnapshot
}
extension EpisodeReplayBuffer: EpisodeAdding {}
extension PrioritizedEpisodeReplayBuffer: EpisodeAdding {}

/// Environments that take turns, each with an episode under way: the source of seeded random additions.
struct EpisodeWorld {
  static func schema() throws -> BufferSchema {
    try BufferSchema([
      ColumnSchema("obs", .float32, shape: [3]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
      ColumnSchema("logp", .float64),
    ])
  }

  private struct Episode {
    var id: String
    var time = 0
    var observation: [Float]
  }

  var generator: PCG64
  private var underWay: [Episode] = []
  private var begun = 0

  init(seed: UInt64) { generator = PCG64(seed: seed) }

  private mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.random()) } }

  /// The next piece of some episode; `mayEnd` false keeps all of them under way.
  mutating func fragment(mayEnd: Bool = true) throws -> EpisodeFragment {
    let choice = Int(generator.integers(in: 0..<4))
    if choice >= underWay.count {
      underWay.append(Episode(id: "episode-\(begun)", observation: floats(3)))
      begun += 1
    }
    let index = min(choice, underWay.count - 1)
    var episode = underWay[index]
    let length = Int(generator.integers(in: 1..<8))
    let observations = episode.observation + floats(3 * length)
    let end = generator.integers(in: 0..<10)
    let fragment = EpisodeFragment(
      id: episode.id, startTime: episode.time, observations: try Tensor(observations, shape: [length + 1, 3]),
      actions: Tensor(vector: generator.integers(in: 0..<5, count: length)), rewards: Tensor(vector: floats(length)),
      extraColumns: ["logp": Tensor(vector: generator.random(count: length))], isTerminated: mayEnd && end < 2,
      isTruncated: mayEnd && end == 2)
    episode.time += length
    episode.observation = Array(observations.suffix(3))
    underWay[index] = episode
    if fragment.isDone { underWay.remove(at: index) }
    return fragment
  }

  mutating func fill(_ buffer: inout some EpisodeAdding, fragments: Int) throws {
    for _ in 0..<fragments { _ = try buffer.add(fragment()) }
  }
}

protocol TransitionAdding {
  mutating func add(_ columns: [Tensor]) throws(ReplayBufferError)
}
extension ReplayBuffer: TransitionAdding {}
extension PrioritizedReplayBuffer: TransitionAdding {}
extension FIFOReplayBuffer: TransitionAdding {}
extension ReservoirReplayBuffer: TransitionAdding {}
extension MixInReplayBuffer: TransitionAdding {}

/// A flat buffer with every kind of column.
struct FlatWorld {
  static func schema() throws -> BufferSchema {
    try BufferSchema([
      ColumnSchema("obs", .float32, shape: [2, 2]), ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32),
      ColumnSchema("new_obs", .float32, shape: [2, 2]), ColumnSchema("terminateds", .bool),
      ColumnSchema("pixels", .uint8, shape: [3, 2]), ColumnSchema("seen", .uint64), ColumnSchema("phase", .complex64),
    ])
  }

  var generator: PCG64
  init(seed: UInt64) { generator = PCG64(seed: seed) }

  mutating func fill(_ buffer: inout some TransitionAdding, rows: Int) throws {
    let floats = { (generator: inout PCG64, count: Int) in (0..<count).map { _ in Float(generator.random()) } }
    let parts = Tensor(vector: floats(&generator, rows * 2))
    try buffer.add([
      Tensor(floats(&generator, rows * 4), shape: [rows, 2, 2]),
      Tensor(vector: generator.integers(in: 0..<9, count: rows)), Tensor(vector: floats(&generator, rows)),
      Tensor(floats(&generator, rows * 4), shape: [rows, 2, 2]), Tensor(vector: (0..<rows).map { $0 % 7 == 6 }),
      Tensor((0..<rows * 6).map { UInt8(truncatingIfNeeded: $0) }, shape: [rows, 3, 2]),
      Tensor(vector: (0..<rows).map { UInt64($0) }), Tensor(.complex64, shape: [rows], bytes: parts.bytes),
    ])
  }

  static func contents(rows: Int = 40, capacity: Int = 30, seed: UInt64 = 5) throws -> EditedContents {
    var buffer = ReplayBuffer(capacity: capacity, schema: try schema(), seed: 1)
    var world = FlatWorld(seed: seed)
    try world.fill(&buffer, rows: rows)
    return try EditedContents(buffer.snapshot())
  }
}
