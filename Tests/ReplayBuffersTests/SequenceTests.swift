import StateTree
import Testing

@testable import ReplayBuffers

@Suite("Sequences and stacked frames")
struct SequenceTests {
  /// The sequences that begin with the given steps.
  static func sequences(
    _ buffer: EpisodeReplayBuffer, from starts: [Int], length: Int, lookback: Int = 0, stacking: [StateKey: Int] = [:]
  ) -> EpisodeSequences {
    let shape = SequenceShape(length: length, lookback: lookback, minimumLength: 1)
    let weights = [Float](repeating: 1, count: starts.count)
    return buffer.store.sequences(from: starts, shape, weights: weights, stacking: stacking)
  }

  /// The first number of each observation.
  static func firsts(_ tensor: Tensor) throws -> [Float] {
    try stride(from: 0, to: tensor.count, by: 2).map { try tensor.scalars(as: Float.self)[$0] }
  }

  @Test func `a sequence stops at its episode's end, and zeros and the mask fill it up`() throws {
    var buffer = try EpisodeTests.uniform()
    try buffer.add(fragment("a", 0..<5, isTerminated: true))
    try buffer.add(fragment("b", 0..<5))
    let sequences = Self.sequences(buffer, from: [3, 0], length: 4, lookback: 2)
    #expect(sequences.observations.shape == [2, 7, 2] && sequences.actions.shape == [2, 6])
    #expect(
      try Self.firsts(sequences.observations) == [
        97001, 97002, 97003, 97004, 97005, 0, 0, 0, 0, 97000, 97001, 97002, 97003, 97004,
      ])
    #expect(try sequences.actions.scalars(as: Int64.self) == [1, 2, 3, 4, 0, 0, 0, 0, 0, 1, 2, 3])
    #expect(
      try sequences.mask.flags() == [
        true, true, true, true, false, false, false, false, true, true, true, true,
      ])
    #expect(sequences.counts == [2, 4] && sequences.lookbackCounts == [2, 0] && sequences.times == [3, 0])
    #expect(try sequences.isTerminated.flags().enumerated().filter(\.element).map(\.offset) == [3])
    #expect(try !sequences.isTruncated.flags().contains(true))
  }

  @Test func `a sequence that stops before its episode does has the successor of its last step and no flag`() throws {
    var buffer = try EpisodeTests.uniform()
    try buffer.add(fragment("a", 0..<5, isTruncated: true))
    let sequences = Self.sequences(buffer, from: [1, 2], length: 3)
    #expect(try Self.firsts(sequences.observations) == [97001, 97002, 97003, 97004, 97002, 97003, 97004, 97005])
    #expect(try sequences.isTruncated.flags() == [false, false, false, false, false, true])
    #expect(try !sequences.mask.flags().contains(false))
  }

  @Test func `sequences and stacks go across fragments, and end with what an episode under way saw last`() throws {
    var buffer = try EpisodeTests.uniform()
    for (id, times) in [("a", 0..<2), ("b", 0..<3), ("a", 2..<3)] { try buffer.add(fragment(id, times)) }
    let sequences = Self.sequences(buffer, from: [0], length: 4, stacking: ["obs": 2])
    #expect(sequences.observations.shape == [1, 5, 2, 2])
    // Pairs of frames; behind the last observation there are no halves of pairs.
    #expect(try Self.firsts(sequences.observations) == [0, 97000, 97000, 97001, 97001, 97002, 97002, 97003, 0, 0])
    let pick = EpisodeStore.Pick(step: 5, nStep: 1)
    let sample = buffer.store.sample([pick], gamma: 1, weights: [1], stacking: ["obs": 3])
    #expect(try Self.firsts(sample.observations) == [97000, 97001, 97002])
    #expect(try Self.firsts(sample.nextObservations) == [97001, 97002, 97003])
  }

  @Test func `what was evicted of an episode is zeros in lookback and stacks, and times go on counting`() throws {
    var buffer = try EpisodeTests.uniform(capacity: 6)
    try buffer.add(fragment("a", 0..<4))
    try buffer.add(fragment("b", 0..<4, isTerminated: true))
    try buffer.add(fragment("a", 4..<6))
    #expect(buffer.steps == 4..<10)
    let sequences = Self.sequences(buffer, from: [8], length: 2, lookback: 2, stacking: ["obs": 2])
    #expect(
      try Self.firsts(sequences.observations) == [0, 0, 0, 0, 0, 97004, 97004, 97005, 97005, 97006])
    #expect(sequences.times == [4] && sequences.lookbackCounts == [0])
  }

  @Test func `a stack of one frame is the observation with an axis more`() throws {
    var buffer = try EpisodeTests.uniform()
    try buffer.add(fragment("a", 0..<5))
    var other = buffer
    let plain = try buffer.sample(count: 9)
    let stacked = try other.sample(count: 9, stacking: ["obs": 1])
    #expect(stacked.observations == (try plain.observations.reshaped([9, 1, 2])))
    #expect(stacked.nextObservations == (try plain.nextObservations.reshaped([9, 1, 2])))
  }

  @Test func `rows of as many axes as a schema allows are stacked in sequences, and more are refused`() throws {
    func schema(rank: Int) throws -> BufferSchema {
      let observation = ColumnSchema("obs", .uint8, shape: [Int](repeating: 1, count: rank))
      return try BufferSchema([observation, ColumnSchema("actions", .int64), ColumnSchema("rewards", .float32)])
    }
    #expect(throws: ReplayBufferError.invalidSchema("a row of the column \"obs\" has 30 axes, more than 29")) {
      try schema(rank: 30)
    }
    var buffer = try EpisodeReplayBuffer(capacity: 10, schema: schema(rank: 29), seed: 1)
    try buffer.add(
      EpisodeFragment(
        id: "a", observations: try Tensor([5, 6] as [UInt8], shape: [2] + [Int](repeating: 1, count: 29)),
        actions: Tensor(vector: [Int64(0)]), rewards: Tensor(vector: [Float(0)])))
    let sequences = try buffer.sampleSequences(count: 1, length: 1, stacking: ["obs": 2])
    #expect(sequences.observations.shape.count == 32 && sequences.observations.bytes == [0, 5, 5, 6])
  }

  @Test func `only observations are stacked`() throws {
    var buffer = try EpisodeTests.uniform()
    try buffer.add(fragment("a", 0..<5))
    let state = buffer.state
    let error = ReplayBufferError.unknownColumn("rewards", known: ["obs"])
    #expect(throws: error) { try buffer.sample(count: 1, stacking: ["obs": 2, "rewards": 2]) }
    #expect(throws: error) { try buffer.sampleSequences(count: 1, length: 1, stacking: ["rewards": 2]) }
    #expect(buffer.state == state)
  }

  @Test func `full returns that hardly ever fit are found, each with the chance that drawing again gives`() throws {
    var buffer = try EpisodeReplayBuffer(capacity: 10_000, schema: testSchema(), seed: 5)
    for index in 0..<3000 { try buffer.add(fragment("\(index)", 0..<1, isTerminated: true)) }
    try buffer.add(fragment("long", 0..<4, isTerminated: true))
    // 2 steps from 3000, 3001 or 3002; 3 steps from 3000 or 3001; 4 steps from 3000: one in six each.
    let sample = try buffer.sample(count: 1200, nStep: .drawn(from: 2..<5), shortReturns: .excluded)
    var counts: [[Int]: Int] = [:]
    for (step, nStep) in zip(sample.steps, sample.nSteps) { counts[[step, nStep], default: 0] += 1 }
    #expect(Set(counts.keys) == [[3000, 2], [3001, 2], [3002, 2], [3000, 3], [3001, 3], [3000, 4]])
    // The standard deviation of each is 13.
    #expect(counts.values.allSatisfy { (140...260).contains($0) }, "\(counts)")
  }

  @Test func `full returns that hardly ever fit are drawn by priority`() throws {
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 10_000, alpha: 1, schema: testSchema(), seed: 5)
    for index in 0..<3000 { try buffer.add(fragment("\(index)", 0..<1, isTerminated: true)) }
    try buffer.add(fragment("long", 0..<4, isTerminated: true))
    try buffer.updatePriorities([3000, 3001, 3002, 3003], [0.5, 1, 0.25, 9])
    let sequences = try buffer.sampleSequences(count: 700, length: 3, minimumLength: 2)
    let counts = [3000, 3001, 3002].map { step in sequences.steps.filter { $0 == step }.count }
    // 2 to 4 to 1; the standard deviations are at most 13.
    #expect((140...260).contains(counts[0]) && (330...470).contains(counts[1]) && (50...150).contains(counts[2]))
    #expect(counts.reduce(0, +) == 700)
  }
}
