public import StateTree

/// A queue of transitions: sampling takes the oldest out, so that each is returned once, in the order of adding.
///
/// For trainers that should use everything they collect, without replay, behind the same interface. Step numbers count
/// all transitions ever added; those from `sampledCount` up to `insertionCount` wait.
///
/// RLlib's queue has no bound at all (it sets the capacity of the ring behind it to 1 and ignores it) and loses no
/// transition while it runs. So this one never evicts either: what does not fit is refused, with nothing added. RLlib
/// takes out one added batch at a time, gives an empty batch when there is none, always has the length 0 and saves
/// nothing; here the caller says how many, too many is an error, and the state is exact.
/// - Source: RLlib's `FifoReplayBuffer`.
public struct FIFOReplayBuffer: Sendable {
  /// The name of this kind of buffer in files: RLlib's.
  public static let kind = "FifoReplayBuffer"

  /// The columns.
  public let schema: BufferSchema
  /// The most transitions that wait.
  /// - Units: steps.
  public let capacity: Int
  var log: ChunkLog

  /// An empty queue.
  /// - Parameter capacity: The most transitions that wait, at least 1; nothing is allocated for it beforehand.
  /// - Precondition: `capacity` is at least 1.
  public init(capacity: Int, schema: BufferSchema) {
    self.init(capacity: capacity, schema: schema, log: ChunkLog(schema.columns))
  }

  init(capacity: Int, schema: BufferSchema, log: ChunkLog) {
    precondition(capacity > 0, "a capacity of at least 1, found \(capacity)")
    (self.capacity, self.schema, self.log) = (capacity, schema, log)
  }

  /// How many transitions wait.
  public var count: Int { log.rows.count }
  /// The step numbers of the transitions that wait; the upper bound is the number of the next one.
  public var steps: Range<Int> { log.rows }
  /// How many transitions were ever added.
  public var insertionCount: Int { log.rows.upperBound }
  /// How many transitions were ever sampled, each once.
  public var sampledCount: Int { log.rows.lowerBound }

  /// Adds transitions behind the others, given as one tensor a column in the order of the schema.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError.fullBuffer` for more than fit, `.wrongColumnCount`, `.columnMismatch`; nothing is added
  ///   then.
  /// - Complexity: O(n)
  public mutating func add(_ columns: [Tensor]) throws(ReplayBufferError) {
    let added = columns.first?.shape.first ?? 0
    try schema.check(columns, count: added)
    try checkRoom(for: added)
    log.append(columns)
  }

  /// Adds transitions behind the others, given by the names of their columns.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError.fullBuffer` for more than fit, `.unknownColumn`, `.missingColumn`, `.columnMismatch`;
  ///   nothing is added then.
  /// - Complexity: O(n)
  public mutating func add(_ columns: [StateKey: Tensor]) throws(ReplayBufferError) {
    try add(schema.ordered(columns))
  }

  /// Adds one transition behind the others, given as one tensor a column in the order of the schema.
  /// - Shape: the column's own each
  /// - Throws: `ReplayBufferError.fullBuffer`, `.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  public mutating func add(row: [Tensor]) throws(ReplayBufferError) {
    try schema.check(row: row)
    try checkRoom(for: 1)
    log.append(row: row)
  }

  private func checkRoom(for added: Int) throws(ReplayBufferError) {
    guard added <= capacity - count else { throw .fullBuffer(capacity: capacity, held: count, added: added) }
  }

  /// Takes the `count` oldest transitions out, oldest first.
  /// - Throws: `ReplayBufferError.tooFewTransitions` if fewer wait; then none is taken.
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(`count`)
  public mutating func sample(count: Int) throws(ReplayBufferError) -> TransitionBatch {
    precondition(count >= 0, "a count of at least 0, found \(count)")
    guard count <= self.count else { throw .tooFewTransitions(asked: count, held: self.count) }
    let taken = steps.lowerBound..<steps.lowerBound + count
    let batch = TransitionBatch(Array(taken), log.rows(taken), schema)
    log.drop(below: taken.upperBound)
    return batch
  }
}
