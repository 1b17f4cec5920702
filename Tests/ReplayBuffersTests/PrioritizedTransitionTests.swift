import StateTree
import Testing

@testable import ReplayBuffers

@Suite("The prioritized ring of transitions")
struct PrioritizedTransitionTests {
  /// The ring in plain arrays; priorities are small integers and alpha is 1, so that sums in any order are exact.
  struct Naive {
    let capacity: Int
    var steps: [Int] = []
    var leaves: [Int: Double] = [:]
    var maximum = 1.0
    var next = 0

    mutating func add(_ count: Int) {
      for _ in 0..<count {
        steps.append(next)
        leaves[next] = maximum
        next += 1
        if steps.count > capacity { leaves[steps.removeFirst()] = nil }
      }
    }

    func draw(treeSize: Int, using generator: inout PCG64) -> Int? {
      var rest = generator.random() * leaves.values.reduce(0, +)
      return steps.sorted { $0 % treeSize < $1 % treeSize }.first { step in
        defer { rest -= leaves[step, default: 0] }
        return leaves[step, default: 0] > rest
      }
    }

    mutating func update(_ step: Int, _ priority: Double) -> Bool {
      guard leaves[step] != nil else { return false }
      leaves[step] = max(priority, 1e-12)
      maximum = max(maximum, priority)
      return true
    }
  }

  static func buffer(_ capacity: Int, alpha: Double = 1, seed: UInt64 = 1) throws -> PrioritizedReplayBuffer {
    PrioritizedReplayBuffer(capacity: capacity, alpha: alpha, schema: try BufferSchema(TransitionTests.schema), seed: seed)
  }

  @Test("it does what plain arrays do", arguments: [1, 2, 3, 4, 5] as [UInt64])
  func twin(seed: UInt64) throws {
    var random = PCG64(seed: seed)
    func integer(_ bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }
    let capacity = 1 + integer(90)
    var buffer = try Self.buffer(capacity, seed: seed)
    var naive = Naive(capacity: capacity)
    var batch = TransitionBatch()
    for operation in 0..<4000 {
      let place: Comment = "seed \(seed), operation \(operation)"
      switch integer(10) {
      case 0..<3:
        let count = integer(20)
        try buffer.add(TransitionTests.rows(naive.next..<naive.next + count))
        naive.add(count)
      case 3:
        let row = try TransitionTests.rows(naive.next..<naive.next + 1).enumerated()
          .map { try $1.reshaped($0 == 0 ? [2] : []) }
        try buffer.add(row: row)
        naive.add(1)
      case 4 where operation % 10 == 0: try buffer.restore(from: buffer.state)
      case 5..<7:
        let steps = (0..<6).map { _ in max(0, naive.next - 1 - integer(120)) }
        guard naive.next > 0 else { continue }
        let priorities = steps.map { _ in Double(1 + integer(9)) }
        let ignored = try buffer.updatePriorities(steps, priorities)
        #expect(zip(steps, priorities).filter { !naive.update($0, $1) }.count == ignored, place)
      default:
        guard !naive.steps.isEmpty else { continue }
        var generator = buffer.generator
        try buffer.sample(count: 1 + integer(5), beta: 0.5, into: &batch)
        try Self.check(batch, naive, treeSize: buffer.priorities.tree.size, &generator, place)
      }
      try buffer.checkInvariants()
      #expect(Array(buffer.steps) == (naive.steps.isEmpty ? [] : naive.steps), place)
      #expect(buffer.priorities.tree.sum == naive.leaves.values.reduce(0, +), place)
      #expect(buffer.maximumPriority == naive.maximum, place)
    }
  }

  private static func check(
    _ batch: TransitionBatch, _ naive: Naive, treeSize: Int, _ generator: inout PCG64, _ place: Comment
  ) throws {
    #expect(batch.steps == batch.steps.map { _ in naive.draw(treeSize: treeSize, using: &generator) }, place)
    #expect(try batch["rewards"]?.scalars() == batch.steps.map { Double($0) / 2 }, place)
    #expect(try batch["obs"]?.scalars(as: Float.self) == batch.steps.flatMap { [Float($0), -Float($0)] }, place)
    let smallest = naive.leaves.values.min() ?? 1
    for (step, weight) in zip(batch.steps, batch.weights) {
      #expect(abs(Double(weight) - (smallest / naive.leaves[step, default: 0]).squareRoot()) < 1e-6, place)
    }
  }

