import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `The mix of newest and replayed transitions` {
  static func mix(
    capacity: Int, ratio: Double = 0.66, seed: UInt64 = 1
  ) throws -> MixInReplayBuffer<ReplayBuffer> {
    try MixInReplayBuffer(ReplayBuffer(capacity: capacity, schema: FlatExamples.schema, seed: seed), replayRatio: ratio)
  }

  /// Ratios in eighths, so that the share is known in integers.
  @Test(arguments: [(1, 0), (2, 2), (3, 4), (4, 5), (5, 7), (6, 8)] as [(UInt64, Int)])
  func `it does what plain arrays do`(seed: UInt64, eighths: Int) throws {
    var random = PCG64(seed: seed)
    func draw(_ bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }
    let capacity = 10 + draw(150)
    var mix = try Self.mix(capacity: capacity, ratio: Double(eighths) / 8, seed: seed)
    var (generator, stored, waiting) = (PCG64(seed: seed), [Int](), [Int]())
    var (next, returned, held) = (0, 0, HeldSnapshot(mix.snapshot(), steps: []))
    for operation in 0..<4000 {
      let place: Comment = "seed \(seed), operation \(operation)"
      switch draw(20) {
      case 0..<9:
        let added = next..<next + draw(10)
        try mix.addNext(added.count, way: operation % 3)
        (stored, waiting) = (Array((stored + added).suffix(capacity)), waiting + added)
        waiting.removeAll { !stored.contains($0) }
        next = added.upperBound
      case 9..<18:
        let count = draw(12)
        let replayed = (returned + count) * eighths / 8 - returned * eighths / 8
        let fresh = count - replayed
        if fresh > waiting.count {
          let refusal = ReplayBufferError.tooFewNewest(asked: count, needed: fresh, waiting: waiting.count)
          #expect(throws: refusal, place) { try mix.sample(count: count) }
        } else if replayed > 0, stored.isEmpty {
          #expect(throws: ReplayBufferError.emptyBuffer, place) { try mix.sample(count: count) }
        } else {
          let drawn = (0..<replayed).map { _ in stored[Int(generator.integers(in: 0..<Int64(stored.count)))] }
          #expect(try mix.sample(count: count) == FlatExamples.batch(waiting.prefix(fresh) + drawn), place)
          waiting.removeFirst(fresh)
          returned += count
        }
      case 18:
        try held.check(place)
        held = HeldSnapshot(mix.snapshot(), steps: stored)
      default: try mix.restoreFromBytes(of: mix)
      }
      try mix.checkInvariants()
      #expect(Array(mix.waiting) == (waiting.isEmpty ? Array(next..<next) : waiting), place)
      #expect(mix.buffer.generator == generator && mix.returnedCount == returned, place)
      #expect(Array(mix.steps) == (stored.isEmpty ? Array(next..<next) : stored), place)
    }
    #expect(next > 10 * capacity && returned > 1000, "it turned over many times")
  }

  @Test(arguments: [(0, 100, 0), (0.5, 50, 50), (0.66, 34, 66), (1, 0, 100)])
  func `of 100 returned the share of the replay ratio is replayed`(ratio: Double, new: Int, replayed: Int) throws {
    var mix = try Self.mix(capacity: 500, ratio: ratio)
    try mix.addNext(200, way: 0)
    #expect(mix.newestCount(inBatchOf: 100) == new)
    let batch = try mix.sample(count: 100) { (buffer, count) throws(ReplayBufferError) in
      try buffer.sample(count: count)
    }
    #expect(batch.newest.steps == Array(0..<new))
    #expect((batch.replayed?.steps.count ?? 0) == replayed)
    #expect(mix.waiting == new..<200)
  }

  @Test func `the share is right in all batches together, however small they are`() throws {
    var mix = try Self.mix(capacity: 5000)
    try mix.addNext(3000, way: 0)
    var (returned, replayed) = (0, 0)
    for _ in 0..<1500 {
      let count = 1 + returned % 3
      replayed += count - mix.newestCount(inBatchOf: count)
      _ = try mix.sample(count: count)
      returned += count
      #expect(abs(Double(replayed) - 0.66 * Double(returned)) < 1 + 1e-9, "after \(returned)")
    }
  }

  @Test func `a batch with too few new ones is an error and takes nothing`() throws {
    var mix = try Self.mix(capacity: 50, ratio: 0.5)
    try mix.addNext(4, way: 0)
    let state = mix.state
    #expect(throws: ReplayBufferError.tooFewNewest(asked: 32, needed: 16, waiting: 4)) { try mix.sample(count: 32) }
    #expect(throws: ReplayBufferError.invalidPriority(step: 0, priority: 0)) {
      try mix.sample(count: 2) { (_, _) throws(ReplayBufferError) -> TransitionBatch in
        throw .invalidPriority(step: 0, priority: 0)
      }
    }
    #expect(mix.state == state)
    #expect(try mix.sample(count: 8).steps.prefix(4) == [0, 1, 2, 3])
  }

  @Test func `what was added last and not yet returned comes back with the state`() throws {
    var mix = try Self.mix(capacity: 100, ratio: 0.5)
    try mix.addNext(30, way: 0)
    _ = try mix.sample(count: 20)
    var restored = try Self.mix(capacity: 100)
    try restored.restoreFromBytes(of: mix)
    #expect(restored.state == mix.state)
    #expect(restored.waiting == 10..<30 && restored.replayRatio == 0.5)
    #expect(try restored.sample(count: 40) == mix.sample(count: 40))
  }

  @Test(arguments: [0.25, 0.66, 0.875]) func `a restored mix goes on bit for bit`(ratio: Double) throws {
    var mix = try Self.mix(capacity: 90, ratio: ratio, seed: 3)
    try mix.addNext(140, way: 0)
    _ = try mix.sample(count: 7)
    var restored = try Self.mix(capacity: 90)
    try restored.restoreFromBytes(of: mix)
    #expect(try restored.future(seed: 1) == mix.future(seed: 1))
  }

  @Test func `a mix over priorities returns the newest with weight 1 and the others by priority`() throws {
    var ring = PrioritizedReplayBuffer(capacity: 50, alpha: 1, schema: try FlatExamples.schema, seed: 1)
    try ring.add(FlatExamples.rows(0..<20))
    try ring.updatePriorities(Array(0..<20), (0..<20).map { $0 == 3 ? 1e9 : 1e-9 })
    var mix = MixInReplayBuffer(ring, replayRatio: 0.5)
    try mix.add(FlatExamples.rows(20..<24))
    try mix.updatePriorities(Array(20..<24), [Double](repeating: 1e-9, count: 4))
    let batch = try mix.sample(count: 8, beta: 1)
    #expect(batch.steps == [20, 21, 22, 23, 3, 3, 3, 3])
    #expect(Array(batch.weights.prefix(4)) == [1, 1, 1, 1] && batch.weights.suffix(4).allSatisfy { $0 < 1e-12 })
    var restored = MixInReplayBuffer(
      PrioritizedReplayBuffer(capacity: 50, schema: try FlatExamples.schema, seed: 2), replayRatio: 0.1)
    try restored.restore(from: StateValue(decoding: mix.state.encoded()))
    #expect(restored.state == mix.state)
  }

  @Test func `what a buffer holds when it is wrapped counts as returned`() throws {
    var ring = try ReplayBuffer(capacity: 50, schema: FlatExamples.schema, seed: 1)
    try ring.add(FlatExamples.rows(0..<20))
    var mix = MixInReplayBuffer(ring, replayRatio: 0)
    #expect(throws: ReplayBufferError.tooFewNewest(asked: 1, needed: 1, waiting: 0)) { try mix.sample(count: 1) }
    try mix.addNext(2, way: 0)
    #expect(try mix.sample(count: 2) == FlatExamples.batch([20, 21]))
  }
}
