public import StateTree

/// A ring of transitions, each with its successor observation: the newest `capacity` of them, sampled evenly.
///
/// Step numbers count all transitions ever added and are never reused; the ring is a window of them.
/// - Source: Lin 1992, "Self-Improving Reactive Agents Based on Reinforcement Learning, Planning and Teaching"; the habit
///   of Stable-Baselines3 and CleanRL.
public struct ReplayBuffer: Sendable {
  /// The name of this kind of buffer in files.
  public static let kind = "ReplayBuffer"

  /// The columns.
  public let schema: BufferSchema
  /// The most transitions held.
  /// - Units: steps.
  public let capacity: Int
  /// How many transitions were ever added.
  public internal(set) var insertionCount = 0
  /// How many transitions were ever sampled, repeated ones each time.
  public internal(set) var sampledCount = 0
  var log: ChunkLog
  var generator: PCG64

  /// An empty buffer.
  /// - Parameter capacity: The most transitions held, at least 1; nothing is allocated for it beforehand.
  /// - Parameter seed: The seed of the buffer's own generator.
  /// - Precondition: `capacity` is at least 1.
  public init(capacity: Int, schema: BufferSchema, seed: UInt64) {
    self.init(capacity: capacity, schema: schema, generator: PCG64(seed: seed), firstStep: 0)
  }

  init(capacity: Int, schema: BufferSchema, generator: PCG64, firstStep: Int) {
    precondition(capacity > 0, "a capacity of at least 1, found \(capacity)")
    self.schema = schema
    self.capacity = capacity
    self.generator = generator
    log = ChunkLog(schema.columns, startingAt: firstStep)
  }

  /// How many transitions are held.
  public var count: Int { log.rows.count }
  /// The step numbers of the transitions held; the upper bound is the number of the next one.
  public var steps: Range<Int> { log.rows }

  /// Adds transitions, given as one tensor a column in the order of the schema. The oldest beyond the capacity go.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  /// - Complexity: O(n)
  public mutating func add(_ columns: [Tensor]) throws(ReplayBufferError) {
    let count = columns.first?.shape.first ?? 0
    try schema.check(columns, count: count)
    log.append(columns)
    finishAdding(count)
  }

  /// Adds transitions, given by the names of their columns.
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
    log.append(row: row)
    finishAdding(1)
  }

  private mutating func finishAdding(_ count: Int) {
    insertionCount += count
    log.drop(below: max(log.rows.lowerBound, log.rows.upperBound - capacity))
  }

  /// Draws transitions evenly, with replacement.
  /// - Throws: `ReplayBufferError.emptyBuffer`.
  /// - Complexity: O(`count`)
  /// - Source: numpy's `Generator.integers(first, next, count)`.
  public mutating func sample(count: Int) throws(ReplayBufferError) -> TransitionBatch {
    guard self.count > 0 else { throw .emptyBuffer }
    let window = Int64(steps.lowerBound)..<Int64(steps.upperBound)
    let drawn = generator.integers(in: window, count: count).map(Int.init)
    sampledCount += count
    let names = schema.columns.map { StateKey($0.name) }
    return TransitionBatch(
      steps: drawn, columns: Dictionary(uniqueKeysWithValues: zip(names, log.gather(drawn))))
  }
}