  @Test("a restored ring goes on bit for bit, and shares nothing with its state")
  func goesOn() throws {
    var buffer = try Self.buffer(100, alpha: 0.6)
    for start in stride(from: 0, to: 260, by: 13) { try buffer.add(TransitionTests.rows(start..<start + 13)) }
    try buffer.updatePriorities(Array(170..<200), (0..<30).map { Double($0) / 7 })
    let state = buffer.state
    var restored = try Self.buffer(100, alpha: 0.1, seed: 9)
    try restored.restore(from: StateValue(decoding: state.encoded()))
    for round in 0..<200 {
      let sample = try buffer.sample(count: 8)
      #expect(try restored.sample(count: 8) == sample)
      let priorities = sample.steps.map { Double($0 % 7) + 0.25 }
      try buffer.updatePriorities(sample.steps, priorities)
      try restored.updatePriorities(sample.steps, priorities)
      let rows = try TransitionTests.rows(260 + round * 3..<263 + round * 3)
      try buffer.add(rows)
      try restored.add(rows)
    }
    #expect(restored.state == buffer.state)
    #expect(state != buffer.state)
    #expect(restored.alpha == 0.6)
  }

  @Test("a snapshot stays as it was while the ring adds, samples and updates")
  func snapshot() throws {
    var buffer = try Self.buffer(5000)
    try buffer.add(TransitionTests.rows(0..<7000))
    let snapshot = buffer.snapshot()
    let before = snapshot.selfContainedState
    try buffer.updatePriorities(Array(3000..<6000), [Double](repeating: 3, count: 3000))
    try buffer.add(TransitionTests.rows(7000..<12_000))
    #expect(snapshot.selfContainedState == before)
    #expect(buffer.state != before)
  }

  @Test("a batch is used again, whatever it held before")
  func reuse() throws {
    var ring = try ReplayBuffer(capacity: 9, schema: BufferSchema(TransitionTests.schema), seed: 3)
    try ring.add(TransitionTests.rows(0..<9))
    var buffer = try Self.buffer(9, seed: 3)
    try buffer.add(TransitionTests.rows(0..<9))
    try buffer.updatePriorities([0], [8])
    var batch = try buffer.sample(count: 4, beta: 1)
    let kept = batch
    #expect(batch.weights.contains { $0 < 1 })
    var twin = ring
    try ring.sample(count: 4, into: &batch)
    #expect(try twin.sample(count: 4) == batch)
    try ring.sample(count: 2, into: &batch)
    #expect(batch.count == 2 && batch["obs"]?.shape == [2, 2])
    try ring.sample(count: 0, into: &batch)
    #expect(batch.count == 0 && batch["obs"]?.shape == [0, 2] && batch["none"] == nil)
    #expect(kept.count == 4 && kept["rewards"]?.shape == [4])
  }

  @Test("it refuses what it cannot do, and changes nothing then")
  func refusals() throws {
    var buffer = try Self.buffer(9)
    #expect(throws: ReplayBufferError.emptyBuffer) { try buffer.sample(count: 1) }
    try buffer.add(TransitionTests.rows(0..<5))
    let state = buffer.state
    #expect(throws: ReplayBufferError.unknownStep(5, next: 5)) { try buffer.updatePriorities([4, 5], [1, 1]) }
    #expect(throws: ReplayBufferError.unequalCounts(steps: 1, priorities: 2)) { try buffer.updatePriorities([4], [1, 1]) }
    #expect(throws: ReplayBufferError.self) { try buffer.updatePriorities([4, 3], [1, .nan]) }
    #expect(throws: ReplayBufferError.self) { try buffer.add(TransitionTests.rows(5..<7).reversed()) }
    #expect(buffer.state == state)
  }
}
