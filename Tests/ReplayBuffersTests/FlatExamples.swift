import StateTree
import Testing

@testable import ReplayBuffers

/// Transitions whose every element follows from the step number, about a kibibyte each.
enum FlatExamples {
  static let columns = [
    ColumnSchema("obs", .float32, shape: [2]), ColumnSchema("pixels", .uint8, shape: [16, 60]),
    ColumnSchema("nothing", .float32, shape: [0, 3]), ColumnSchema("rewards", .float64),
  ]
  static var schema: BufferSchema { get throws { try BufferSchema(columns) } }

  /// The columns of these steps.
  static func rows(_ steps: some Collection<Int>) throws -> [Tensor] {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(steps.count * 960)
    for step in steps { for place in 0..<960 { pixels.append(UInt8(truncatingIfNeeded: step &* 31 &+ place)) } }
    return [
      try Tensor(steps.flatMap { [Float($0), -Float($0)] }, shape: [steps.count, 2]),
      try Tensor(pixels, shape: [steps.count, 16, 60]), try Tensor(zeros: .float32, shape: [steps.count, 0, 3]),
      Tensor(vector: steps.map { Double($0) / 2 }),
    ]
  }

  /// The columns of one step, as one row.
  static func row(_ step: Int) throws -> [Tensor] {
    try zip(rows(CollectionOfOne(step)), columns).map { try $0.reshaped($1.shape) }
  }

  /// The sample of these steps.
  static func batch(_ steps: [Int]) throws -> TransitionBatch {
    TransitionBatch(steps, try rows(steps), try BufferSchema(columns))
  }

  /// The rows of contents that hold these steps in this order.
  static func contents(_ steps: [Int]) throws -> RowBatch {
    RowBatch(firstRow: 0, steps: steps.map { Int64($0) }, columns: try rows(steps))
  }
}

/// What the flat buffers have in common, so that one test drives each of them.
protocol FlatBuffer: SavableBuffer, Sendable {
  var insertionCount: Int { get }
  mutating func add(_ columns: [Tensor]) throws(ReplayBufferError)
  mutating func add(_ columns: [StateKey: Tensor]) throws(ReplayBufferError)
  mutating func add(row: [Tensor]) throws(ReplayBufferError)
  mutating func sample(count: Int) throws(ReplayBufferError) -> TransitionBatch
}

extension FIFOReplayBuffer: FlatBuffer {}
extension ReservoirReplayBuffer: FlatBuffer {}
extension MixInReplayBuffer<ReplayBuffer>: FlatBuffer {
  var insertionCount: Int { buffer.insertionCount }
}

extension FlatBuffer {
  /// Adds the next `count` steps in one of the three ways.
  mutating func addNext(_ count: Int, way: Int) throws {
    let steps = insertionCount..<insertionCount + count
    switch way {
    case 0: try add(FlatExamples.rows(steps))
    case 1:
      let names = FlatExamples.columns.map { StateKey($0.name) }
      try add(Dictionary(uniqueKeysWithValues: zip(names, FlatExamples.rows(steps)).reversed()))
    default: for step in steps { try add(row: FlatExamples.row(step)) }
    }
  }

  /// A buffer that was saved in MessagePack and restored into this one.
  mutating func restoreFromBytes(of other: Self) throws {
    try restore(from: StateValue(decoding: other.state.encoded()))
  }

  /// What the buffer does next, as values: samples, and at last its state.
  func future(seed: UInt64) throws -> ([TransitionBatch], StateValue) {
    var (buffer, random) = (self, PCG64(seed: seed))
    var batches: [TransitionBatch] = []
    for _ in 0..<200 {
      try buffer.addNext(Int(random.integers(in: 4..<9)), way: 0)
      batches.append(try buffer.sample(count: 4))
    }
    return (batches, buffer.state)
  }
}

/// A snapshot with what it must hold, to be read when the buffer has gone on.
struct HeldSnapshot {
  let snapshot: BufferSnapshot
  let steps: [Int]
  let state: StateValue

  init(_ snapshot: BufferSnapshot, steps: [Int]) {
    (self.snapshot, self.steps, state) = (snapshot, steps, snapshot.state())
  }

  func check(_ place: Comment) throws {
    #expect(snapshot.rowCount == steps.count, place)
    #expect(try snapshot.rows(0..<steps.count) == FlatExamples.contents(steps), place)
    #expect(snapshot.state() == state, place)
    if steps.count > 2 {
      let part = snapshot.rows(1..<steps.count - 1)
      #expect(part.firstRow == 1 && part.steps == steps[1..<steps.count - 1].map { Int64($0) }, place)
    }
  }
}
