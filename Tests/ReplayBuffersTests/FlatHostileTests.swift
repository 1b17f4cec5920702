import StateTree
import Testing

@testable import ReplayBuffers

@Suite struct `Contents that no queue, reservoir or mix can have` {
  typealias Hostile = HostileContentsTests

  /// Steps 5 to 19 wait, of a capacity of 30.
  static func queue() throws -> FIFOReplayBuffer {
    var buffer = try FIFOReplayBuffer(capacity: 30, schema: FlatExamples.schema)
    try buffer.addNext(20, way: 0)
    _ = try buffer.sample(count: 5)
    return buffer
  }

  /// 4 slots of 20 steps.
  static func reservoir() throws -> ReservoirReplayBuffer {
    var buffer = try ReservoirReplayBuffer(capacity: 4, schema: FlatExamples.schema, seed: 1)
    try buffer.addNext(20, way: 0)
    return buffer
  }

  /// Steps 10 to 29, of which 6 were returned as new.
  static func mix() throws -> MixInReplayBuffer<ReplayBuffer> {
    var mix = try `The mix of newest and replayed transitions`.mix(capacity: 20, ratio: 0.5)
    try mix.addNext(20, way: 0)
    _ = try mix.sample(count: 12)
    try mix.addNext(10, way: 0)
    return mix
  }

  static let everywhere: [Damage] = [
    Damage("another kind", "kind", to: "ReplayBuffer"), Damage("another layout", "layout", to: "episodes"),
    Damage("no rows", "rows", to: nil), Damage("no column", "rows", "columns", "obs", to: nil),
    Damage("a column of another type", "rows", "columns", "rewards", to: Hostile.steps([0])),
    Damage("a schema of nothing", "schema", to: []), Damage("no state", "state", to: nil),
    Damage("state of another form", "state", to: "text"),
    Damage("a row too few", "rows", "steps", to: Hostile.steps([5])),
    Damage("no capacity", "state", "capacity", to: nil), Damage("capacity 0", "state", "capacity", to: 0),
    Damage("capacity too small", "state", "capacity", to: 3),
    Damage("a capacity that overflows", "state", "capacity", to: .int(.max)),
    Damage("no num_timesteps_added", "state", "num_timesteps_added", to: nil),
    Damage("num_timesteps_added too small", "state", "num_timesteps_added", to: 3),
    Damage("num_timesteps_added that overflows", "state", "num_timesteps_added", to: .int(.max)),
    Damage("num_timesteps wrong", "state", "num_timesteps", to: 6),
    Damage("sampled_timesteps below 0", "state", "sampled_timesteps", to: -1),
    Damage("sampled_timesteps that overflows", "state", "sampled_timesteps", to: .unsigned(.max)),
  ]

  static let ofQueues: [Damage] = [
    Damage("steps from elsewhere", "rows", "steps", to: Hostile.steps((6..<21).map { $0 })),
    Damage("a hole in the steps", "rows", "steps", to: Hostile.steps((5..<19).map { $0 } + [20])),
    Damage("negative steps", "rows", "steps", to: Hostile.steps((-5..<10).map { $0 })),
    Damage("the largest steps", "rows", "steps", to: Hostile.steps((0..<15).map { .max - 14 + $0 })),
    Damage("more sampled than added", "state", "sampled_timesteps", to: 21),
    Damage("fewer sampled than are gone", "state", "sampled_timesteps", to: 4),
  ]

  static func ofReservoirs() throws -> [Damage] {
    let buffer = try reservoir()
    let slots = buffer.slots.map { Int64($0) }
    let steps = slots.sorted()
    func edited(_ numbers: [Int64], _ index: Int, _ number: Int64) -> StateValue {
      var numbers = numbers
      numbers[index] = number
      return Hostile.steps(numbers)
    }
    return [
      Damage("no slots", "state", "slots", to: nil),
      Damage("a slot too few", "state", "slots", to: Hostile.steps([1, 2, 3])),
      Damage("slots as floats", "state", "slots", to: .tensor(Tensor(vector: [0.5, 1, 2, 3]))),
      Damage("a step in two slots", "state", "slots", to: edited(slots, 0, slots[1])),
      Damage("a step twice", "rows", "steps", to: edited(steps, 0, steps[1])),
      Damage("two slots and two rows of one step", "state", "slots", to: Hostile.steps([7, 7, 7, 7])),
      Damage("a step that was never added", "state", "slots", to: edited(slots, 0, 20)),
      Damage("the largest step", "state", "slots", to: edited(slots, 0, .max)),
      Damage("a negative step", "state", "slots", to: edited(slots, 0, -1)),
      Damage("an early step in another slot", "state", "slots", to: edited(slots, 0, 2)),
      Damage("slots of other steps than the rows", "state", "slots", to: Hostile.steps([16, 17, 18, 19])),
      Damage("rows out of order", "rows", "steps", to: Hostile.steps(steps.reversed())),
      Damage("no generator", "state", "generator", to: nil),
      Damage("another generator", "state", "generator", "bit_generator", to: "MT19937"),
      Damage("an even increment", "state", "generator", "state", "inc", to: "4"),
      Damage("fewer held than fit", "state", "capacity", to: 5),
    ]
  }

