import StateTree
import Testing

@testable import ReplayBuffers

@Suite("Dictionaries of observations")
struct DictionaryObservationTests {
  static func schema() throws -> BufferSchema {
    try BufferSchema([
      ColumnSchema("obs/camera", .uint8, shape: [2]), ColumnSchema("actions", .int64),
      ColumnSchema("rewards", .float32), ColumnSchema("obs/speed", .float64),
    ])
  }

  static func fragment(_ times: Range<Int>, isTruncated: Bool = false) throws -> EpisodeFragment {
    let all = Array(times) + [times.upperBound]
    return EpisodeFragment(
      id: "a", startTime: times.lowerBound,
      observationParts: [
        "obs/camera": try Tensor(all.flatMap { [UInt8($0), 7] }, shape: [all.count, 2]),
        "obs/speed": Tensor(vector: all.map { Double($0) / 4 }),
      ], actions: Tensor(vector: times.map { Int64($0) }), rewards: Tensor(vector: times.map { Float($0) }),
      isTruncated: isTruncated)
  }

  static func buffer() throws -> EpisodeReplayBuffer {
    try EpisodeReplayBuffer(capacity: 100, schema: schema(), seed: 1)
  }

  @Test func `each part is stored once and sampled with its successor`() throws {
    var buffer = try Self.buffer()
    try buffer.add(Self.fragment(0..<3))
    try buffer.add(Self.fragment(3..<5))
    let sample = try buffer.sample(count: 40, nStep: .fixed(2))
    #expect(Set(sample.steps) == [0, 1, 2, 3, 4])
    let speed = try #require(sample.observationParts["obs/speed"]).scalars(as: Double.self)
    let next = try #require(sample.nextObservationParts["obs/speed"]).scalars(as: Double.self)
    let camera = try #require(sample.nextObservationParts["obs/camera"]).bytes
    for (index, step) in sample.steps.enumerated() {
      #expect(speed[index] == Double(step) / 4 && next[index] == Double(min(step + 2, 5)) / 4)
      #expect(camera[2 * index] == UInt8(min(step + 2, 5)) && camera[2 * index + 1] == 7)
    }
    #expect(sample.extraColumns.isEmpty && sample.observations.shape == [0] && sample.nextObservations.shape == [0])
  }

  @Test(arguments: [false, true])
  func `rows have every part of the final observation, and state brings all back`(isDone: Bool) throws {
    var buffer = try Self.buffer()
    try buffer.add(Self.fragment(0..<3, isTruncated: isDone))
    let rows = buffer.snapshot().rows(0..<4)
    #expect(rows.steps == [0, 1, 2, -1])
    #expect(rows.columns[0].bytes == [0, 7, 1, 7, 2, 7, 3, 7])
    #expect(try rows.columns[3].scalars(as: Double.self) == [0, 0.25, 0.5, 0.75])
    var restored = try Self.buffer()
    try restored.restore(from: StateValue(decoding: buffer.state.encoded()))
    #expect(restored.state == buffer.state)
    guard !isDone else { return }
    try restored.add(Self.fragment(3..<4))
    #expect(restored.count == 4)
    try restored.checkInvariants()
  }

  @Test func `parts that do not fit are refused, and nothing is changed`() throws {
    var buffer = try Self.buffer()
    try buffer.add(Self.fragment(0..<3))
    let state = buffer.state
    func refuses(_ error: ReplayBufferError, _ change: (inout EpisodeFragment) throws -> Void) throws {
      var fragment = try Self.fragment(3..<4)
      try change(&fragment)
      #expect(throws: error) { try buffer.add(fragment) }
      #expect(buffer.state == state)
    }
    let known = ["obs/camera", "obs/speed"]
    try refuses(.unknownColumn("obs", known: known)) { $0.observations = $0.rewards }
    try refuses(.unknownColumn("rewards", known: known)) { $0.observationParts["rewards"] = $0.rewards }
    try refuses(.unknownColumn("obs/speed", known: [])) { $0.extraColumns["obs/speed"] = $0.rewards }
    try refuses(.missingColumn("obs/speed", given: ["actions", "obs/camera", "rewards"])) {
      $0.observationParts["obs/speed"] = nil
    }
    try refuses(.columnMismatch("obs/speed", expected: "float64 [2]", found: "float64 [1]")) {
      $0.observationParts["obs/speed"] = Tensor(vector: [0.75])
    }
    try refuses(.differentBoundary(episode: "a", time: 3, stored: "[0.75]", found: "[9.0]")) {
      $0.observationParts["obs/speed"] = Tensor(vector: [9.0, 1])
    }
  }

  @Test func `a schema without observations makes no buffer`() throws {
    let columns = ["observations", "actions", "rewards"].map { ColumnSchema($0, .float32) }
    #expect(throws: ReplayBufferError.invalidSchema("it has no column \"obs\" and no \"obs/...\"")) {
      try EpisodeReplayBuffer(capacity: 1, schema: BufferSchema(columns), seed: 1)
    }
  }
}
