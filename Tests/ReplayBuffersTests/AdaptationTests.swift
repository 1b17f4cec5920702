import StateTree
import Testing

@testable import ReplayBuffers

@Suite("Restoring into other settings")
struct AdaptationTests {
  static func ring(_ capacity: Int, _ columns: [ColumnSchema] = TransitionTests.schema) throws -> ReplayBuffer {
    ReplayBuffer(capacity: capacity, schema: try BufferSchema(columns), seed: 1)
  }

  static func saved() throws -> StateContents {
    var buffer = try ring(10)
    try buffer.add(TransitionTests.rows(0..<25))
    return try StateContents(buffer.state)
  }

  @Test("another capacity is refused unless a rule allows it", arguments: [(20, 15..<25), (10, 15..<25), (4, 21..<25)])
  func capacities(capacity: Int, kept: Range<Int>) throws {
    let contents = try Self.saved()
    for rule in BufferAdaptation.CapacityRule.allCases {
      var buffer = try Self.ring(capacity)
      let isAllowed = capacity == 10 || rule == .keepNewest || rule == .grow && capacity > 10
      guard isAllowed else {
        #expect(throws: ReplayBufferError.differentCapacity(saved: 10, capacity: capacity)) {
          try buffer.restore(from: contents, adapting: BufferAdaptation(capacity: rule))
        }
        #expect(buffer.count == 0)
        continue
      }
      let report = try buffer.restore(from: contents, adapting: BufferAdaptation(capacity: rule))
      #expect(buffer.steps == kept && buffer.capacity == capacity && buffer.insertionCount == 25)
      #expect(report.savedCapacity == 10 && report.droppedSteps == 10 - kept.count)
      #expect(report.isExact == (capacity == 10))
      #expect(
        report.description
          == [
            20: "capacity 20 instead of 10", 10: "nothing changed",
            4: "capacity 4 instead of 10, the oldest 6 steps dropped",
          ][capacity])
      try buffer.add(TransitionTests.rows(25..<26))
      try buffer.checkInvariants()
    }
  }

  @Test("a queue grows and never shrinks, a reservoir does neither")
  func fixedCapacities() throws {
    var queue = FIFOReplayBuffer(capacity: 10, schema: try BufferSchema(TransitionTests.schema))
    try queue.add(TransitionTests.rows(0..<4))
    var larger = FIFOReplayBuffer(capacity: 20, schema: queue.schema)
    try larger.restore(from: queue.snapshot(), adapting: BufferAdaptation(capacity: .keepNewest))
    #expect(larger.count == 4)
    #expect(throws: ReplayBufferError.differentCapacity(saved: 20, capacity: 10)) {
      try queue.restore(from: larger.snapshot(), adapting: BufferAdaptation(capacity: .keepNewest))
    }
    var reservoir = ReservoirReplayBuffer(capacity: 10, schema: queue.schema, seed: 1)
    try reservoir.add(TransitionTests.rows(0..<40))
    for capacity in [5, 20] {
      var other = ReservoirReplayBuffer(capacity: capacity, schema: queue.schema, seed: 1)
      #expect(throws: ReplayBufferError.differentCapacity(saved: 10, capacity: capacity)) {
        try other.restore(from: reservoir.snapshot(), adapting: BufferAdaptation(capacity: .keepNewest))
      }
    }
  }

  @Test("of episodes the newest whole ones stay, with their priorities")
  func episodes() throws {
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 100, alpha: 1, schema: testSchema(), seed: 1)
    for name in ["a", "b", "c", "d"] { try buffer.add(fragment(name, 0..<10, isTerminated: true)) }
    try buffer.updatePriorities(Array(0..<40), (0..<40).map { Double($0 + 1) })
    var smaller = try PrioritizedEpisodeReplayBuffer(capacity: 25, alpha: 1, schema: testSchema(), seed: 1)
    let report = try smaller.restore(
      from: buffer.snapshot(), adapting: BufferAdaptation(capacity: .keepNewest))
    #expect(report.droppedSteps == 20 && smaller.count == 20 && smaller.steps == 20..<40)
    #expect(smaller.priorities.tree[20] == 21 && smaller.priorities.tree.sum == Double((21...40).reduce(0, +)))
    try smaller.add(fragment("e", 0..<10, isTerminated: true))
    try smaller.checkInvariants()
    #expect(smaller.counters.evictedEpisodes == 3)
  }

  @Test("another schema is refused with both in the message, unless each change is named")
  func schemas() throws {
    let contents = try Self.saved()
    let columns = [ColumnSchema("reward", .float32), ColumnSchema("obs", .float64, shape: [2])]
    let mapping = BufferAdaptation(renamedColumns: ["reward": "rewards"], castColumns: ["reward", "obs"])
    var buffer = try Self.ring(10, columns)
    for partly in [
      BufferAdaptation(), BufferAdaptation(renamedColumns: ["reward": "rewards"]),
      BufferAdaptation(renamedColumns: ["reward": "rewards"], castColumns: ["obs"]),
      BufferAdaptation(castColumns: ["reward", "obs"]), BufferAdaptation(renamedColumns: ["reward": "obs"]),
    ] {
      #expect(
        throws: ReplayBufferError.differentSchema(
          saved: "obs float32 [2], rewards float64 []", expected: "reward float32 [], obs float64 [2]")
      ) { try buffer.restore(from: contents, adapting: partly) }
    }
    let report = try buffer.restore(from: contents, adapting: mapping)
    #expect(report.renamedColumns == ["reward": "rewards"] && report.castColumns == ["reward": .float64, "obs": .float32])
    #expect(report.description == "rewards is now called reward; obs was float32; reward was float64")
    let sample = try buffer.sample(count: 20)
    #expect(try sample["reward"]?.scalars(as: Float.self) == sample.steps.map { Float($0) / 2 })
    #expect(try sample["obs"]?.scalars() == sample.steps.flatMap { [Double($0), -Double($0)] })
  }

  @Test("a number that the new type cannot hold is refused, and the buffer stays as it was")
  func inexact() throws {
    var buffer = try Self.ring(10, [ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("rewards", .int64)])
    let before = buffer.state
    #expect(throws: StateTreeError.inexactCast("7.5", from: .float64, to: .int64)) {
      try buffer.restore(from: Self.saved(), adapting: BufferAdaptation(castColumns: ["rewards"]))
    }
    #expect(buffer.state == before)
  }

  @Test("a shape is never changed, and a saved capacity must be one")
  func hostile() throws {
    var buffer = try Self.ring(10, [ColumnSchema("obs", .float32, shape: [1, 2]), ColumnSchema("rewards", .float64)])
    #expect(throws: ReplayBufferError.self) {
      try buffer.restore(from: Self.saved(), adapting: BufferAdaptation(castColumns: ["obs"]))
    }
    var other = try Self.ring(10)
    try other.add(TransitionTests.rows(0..<25))
    var state = other.state
    for capacity in [-1, 1.5, "many"] as [StateValue] {
      state["state", "capacity"] = capacity
      let contents = try StateContents(state)
      #expect(throws: ReplayBufferError.self) {
        try other.restore(from: contents, adapting: BufferAdaptation(capacity: .keepNewest))
      }
    }
  }
}
