import StateTree
import Testing

@testable import ReplayBuffers

/// Algorithm R over plain arrays.
struct NaiveReservoir {
  let capacity: Int
  var generator: PCG64
  var slots: [Int] = []
  var added = 0

  mutating func add(_ count: Int) {
    for step in added..<added + count {
      guard slots.count == capacity else {
        slots.append(step)
        continue
      }
      let slot = Int(generator.integers(in: 0..<Int64(step) + 1))
      if slot < capacity { slots[slot] = step }
    }
    added += count
  }

  mutating func sample(_ count: Int) -> [Int] {
    (0..<count).map { _ in slots[Int(generator.integers(in: 0..<Int64(slots.count)))] }
  }
}

@Suite struct `The reservoir` {
  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func `it does what plain arrays do`(seed: UInt64) throws {
    var random = PCG64(seed: seed)
    func draw(_ bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }
    let capacity = 1 + draw(300)
    var buffer = try ReservoirReplayBuffer(capacity: capacity, schema: FlatExamples.schema, seed: seed)
    var naive = NaiveReservoir(capacity: capacity, generator: PCG64(seed: seed))
    var (sampled, held) = (0, HeldSnapshot(buffer.snapshot(), steps: []))
    for operation in 0..<6000 {
      let place: Comment = "seed \(seed), operation \(operation)"
      switch draw(20) {
      case 0..<9:
        let count = draw(8)
        try buffer.addNext(count, way: operation % 3)
        naive.add(count)
      case 9..<18 where naive.added > 0:
        let count = draw(9)
        #expect(try buffer.sample(count: count) == FlatExamples.batch(naive.sample(count)), place)
        sampled += count
      case 18:
        try held.check(place)
        held = HeldSnapshot(buffer.snapshot(), steps: naive.slots.sorted())
      case 19: try buffer.restoreFromBytes(of: buffer)
      default: #expect(throws: ReplayBufferError.emptyBuffer, place) { try buffer.sample(count: 1) }
      }
      try buffer.checkInvariants()
      #expect(buffer.slots == naive.slots, place)
      #expect(buffer.generator == naive.generator, place)
      #expect((buffer.count, buffer.insertionCount) == (min(capacity, naive.added), naive.added), place)
      #expect(buffer.sampledCount == sampled, place)
    }
    #expect(naive.added > 5 * capacity, "most of what was held was replaced")
  }

  @Test(arguments: [1, 2, 5, 64, 65]) func `it holds exactly its capacity`(capacity: Int) throws {
    var buffer = try ReservoirReplayBuffer(capacity: capacity, schema: FlatExamples.schema, seed: 1)
    try buffer.addNext(capacity - 1, way: 0)
    #expect(buffer.count == capacity - 1)
    for _ in 0..<3 {
      try buffer.addNext(capacity, way: 0)
      #expect(buffer.count == capacity)
      #expect(buffer.snapshot().rowCount == capacity)
    }
  }

