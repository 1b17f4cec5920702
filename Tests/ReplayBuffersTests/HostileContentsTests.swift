import StateTree
import Testing

@testable import ReplayBuffers

/// One change of sound contents that makes them impossible.
struct Damage: Sendable, CustomTestStringConvertible {
  let name: String
  let path: [StateKey]
  let value: StateValue?

  init(_ name: String, _ path: StateKey..., to value: StateValue?) {
    (self.name, self.path, self.value) = (name, path, value)
  }

  var testDescription: String { name }
}

@Suite("Contents that no buffer can have")
struct HostileContentsTests {
  /// Two episodes of 3 and 2 steps, the second one under way: rows 0, 1, 2, final, 3, 4, final.
  static func sound() throws -> PrioritizedEpisodeReplayBuffer {
    var buffer = try PrioritizedEpisodeReplayBuffer(capacity: 20, schema: testSchema(), seed: 1)
    try buffer.add(fragment("a", 0..<3, isTerminated: true))
    try buffer.add(fragment("b", 0..<2))
    return buffer
  }

  static func steps(_ steps: [Int64]) -> StateValue { .tensor(Tensor(vector: steps)) }

  static let damages: [Damage] = [
    Damage("a step twice", "rows", "steps", to: steps([0, 1, 2, -1, 2, 4, -1])),
    Damage("steps backwards", "rows", "steps", to: steps([0, 2, 1, -1, 3, 4, -1])),
    Damage("a negative step", "rows", "steps", to: steps([-5, 1, 2, -1, 3, 4, -1])),
    Damage("a step that marks a final row", "rows", "steps", to: steps([0, -1, 2, -1, 3, 4, -1])),
    Damage("a final row with a step", "rows", "steps", to: steps([0, 1, 2, 5, 3, 4, -1])),
    Damage("episodes out of order", "rows", "steps", to: steps([2, 3, 4, -1, 0, 1, -1])),
    Damage("a step behind the next", "rows", "steps", to: steps([0, 1, 2, -1, 3, 5, -1])),
    Damage("the largest step", "rows", "steps", to: steps([0, 1, 2, -1, 3, .max, -1])),
    Damage("the largest first step", "rows", "steps", to: steps([.max, 1, 2, -1, 3, 4, -1])),
    Damage("the smallest step", "rows", "steps", to: steps([.min, 1, 2, -1, 3, 4, -1])),
    Damage("a span of trillions", "rows", "steps", to: steps([0, 1, 2, -1, 3, 1 << 40, -1])),
    Damage("a row too few", "rows", "steps", to: steps([0, 1, 2, -1, 3, 4])),
    Damage("steps as floats", "rows", "steps", to: .tensor(Tensor(vector: [Float](repeating: 0, count: 7)))),
    Damage("no rows", "rows", to: nil),
    Damage("no column", "rows", "columns", "obs", to: nil),
    Damage("a column more", "rows", "columns", "extra", to: steps([1])),
    Damage("a column of another type", "rows", "columns", "rewards", to: steps([0, 0, 0, 0, 0, 0, 0])),
    Damage(
      "a column without axes", "rows", "columns", "rewards",
      to: (try? Tensor(zeros: .float32, shape: [])).map { .tensor($0) }),
    Damage("a schema without rewards", "schema", to: [["name": "obs", "type": "<f4", "shape": []]]),
    Damage("a schema of nothing", "schema", to: []),
    Damage("a schema of enormous rows", "schema", to: [["name": "obs", "type": "<f4", "shape": [.int(.max), 2]]]),
    Damage("an unknown layout", "layout", to: "columns"), Damage("another layout", "layout", to: "transitions"),
    Damage("another kind", "kind", to: "ReplayBuffer"), Damage("no state", "state", to: nil),
    Damage("state of another form", "state", to: 3),
    Damage("capacity 0", "state", "capacity", to: 0), Damage("capacity below 0", "state", "capacity", to: -1),
    Damage("a capacity that overflows", "state", "capacity", to: .int(.max)),
    Damage("a capacity beyond signed numbers", "state", "capacity", to: .unsigned(.max)),
    Damage("alpha not a number", "state", "alpha", to: .double(.nan)),
    Damage("alpha below 0", "state", "alpha", to: -0.5),
    Damage("max_priority not a number", "state", "max_priority", to: .double(.nan)),
    Damage("max_priority 0", "state", "max_priority", to: 0.0),
    Damage("no max_priority", "state", "max_priority", to: nil),
    Damage("a priority not a number", "state", "priorities", to: .tensor(Tensor(vector: [1, 1, .nan, 1, 1]))),
    Damage("a negative priority", "state", "priorities", to: .tensor(Tensor(vector: [1, 1, 1, -1.0, 1]))),
    Damage("a priority of 0", "state", "priorities", to: .tensor(Tensor(vector: [0.0, 1, 1, 1, 1]))),
    Damage("an infinite priority", "state", "priorities", to: .tensor(Tensor(vector: [.infinity, 1.0, 1, 1, 1]))),
    Damage("a priority too few", "state", "priorities", to: .tensor(Tensor(vector: [1.0, 1, 1, 1]))),
    Damage(
      "priorities in single precision", "state", "priorities",
      to: .tensor(Tensor(vector: [Float](repeating: 1, count: 5)))),
    Damage("no priorities", "state", "priorities", to: nil),
    Damage("a tree of 3", "state", "tree_size", to: 3),
    Damage("a tree of 2^60", "state", "tree_size", to: .int(1 << 60)),
    Damage("next_step too small", "state", "next_step", to: 4),
    Damage("next_step far away", "state", "next_step", to: .int(1 << 50)),
    Damage("first_step wrong", "state", "first_step", to: 1),
    Damage("num_timesteps wrong", "state", "num_timesteps", to: 6),
    Damage("num_timesteps_added too small", "state", "num_timesteps_added", to: 4),
    Damage("sampled_timesteps below 0", "state", "sampled_timesteps", to: -1),
    Damage("num_episodes_evicted enormous", "state", "num_episodes_evicted", to: .int(.max)),
    Damage("no episodes", "state", "episodes", to: nil),
    Damage("an id twice", "state", "episodes", "id", to: ["a", "a"]),
    Damage("an id that is no text", "state", "episodes", "id", to: ["a", 3]),
    Damage("lengths that disagree", "state", "episodes", "length", to: steps([3, 1])),
    Damage("lengths that shift the rows", "state", "episodes", "length", to: steps([2, 3])),
    Damage("a negative length", "state", "episodes", "length", to: steps([7, -2])),
    Damage("the largest length", "state", "episodes", "length", to: steps([3, .max])),
    Damage("a negative lane", "state", "episodes", "lane", to: steps([0, -1])),
    Damage("a lane of millions", "state", "episodes", "lane", to: steps([0, 5_000_000])),
    Damage("a start before 0", "state", "episodes", "t_started", to: steps([0, -4])),
    Damage("the largest start", "state", "episodes", "t_started", to: steps([0, .max])),
    Damage("flags too few", "state", "episodes", "terminated", to: .tensor(Tensor(vector: [true]))),
    Damage("another generator", "state", "generator", "bit_generator", to: "MT19937"),
    Damage("an even increment", "state", "generator", "state", "inc", to: "4"),
  ]

