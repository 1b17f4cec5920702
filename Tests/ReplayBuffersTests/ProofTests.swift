import StateTree
import Testing

@testable import ReplayBuffers

@Suite("What buffers will draw next")
struct ProofTests {
  /// A buffer of one kind in the middle of its life, how it is restored, and a change that its next draws must show.
  struct Example: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let check: @Sendable () throws -> Void

    init<Buffer: SavableBuffer & ProvableBuffer & SendableMetatype>(
      _ name: String, _ make: @escaping @Sendable () throws -> Buffer,
      _ use: @escaping @Sendable (inout Buffer, _ round: Int) throws -> Void
    ) {
      testDescription = name
      check = { try ProofTests.check(make, use) }
    }
  }

  static let examples = [
    Example("ring", { try AdaptationTests.ring(50) }) { buffer, _ in try buffer.add(TransitionTests.rows(0..<80)) },
    Example("prioritized ring", { try PrioritizedTransitionTests.buffer(50) }) { buffer, _ in
      try buffer.add(TransitionTests.rows(0..<80))
      try buffer.updatePriorities([40, 50, 60], [3, 0.1, 9])
    },
    Example("queue", { FIFOReplayBuffer(capacity: 900, schema: try BufferSchema(TransitionTests.schema)) }) { buffer, _ in
      try buffer.add(TransitionTests.rows(0..<80))
      _ = try buffer.sample(count: 7)
    },
    Example("reservoir", { ReservoirReplayBuffer(capacity: 50, schema: try BufferSchema(TransitionTests.schema), seed: 3) }) { buffer, _ in
      try buffer.add(TransitionTests.rows(0..<80))
    },
    Example("mix", { MixInReplayBuffer(try AdaptationTests.ring(50), replayRatio: 0.5) }) { buffer, _ in
      try buffer.add(TransitionTests.rows(0..<80))
      _ = try buffer.sample(count: 6)
    },
    Example("episodes", { try EpisodeReplayBuffer(capacity: 50, schema: testSchema(), seed: 1) }) { buffer, round in
      for name in ["a", "b", "c"] { try buffer.add(fragment("\(name)\(round)", 0..<20, isTerminated: name != "c")) }
    },
    Example("prioritized episodes", { try PrioritizedEpisodeReplayBuffer(capacity: 50, schema: testSchema(), seed: 1) }) { buffer, round in
      for name in ["a", "b", "c"] { try buffer.add(fragment("\(name)\(round)", 0..<20, isTerminated: name != "c")) }
      try buffer.updatePriorities([30, 40, 50], [3, 0.1, 9])
    },
  ]

  @Test("a buffer foretells its draws, stays as it was, and a restored one foretells the same", arguments: examples)
  func foretells(example: Example) throws { try example.check() }

  static func check<Buffer: SavableBuffer & ProvableBuffer>(
    _ make: () throws -> Buffer, _ use: (inout Buffer, _ round: Int) throws -> Void
  ) throws {
    var buffer = try make()
    #expect(buffer.nextDraws(8) == nil)
    try use(&buffer, 0)
    let state = buffer.state
    let draws = try #require(buffer.nextDraws(32))
    #expect(buffer.nextDraws(32) == draws && buffer.state == state)
    #expect(buffer.nextDraws(31) != draws)
    var restored = try make()
    #expect(restored.nextDraws(32) != draws)
    try restored.restore(from: StateValue(decoding: state.encoded()))
    #expect(restored.nextDraws(32) == draws)
    try use(&restored, 1)
    #expect(restored.nextDraws(32) != draws)
  }

  @Test("what is foretold is what is drawn")
  func drawn() throws {
    var buffer = try PrioritizedTransitionTests.buffer(50)
    try buffer.add(TransitionTests.rows(0..<80))
    let foretold = buffer.nextDraws(16)
    #expect(try buffer.sample(count: 16, beta: 0.4).proof == foretold)
  }

  @Test("other data, priorities or generators are told from each other")
  func differences() throws {
    func proof(_ change: (inout StateValue) -> Void) throws -> StateValue? {
      var buffer = try PrioritizedTransitionTests.buffer(50)
      try buffer.add(TransitionTests.rows(0..<50))
      try buffer.updatePriorities(Array(0..<50), (0..<50).map { Double($0 + 1) })
      var state = buffer.state
      change(&state)
      try buffer.restore(from: state)
      return buffer.nextDraws(64)
    }
    let rewards = Tensor(vector: (0..<50).map { Double($0) })
    let priorities = Tensor(vector: (0..<50).map { Double(50 - $0) })
    let proofs = [
      try proof { _ in }, try proof { $0["rows", "columns", "rewards"] = .tensor(rewards) },
      try proof { $0["state", "priorities"] = .tensor(priorities) },
      try proof { $0["state", "generator"] = PCG64(seed: 77).state },
    ]
    for first in proofs.indices { for second in 0..<first { #expect(proofs[first] != proofs[second]) } }
  }
}
