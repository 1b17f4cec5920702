import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `The queue of transitions` {
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func `it does what a plain array does`(seed: UInt64) throws {
    var random = PCG64(seed: seed)
    func draw(_ bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }
    let capacity = 1 + draw(200)
    var buffer = try FIFOReplayBuffer(capacity: capacity, schema: FlatExamples.schema)
    var naive: [Int] = []
    var next = 0
    var held = HeldSnapshot(buffer.snapshot(), steps: [])
    for operation in 0..<6000 {
      let place: Comment = "seed \(seed), operation \(operation)"
      switch draw(20) {
      case 0..<10:
        let count = draw(20)
        if count > capacity - naive.count {
          let refusal = ReplayBufferError.fullBuffer(capacity: capacity, held: naive.count, added: count)
          #expect(throws: refusal, place) { try buffer.addNext(count, way: operation % 2) }
        } else {
          try buffer.addNext(count, way: operation % 3)
          naive += next..<next + count
          next += count
        }
      case 10..<18:
        let count = draw(25)
        if count > naive.count {
          let refusal = ReplayBufferError.tooFewTransitions(asked: count, held: naive.count)
          #expect(throws: refusal, place) { try buffer.sample(count: count) }
        } else {
          #expect(try buffer.sample(count: count) == FlatExamples.batch(Array(naive.prefix(count))), place)
          naive.removeFirst(count)
        }
      case 18:
        try held.check(place)
        held = HeldSnapshot(buffer.snapshot(), steps: naive)
      default: try buffer.restoreFromBytes(of: buffer)
      }
      try buffer.checkInvariants()
      #expect(Array(buffer.steps) == (naive.isEmpty ? Array(next..<next) : naive), place)
      #expect(buffer.count == naive.count && buffer.insertionCount == next, place)
      #expect(buffer.sampledCount == next - naive.count, place)
    }
    #expect(next > 6000, "the queue turned over many times")
  }

  @Test func `the queue is not lost on a checkpoint: contents, counters and order come back`() throws {
    var buffer = try FIFOReplayBuffer(capacity: 60, schema: FlatExamples.schema)
    try buffer.addNext(50, way: 0)
    _ = try buffer.sample(count: 17)
    var restored = try FIFOReplayBuffer(capacity: 60, schema: FlatExamples.schema)
    try restored.restoreFromBytes(of: buffer)
    #expect(restored.state == buffer.state)
    #expect((restored.capacity, restored.count, restored.insertionCount, restored.sampledCount) == (60, 33, 50, 17))
    #expect(try restored.sample(count: 33) == FlatExamples.batch(Array(17..<50)))
    #expect(buffer.count == 33, "nothing is shared")
  }

  @Test func `a restored queue goes on bit for bit`() throws {
    var buffer = try FIFOReplayBuffer(capacity: 2000, schema: FlatExamples.schema)
    try buffer.addNext(90, way: 0)
    _ = try buffer.sample(count: 31)
    var restored = try FIFOReplayBuffer(capacity: 2000, schema: FlatExamples.schema)
    try restored.restoreFromBytes(of: buffer)
    #expect(try restored.future(seed: 1) == buffer.future(seed: 1))
  }

  @Test func `two copies of a queue go apart`() throws {
    var first = try FIFOReplayBuffer(capacity: 100, schema: FlatExamples.schema)
    try first.addNext(10, way: 0)
    var second = first
    try first.add(FlatExamples.rows(10..<20))
    try second.add(FlatExamples.rows(50..<60))
    #expect(try first.sample(count: 20) == FlatExamples.batch(Array(0..<20)))
    #expect(try second.sample(count: 20)["rewards"] == FlatExamples.rows(Array(0..<10) + Array(50..<60))[3])
  }

  @Test func `a row more than fits adds nothing, and an empty batch takes nothing`() throws {
    var buffer = try FIFOReplayBuffer(capacity: 5, schema: FlatExamples.schema)
    #expect(try buffer.sample(count: 0) == FlatExamples.batch([]))
    try buffer.addNext(5, way: 0)
    let state = buffer.state
    #expect(throws: ReplayBufferError.fullBuffer(capacity: 5, held: 5, added: 1)) {
      try buffer.add(row: FlatExamples.row(5))
    }
    #expect(throws: ReplayBufferError.wrongColumnCount(expected: 4, found: 1)) {
      try buffer.add([Tensor(vector: [0.5])])
    }
    #expect(throws: ReplayBufferError.self) { try buffer.add(row: FlatExamples.rows(5..<6)) }
    #expect(buffer.state == state)
  }
}
