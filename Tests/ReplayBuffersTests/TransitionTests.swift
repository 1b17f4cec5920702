import StateTree
import Testing

@testable import ReplayBuffers

@Suite("The ring of transitions")
struct TransitionTests {
  static let schema = [ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("rewards", .float64)]

  static func rows(_ steps: Range<Int>) throws -> [Tensor] {
    [
      try Tensor(steps.flatMap { [Float($0), -Float($0)] }, shape: [steps.count, 2]),
      Tensor(vector: steps.map { Double($0) / 2 }),
    ]
  }

  @Test("the ring does what plain arrays do", arguments: [1, 2, 3, 4] as [UInt64])
  func twin(seed: UInt64) throws {
    var random = PCG64(seed: seed)
    let capacity = 1 + Int(random.integers(in: 0..<90))
    var buffer = try ReplayBuffer(capacity: capacity, schema: BufferSchema(Self.schema), seed: seed)
    var naive: [Int] = []
    var next = 0
    for operation in 0..<3000 {
      let place: Comment = "seed \(seed), operation \(operation)"
      let choice = random.integers(in: 0..<10)
      if choice < 5 {
        let added = next..<next + Int(random.integers(in: 0..<20))
        next = added.upperBound
        try buffer.add(["rewards": Self.rows(added)[1], "obs": Self.rows(added)[0]])
        naive = Array((naive + added).suffix(capacity))
      } else if choice < 6 {
        try buffer.add(row: Self.rows(next..<next + 1).enumerated().map { try $1.reshaped($0 == 0 ? [2] : []) })
        naive = Array((naive + [next]).suffix(capacity))
        next += 1
      } else if choice == 6, operation % 10 == 0 {
        try buffer.restore(from: buffer.state)
      } else if !naive.isEmpty {
        var generator = buffer.generator
        let batch = try buffer.sample(count: 5)
        #expect(batch.steps == (0..<5).map { _ in naive[Int(generator.integers(in: 0..<Int64(naive.count)))] }, place)
        #expect(try batch["rewards"]?.scalars() == batch.steps.map { Double($0) / 2 }, place)
        #expect(try batch["obs"]?.scalars(as: Float.self) == batch.steps.flatMap { [Float($0), -Float($0)] }, place)
      }
      try buffer.checkInvariants()
      #expect(Array(buffer.steps) == (naive.isEmpty ? Array(next..<next) : naive), place)
      #expect(buffer.insertionCount == next, place)
    }
  }

  @Test("a ring without a capacity in its contents takes the default, and drops what is too much")
  func defaults() throws {
    var buffer = try ReplayBuffer(capacity: 10, schema: BufferSchema(Self.schema), seed: 1)
    try buffer.add(Self.rows(0..<25))
    var state = buffer.state
    for key in ["capacity", "generator", "first_step", "next_step"] as [StateKey] { state["state", key] = nil }
    let contents = try StateContents(state)
    #expect(throws: ReplayBufferError.missingSetting("capacity")) { try ReplayBuffer(contents: contents) }
    #expect(throws: ReplayBufferError.missingSetting("generator")) {
      try ReplayBuffer(contents: contents, defaults: BufferDefaults(capacity: 4))
    }
    let loaded = try ReplayBuffer(contents: contents, defaults: BufferDefaults(capacity: 4, seed: 9))
    #expect(loaded.steps == 21..<25)
    #expect(loaded.generator == PCG64(seed: 9))
  }

  @Test("contents that no ring can have are refused")
  func hostile() throws {
    var buffer = try ReplayBuffer(capacity: 10, schema: BufferSchema(Self.schema), seed: 1)
    try buffer.add(Self.rows(0..<25))
    let state = buffer.state
    let edits: [([StateKey], StateValue?)] = [
      (["state", "first_step"], 3), (["state", "next_step"], 9), (["state", "num_timesteps"], 11),
      (["state", "num_timesteps_added"], 9), (["state", "capacity"], 0), (["state", "sampled_timesteps"], -1),
      (["rows", "steps"], .tensor(Tensor(vector: [Int64](repeating: 15, count: 10)))),
      (["rows", "steps"], .tensor(Tensor(vector: (0..<10).map { Int64.max - 9 + $0 }))),
      (["rows", "steps"], .tensor(Tensor(vector: (0..<10).map { Int64($0) - 5 }))), (["layout"], "episodes"),
      (["rows", "columns", "obs"], nil), (["kind"], "FifoReplayBuffer"), (["state", "next_step"], .int(.max)),
    ]
    for (path, value) in edits {
      var edited = state
      edited.set(path[...], value)
      #expect(throws: (any Error).self, "\(path) \(String(describing: value))") { try buffer.restore(from: edited) }
    }
    #expect(buffer.state == state)
  }
}

extension StateValue {
  /// Sets or removes what lies at a path of keys.
  mutating func set(_ path: ArraySlice<StateKey>, _ value: StateValue?) {
    guard let key = path.first, case .map(var map) = self else { return }
    if path.count == 1 {
      map[key] = value
    } else {
      map[key]?.set(path.dropFirst(), value)
    }
    self = .map(map)
  }

  subscript(_ path: StateKey...) -> StateValue? {
    get { path.reduce(Optional(self)) { $0?[$1] } }
    set { set(path[...], newValue) }
  }
}
