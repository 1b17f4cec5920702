import StateTree
import Testing

@testable import ReplayBuffers

@Suite("State and contents of buffers of episodes")
struct RestoreTests {
  /// A buffer in the middle of its life: evictions, holes, episodes under way in several lanes, a tree that has grown.
  static func lived(seed: UInt64, runners: inout RandomRunners) throws -> PrioritizedEpisodeReplayBuffer {
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 150, schema: testSchema(), seed: seed)
    for _ in 0..<2500 { try buffer.add(runners.next()) }
    let sample = try buffer.sample(count: 100, nStep: .drawn(from: 1..<4))
    try buffer.updatePriorities(sample.steps, sample.rewards.map { Double(abs($0)) / 7 })
    return buffer
  }

  /// What a buffer does next, as values: samples, evictions, priorities, and at last its state.
  static func future(
    _ buffer: PrioritizedEpisodeReplayBuffer, _ runners: RandomRunners
  ) throws -> ([EpisodeSample], StateValue) {
    var (buffer, runners) = (buffer, runners)
    var samples: [EpisodeSample] = []
    for _ in 0..<150 {
      try buffer.add(runners.next())
      let sample = try buffer.sample(count: 4, nStep: .drawn(from: 1..<5))
      try buffer.updatePriorities(sample.steps, sample.rewards.map { Double(abs($0)) / 3 })
      samples.append(sample)
    }
    return (samples, buffer.state)
  }

  @Test("a restored buffer goes on bit for bit", arguments: [1, 2, 3] as [UInt64])
  func goesOn(seed: UInt64) throws {
    var runners = RandomRunners(seed: seed, environments: 4)
    let buffer = try Self.lived(seed: seed, runners: &runners)
    var restored = try PrioritizedEpisodeReplayBuffer(capacity: 150, schema: testSchema(), seed: 0)
    try restored.restore(from: StateValue(decoding: buffer.state.encoded()))
    #expect(restored.state == buffer.state, "seed \(seed)")
    let (expected, end) = try Self.future(buffer, runners)
    let (samples, restoredEnd) = try Self.future(restored, runners)
    #expect(samples == expected, "seed \(seed)")
    #expect(restoredEnd == end, "seed \(seed)")
  }

  /// Contents that hand out what others hold, as a file does.
  struct Relayed: BufferContents {
    let base: BufferSnapshot
    var kind: String { base.kind }
    var layout: BufferLayout { base.layout }
    var schema: BufferSchema { base.schema }
    var rowCount: Int { base.rowCount }
    func state() throws -> StateValue { base.state() }
    func rows(_ range: Range<Int>) throws -> RowBatch { base.rows(range) }
  }

  @Test("contents of any make load, in batches that cut episodes, and read back the same")
  func contentsRoundTrip() throws {
    var buffer = try EpisodeReplayBuffer(
      capacity: 40, schema: BufferSchema(testSchema().columns + [ColumnSchema("image", .uint8, shape: [300_000])]),
      seed: 2)
    for id in ["a", "b"] {
      var piece = try fragment(id, 0..<9, isTruncated: id == "b")
      piece.extraColumns["image"] = try Tensor(
        .uint8, shape: [9, 300_000], bytes: (0..<9).flatMap { [UInt8](repeating: $0, count: 300_000) })
      try buffer.add(piece)
    }
    let loaded = try EpisodeReplayBuffer(contents: Relayed(base: buffer.snapshot()))
    #expect(loaded.state == buffer.state)
    let all = buffer.snapshot().rows(0..<20)
    #expect(all.steps == (0..<9).map { $0 } + [-1] + (9..<18).map { $0 } + [-1])
    for range in [0..<3, 8..<12, 9..<10, 19..<20, 20..<20] {
      let part = buffer.snapshot().rows(range)
      #expect(part.columns == all.columns.map { $0.rows(range) })
      #expect(part.steps == Array(all.steps[range]))
    }
  }

  @Test("contents without settings take the defaults, name what is missing, and know no lanes")
  func defaults() throws {
    var runners = RandomRunners(seed: 5, environments: 4)
    let buffer = try Self.lived(seed: 5, runners: &runners)
    var state = buffer.state
    for key in ["capacity", "alpha", "generator", "next_step", "first_step", "tree_size"] as [StateKey] {
      state["state", key] = nil
    }
    let count = buffer.counters.episodes
    state["state", "episodes", "lane"] = .tensor(Tensor(vector: [Int64](repeating: 0, count: count)))
    let contents = try StateContents(state)
    for (defaults, key) in [
      (BufferDefaults(alpha: 1, seed: 1), "capacity"), (BufferDefaults(capacity: 9, seed: 1), "alpha"),
      (BufferDefaults(capacity: 9, alpha: 1), "generator"),
    ] {
      #expect(throws: ReplayBufferError.missingSetting(key)) {
        try PrioritizedEpisodeReplayBuffer(contents: contents, defaults: defaults)
      }
    }
    let loaded = try PrioritizedEpisodeReplayBuffer(
      contents: contents, defaults: BufferDefaults(capacity: 150, alpha: 0.6, seed: 1))
    #expect(loaded.count == buffer.count)
    #expect(loaded.priorities.tree.snapshot.leaf(loaded.steps.lowerBound) == buffer.priorities.tree[buffer.steps.lowerBound])
    let smaller = try PrioritizedEpisodeReplayBuffer(
      contents: contents, defaults: BufferDefaults(capacity: 20, alpha: 0.6, seed: 1))
    #expect(smaller.count <= 20)
  }

  @Test("episodes without steps in contents of others are passed over")
  func emptyEpisodes() throws {
    var buffer = try EpisodeReplayBuffer(capacity: 50, schema: testSchema(), seed: 1)
    try buffer.add(fragment("a", 0..<3))
    var state = buffer.state
    let table = try EpisodeTable([
      EpisodeRecord(id: "z", firstRow: 0, length: 0), EpisodeRecord(id: "a", firstRow: 1, length: 3),
    ])
    let rows = buffer.snapshot().rows(0..<4)
    let steps = Tensor(vector: [-1] + rows.steps)
    state["state", "episodes"] = table.state
    state["rows", "steps"] = .tensor(steps)
    for (column, tensor) in zip(buffer.schema.columns, rows.columns) {
      state["rows", "columns", StateKey(column.name)] = .tensor(
        try Tensor(concatenating: [tensor.rows(0..<1), tensor]))
    }
    var loaded = buffer
    try loaded.restore(from: state)
    #expect(loaded.state == buffer.state)
  }

  @Test("an empty buffer survives, and an enormous capacity costs nothing")
  func extremes() throws {
    let empty = try PrioritizedEpisodeReplayBuffer(capacity: 1 << 60, schema: testSchema(), seed: 4)
    var restored = try PrioritizedEpisodeReplayBuffer(capacity: 1 << 60, schema: testSchema(), seed: 0)
    try restored.restore(from: empty.state)
    #expect(restored.state == empty.state)
    var state = empty.state
    state["state", "next_step"] = 77
    state["state", "first_step"] = 77
    try restored.restore(from: state)
    #expect(try restored.add(fragment("a", 0..<2)) == 77..<79)
    try restored.checkInvariants()
  }

  @Test("a buffer of another kind is not taken")
  func otherKind() throws {
    let uniform = try EpisodeReplayBuffer(capacity: 9, schema: testSchema(), seed: 1)
    #expect(
      throws: ReplayBufferError.wrongKind(expected: "PrioritizedEpisodeReplayBuffer", found: "EpisodeReplayBuffer")
    ) {
      try PrioritizedEpisodeReplayBuffer(contents: uniform.snapshot())
    }
  }
}
