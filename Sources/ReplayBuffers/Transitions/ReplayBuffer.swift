public import StateTree

/// A ring of transitions, each with its successor observation: the newest `capacity` of them, sampled evenly.
///
/// Step numbers count all transitions ever added and are never reused; the ring is a window of them.
/// - Source: Lin 1992, "Self-Improving Reactive Agents Based on Reinforcement Learning, Planning and Teaching"; the habit
///   of Stable-Baselines3 and CleanRL.
public struct ReplayBuffer: Sendable {
  /// The name of this kind of buffer in files.
  public static let kind = "ReplayBuffer"

  var ring: TransitionRing
  var generator: PCG64

  /// An empty buffer.
  /// - Parameter capacity: The most transitions held, at least 1; nothing is allocated for it beforehand.
  /// - Parameter seed: The seed of the buffer's own generator.
  /// - Precondition: `capacity` is at least 1.
  public init(capacity: Int, schema: BufferSchema, seed: UInt64) {
    ring = TransitionRing(capacity: capacity, schema: schema)
    generator = PCG64(seed: seed)
  }

  /// The columns.
  public var schema: BufferSchema { ring.schema }
  /// The most transitions held.
  /// - Units: steps.
  public var capacity: Int { ring.capacity }
  /// How many transitions were ever added.
  public var insertionCount: Int { ring.insertionCount }
  /// How many transitions were ever sampled, repeated ones each time.
  public var sampledCount: Int { ring.sampledCount }
  /// How many transitions are held.
  public var count: Int { ring.count }
  /// The step numbers of the transitions held; the upper bound is the number of the next one.
  public var steps: Range<Int> { ring.steps }

  /// Adds transitions, given as one tensor a column in the order of the schema. The oldest beyond the capacity go.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  /// - Complexity: O(n)
  public mutating func add(_ columns: [Tensor]) throws(ReplayBufferError) { try ring.add(columns) }

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
  public mutating func add(row: [Tensor]) throws(ReplayBufferError) { try ring.add(row: row) }

  /// Draws transitions evenly, with replacement.
  /// - Throws: `ReplayBufferError.emptyBuffer`.
  /// - Complexity: O(`count`)
  /// - Source: numpy's `Generator.integers(first, next, count)`.
  public mutating func sample(count: Int) throws(ReplayBufferError) -> TransitionBatch {
    var batch = TransitionBatch()
    try sample(count: count, into: &batch)
    return batch
  }

  /// Draws transitions evenly, with replacement, over those of an earlier batch, whose storage is used again.
  /// - Throws: `ReplayBufferError.emptyBuffer`; the batch stays as it was then.
  /// - Complexity: O(`count`)
  public mutating func sample(count: Int, into batch: inout TransitionBatch) throws(ReplayBufferError) {
    precondition(count >= 0, "a count of transitions, found \(count)")
    guard self.count > 0 else { throw .emptyBuffer }
    batch.fit(schema, count: count)
    generator.fill(&batch.steps, from: steps)
    for index in batch.weights.indices { batch.weights[index] = 1 }
    ring.read(&batch)
  }
}

extension ReplayBuffer: SavableBuffer {
  /// The buffer at this moment, to be read while this one goes on.
  /// - Complexity: O(1); no row is copied.
  public func snapshot() -> BufferSnapshot {
    ring.snapshot(kind: Self.kind, adding: ["generator": generator.state])
  }

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: capacity and seed.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults = BufferDefaults()) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, layout: .transitions, defaults: defaults)
    ring = try TransitionRing(contents, saved)
    generator = try saved.generator()
    ring.trim()
    try checkInvariants()
  }

  /// Checks that the window fits the capacity and the counters.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  public func checkInvariants() throws {
    try ring.checkInvariants()
    try generator.checkInvariants()
  }
}