  @Test("are refused, and the buffer stays as it was", arguments: damages)
  func refused(_ damage: Damage) throws {
    var buffer = try Self.sound()
    let state = buffer.state
    var edited = state
    edited.set(damage.path[...], damage.value)
    #expect(edited != state, "the damage changes something")
    let error = #expect(throws: ReplayBufferError.self) { try buffer.restore(from: edited) }
    if case .brokenInvariant? = error { Issue.record("only the last check noticed: \(String(describing: error))") }
    #expect(buffer.state == state)
  }

  /// Contents that change their mind about their rows while they are read.
  struct Liar: BufferContents {
    let base: BufferSnapshot
    let batch: RowBatch
    var kind: String { base.kind }
    var layout: BufferLayout { base.layout }
    var schema: BufferSchema { base.schema }
    var rowCount: Int { base.rowCount }
    func state() throws -> StateValue { base.state() }
    func rows(_ range: Range<Int>) throws -> RowBatch { batch }
  }

  @Test("batches of other rows than asked for are refused", arguments: [0..<6, 1..<7, 0..<0])
  func otherBatches(range: Range<Int>) throws {
    let snapshot = try Self.sound().snapshot()
    let liar = Liar(base: snapshot, batch: snapshot.rows(range))
    let error = #expect(throws: ReplayBufferError.self) { try PrioritizedEpisodeReplayBuffer(contents: liar) }
    guard case .invalidContents? = error else {
      Issue.record("noticed late: \(String(describing: error))")
      return
    }
  }
}