  /// 40 steps into 8 slots, seeds 0 to 4,999. Each step is held with the chance 1/5; as always 8 are held, the sum of
  /// squares over the counts, scaled by 39/40 and the variance of one, is distributed as chi-square with 39 degrees of
  /// freedom: 99.8 % lie between 16.3 and 72.1.
  @Test func `each step ever added is held with the same chance`() throws {
    let schema = try BufferSchema([ColumnSchema("rewards", .float64)])
    let (runs, added, capacity) = (5000, 40, 8)
    var counts = [Int](repeating: 0, count: added)
    for seed in 0..<UInt64(runs) {
      var buffer = ReservoirReplayBuffer(capacity: capacity, schema: schema, seed: seed)
      try buffer.add([Tensor(vector: (0..<added).map { Double($0) })])
      for step in buffer.slots { counts[step] += 1 }
    }
    let chance = Double(capacity) / Double(added)
    let (expected, variance) = (Double(runs) * chance, Double(runs) * chance * (1 - chance))
    let squares = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) }
    let chiSquare = squares / variance * Double(added - 1) / Double(added)
    #expect((16.3...72.1).contains(chiSquare), "chi-square \(chiSquare), counts \(counts)")
  }

  /// 20,000 draws out of 25 held steps, seed 9: chi-square with 24 degrees of freedom, 99.8 % between 7.5 and 51.2.
  @Test func `sampling draws each held step with the same chance, repeated ones too`() throws {
    var buffer = try ReservoirReplayBuffer(capacity: 25, schema: FlatExamples.schema, seed: 9)
    try buffer.addNext(500, way: 0)
    var counts: [Int: Int] = [:]
    for _ in 0..<200 { for step in try buffer.sample(count: 100).steps { counts[step, default: 0] += 1 } }
    #expect(counts.keys.sorted() == buffer.slots.sorted())
    let chiSquare = counts.values.reduce(0.0) { $0 + (Double($1) - 800) * (Double($1) - 800) / 800 }
    #expect((7.5...51.2).contains(chiSquare), "chi-square \(chiSquare)")
  }

  @Test func `what is added at once is kept as what is added one by one`() throws {
    var atOnce = try ReservoirReplayBuffer(capacity: 100, schema: FlatExamples.schema, seed: 4)
    var oneByOne = atOnce
    try atOnce.addNext(700, way: 0)
    try oneByOne.addNext(700, way: 2)
    #expect(atOnce.state == oneByOne.state)
  }

  @Test(arguments: [10, 100, 1000]) func `a restored reservoir goes on bit for bit`(added: Int) throws {
    var buffer = try ReservoirReplayBuffer(capacity: 150, schema: FlatExamples.schema, seed: 5)
    try buffer.addNext(added, way: 0)
    _ = try buffer.sample(count: 3)
    var restored = try ReservoirReplayBuffer(capacity: 150, schema: FlatExamples.schema, seed: 0)
    try restored.restoreFromBytes(of: buffer)
    #expect(restored.state == buffer.state)
    #expect(try restored.future(seed: 1) == buffer.future(seed: 1))
  }

  @Test func `a snapshot is read on another task while the reservoir goes on`() async throws {
    var buffer = try ReservoirReplayBuffer(capacity: 200, schema: FlatExamples.schema, seed: 6)
    try buffer.addNext(400, way: 0)
    let (snapshot, state) = (buffer.snapshot(), buffer.state)
    async let read = snapshot.selfContainedState
    for _ in 0..<100 { try buffer.addNext(20, way: 0) }
    #expect(await read == state)
    #expect(buffer.state != state)
  }

  @Test func `copies of a reservoir go apart`() throws {
    var first = try ReservoirReplayBuffer(capacity: 100, schema: FlatExamples.schema, seed: 7)
    try first.addNext(300, way: 0)
    let state = first.state
    var second = first
    try second.addNext(300, way: 0)
    #expect(first.state == state && second.state != state)
    try first.addNext(300, way: 0)
    #expect(first.state == second.state)
  }

  @Test func `rows larger than a page and rows of nothing have their slots too`() throws {
    let wide = try BufferSchema([ColumnSchema("pixels", .uint8, shape: [300, 300])])
    var buffer = ReservoirReplayBuffer(capacity: 3, schema: wide, seed: 8)
    for step in 0..<12 {
      try buffer.add([Tensor([UInt8](repeating: UInt8(step), count: 90000), shape: [1, 300, 300])])
    }
    let batch = try buffer.sample(count: 5)
    #expect(batch["pixels"]?.bytes == batch.steps.flatMap { [UInt8](repeating: UInt8($0), count: 90000) })
    let nothing = try BufferSchema([ColumnSchema("nothing", .float32, shape: [0])])
    var empty = ReservoirReplayBuffer(capacity: 3, schema: nothing, seed: 8)
    try empty.add([Tensor(zeros: .float32, shape: [50, 0])])
    #expect(try empty.sample(count: 4)["nothing"]?.shape == [4, 0])
    try empty.restore(from: empty.state)
    try empty.checkInvariants()
  }
}