  static let ofMixes: [Damage] = [
    Damage("no word of what it replays", "state", "replays", to: nil),
    Damage("another buffer inside", "state", "replays", to: "PrioritizedReplayBuffer"),
    Damage("no ratio", "state", "replay_ratio", to: nil), Damage("a ratio below 0", "state", "replay_ratio", to: -0.5),
    Damage("a ratio above 1", "state", "replay_ratio", to: 1.5),
    Damage("a ratio that is no number", "state", "replay_ratio", to: .double(.nan)),
    Damage("new ones that were never added", "state", "next_newest", to: 31),
    Damage("new ones before the first", "state", "next_newest", to: -1),
    Damage("no next_newest", "state", "next_newest", to: nil),
    Damage("fewer than none returned", "state", "num_timesteps_returned", to: -1),
    Damage("more returned than can be counted", "state", "num_timesteps_returned", to: .int(.max)),
    Damage("a ring that does not fit", "state", "first_step", to: 3),
  ]

  @Test(arguments: everywhere + ofQueues) func `are refused by a queue`(_ damage: Damage) throws {
    var buffer = try Self.queue()
    try Self.refuses(&buffer, damage)
  }

  @Test(arguments: try everywhere + ofReservoirs()) func `are refused by a reservoir`(_ damage: Damage) throws {
    var buffer = try Self.reservoir()
    try Self.refuses(&buffer, damage)
  }

  @Test(arguments: everywhere.filter { $0.name != "capacity too small" } + ofMixes)
  func `are refused by a mix`(_ damage: Damage) throws {
    var buffer = try Self.mix()
    try Self.refuses(&buffer, damage)
  }

  private static func refuses(_ buffer: inout some SavableBuffer, _ damage: Damage) throws {
    let state = buffer.state
    var edited = state
    edited.set(damage.path[...], damage.value)
    #expect(edited != state, "the damage changes something")
    let error = #expect(throws: ReplayBufferError.self) { try buffer.restore(from: edited) }
    if case .brokenInvariant? = error { Issue.record("only the last check noticed: \(String(describing: error))") }
    #expect(buffer.state == state)
  }

  @Test func `two rows of one step are refused though the slots agree`() throws {
    var buffer = try Self.reservoir()
    var state = buffer.state
    state["state", "slots"] = Hostile.steps([7, 7, 8, 9])
    state["rows", "steps"] = Hostile.steps([7, 7, 8, 9])
    let error = #expect(throws: ReplayBufferError.self) { try buffer.restore(from: state) }
    #expect(error == .invalidContents("row 1 is step 7 behind step 7, by its slots it is step 7"))
  }

  @Test func `batches of other rows than asked for are refused`() throws {
    let snapshot = try Self.reservoir().snapshot()
    for range in [0..<3, 1..<4, 0..<0] {
      let liar = Hostile.Liar(base: snapshot, batch: snapshot.rows(range))
      let error = #expect(throws: ReplayBufferError.self) { try ReservoirReplayBuffer(contents: liar) }
      guard case .invalidContents? = error else {
        Issue.record("noticed late: \(String(describing: error))")
        return
      }
    }
  }

  @Test func `what the contents do not say is taken from the defaults`() throws {
    var state = try Self.reservoir().state
    (state["state", "capacity"], state["state", "generator"]) = (nil, nil)
    let loaded = try ReservoirReplayBuffer(
      contents: StateContents(state), defaults: BufferDefaults(capacity: 4, seed: 9))
    #expect(loaded.generator == PCG64(seed: 9) && loaded.capacity == 4)
    state = try Self.queue().state
    state["state", "capacity"] = nil
    #expect(try FIFOReplayBuffer(contents: StateContents(state), defaults: BufferDefaults(capacity: 15)).capacity == 15)
    #expect(throws: ReplayBufferError.missingSetting("capacity")) {
      try FIFOReplayBuffer(contents: StateContents(state))
    }
  }
}
