public import StateTree

/// An even sample of all transitions ever added: each of them is among the `capacity` held with the same chance.
///
/// The newest are not preferred, so that a learner does not forget what it met long ago. A transition stays in the slot
/// it was put into until another one takes its place. One generator decides what is kept and what is sampled.
///
/// RLlib's holds one transition less than its capacity, stores whole batches as one item each and saves no random state.
/// - Source: Vitter 1985, "Random Sampling with a Reservoir", algorithm R; RLlib's `ReservoirReplayBuffer`.
public struct ReservoirReplayBuffer: Sendable {
  /// The name of this kind of buffer in files.
  public static let kind = "ReservoirReplayBuffer"

  /// The columns.
  public let schema: BufferSchema
  /// The most transitions held.
  /// - Units: steps.
  public let capacity: Int
  /// How many transitions were ever added, kept or not; the number of the next one.
  public internal(set) var insertionCount = 0
  /// How many transitions were ever sampled, repeated ones each time.
  public internal(set) var sampledCount = 0
  var table: SlotTable
  var generator: PCG64

  /// An empty buffer.
  /// - Parameter capacity: The most transitions held, at least 1; nothing is allocated for it beforehand.
  /// - Parameter seed: The seed of the buffer's own generator.
  /// - Precondition: `capacity` is at least 1.
  public init(capacity: Int, schema: BufferSchema, seed: UInt64) {
    self.init(capacity: capacity, schema: schema, generator: PCG64(seed: seed))
  }

  init(capacity: Int, schema: BufferSchema, generator: PCG64) {
    precondition(capacity > 0, "a capacity of at least 1, found \(capacity)")
    (self.capacity, self.schema, self.generator) = (capacity, schema, generator)
    table = SlotTable(schema.columns)
  }

  /// How many transitions are held.
  public var count: Int { table.count }
  /// The step number that each slot holds, in no order: a step's number says how many were added before it.
  /// - Shape: `[count]`
  /// - Complexity: O(`count`)
  public var slots: [Int] { table.steps() }

  /// Adds transitions one after the other, given as one tensor a column in the order of the schema.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  /// - Complexity: O(n)
  public mutating func add(_ columns: [Tensor]) throws(ReplayBufferError) {
    let added = columns.first?.shape.first ?? 0
    try schema.check(columns, count: added)
    for row in 0..<added { offer(row, of: columns) }
  }

  /// Adds transitions one after the other, given by the names of their columns.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError.unknownColumn`, `.missingColumn`, `.columnMismatch`; nothing is added then.
  /// - Complexity: O(n)
  public mutating func add(_ columns: [StateKey: Tensor]) throws(ReplayBufferError) {
    try add(schema.ordered(columns))
  }

  /// Adds one transition, given as one tensor a column in the order of the schema.
  /// - Shape: the column's own each
  /// - Throws: `ReplayBufferError.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  public mutating func add(row: [Tensor]) throws(ReplayBufferError) {
    try schema.check(row: row)
    offer(0, of: row)
  }

  /// Keeps a row in a slot of its own while there are slots, then in place of another one with the chance
  /// `capacity` / added, or not at all.
  private mutating func offer(_ row: Int, of columns: [Tensor]) {
    let step = insertionCount
    insertionCount += 1
    var slot = step
    if step >= capacity {
      slot = Int(generator.integers(in: 0...Int64(step)))
      guard slot < capacity else { return }
    }
    table.extend(to: slot + 1)
    table.write(slot, step: step, row: row, of: columns)
  }

  /// Draws transitions evenly, with replacement.
  /// - Throws: `ReplayBufferError.emptyBuffer`.
  /// - Complexity: O(`count`)
  /// - Source: numpy's `Generator.integers(0, held, count)`.
  public mutating func sample(count: Int) throws(ReplayBufferError) -> TransitionBatch {
    guard self.count > 0 else { throw .emptyBuffer }
    let drawn = generator.integers(in: 0..<Int64(self.count), count: count).map { Int($0) }
    sampledCount += count
    return TransitionBatch(drawn.map(table.step), table.gather(drawn), schema)
  }
}
