public import StateTree

/// A ring of transitions, each with its successor observation, sampled in proportion to a power of their priorities.
///
/// A new transition gets the largest priority seen; after a gradient step `updatePriorities` says how surprising each
/// sampled one was.
/// - Source: Schaul et al. 2016, "Prioritized Experience Replay", proportional variant; RLlib's `PrioritizedReplayBuffer`.
///   Deviations: alpha may be 0; the generator is part of the state; priorities belong to step numbers, so that one for a
///   transition that was overwritten meanwhile is ignored, where RLlib gives it to the new transition in its place.
public struct PrioritizedReplayBuffer: Sendable {
  /// The name of this kind of buffer in files.
  public static let kind = "PrioritizedReplayBuffer"

  var ring: TransitionRing
  var priorities: Priorities
  var generator: PCG64
  private var draws = Draws()

  /// An empty buffer.
  /// - Parameter capacity: The most transitions held, at least 1; nothing is allocated for it beforehand.
  /// - Parameter alpha: How strongly priorities act, from 0 (not at all) to 1.
  /// - Parameter seed: The seed of the buffer's own generator.
  /// - Precondition: `capacity` is at least 1; `alpha` is finite and not negative.
  public init(capacity: Int, alpha: Double = 0.6, schema: BufferSchema, seed: UInt64) {
    ring = TransitionRing(capacity: capacity, schema: schema)
    priorities = Priorities(alpha: alpha)
    generator = PCG64(seed: seed)
  }

  /// The columns.
  public var schema: BufferSchema { ring.schema }
  /// The most transitions held.
  /// - Units: steps.
  public var capacity: Int { ring.capacity }
  /// How strongly priorities act, from 0 (not at all) to 1.
  public var alpha: Double { priorities.alpha }
  /// The largest priority ever given, before it is raised to `alpha`; new transitions get it.
  public var maximumPriority: Double { priorities.maximum }
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
  /// - Complexity: O(n log `capacity`)
  public mutating func add(_ columns: [Tensor]) throws(ReplayBufferError) {
    let before = steps
    try ring.add(columns)
    follow(before)
  }

  /// Adds transitions, given by the names of their columns.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError.unknownColumn`, `.missingColumn`, `.columnMismatch`; nothing is added then.
  /// - Complexity: O(n log `capacity`)
  public mutating func add(_ columns: [StateKey: Tensor]) throws(ReplayBufferError) {
    try add(schema.ordered(columns))
  }

  /// Adds one transition, given as one tensor a column in the order of the schema.
  /// - Shape: the column's own each
  /// - Throws: `ReplayBufferError.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  /// - Complexity: O(log `capacity`)
  public mutating func add(row: [Tensor]) throws(ReplayBufferError) {
    let before = steps
    try ring.add(row: row)
    follow(before)
  }

  /// Lets the priorities follow the window, which was `before`.
  private mutating func follow(_ before: Range<Int>) {
    // Those that go first: the tree then needs no room for both. Of more than the capacity the first ones never come in.
    let first = steps.lowerBound
    priorities.remove(before.lowerBound..<min(first, before.upperBound))
    priorities.tree.advance(to: first)
    priorities.add(max(first, before.upperBound)..<steps.upperBound)
  }

  /// Draws transitions in proportion to their priorities to the power of `alpha`, with replacement, and the weights that
  /// correct for having been preferred.
  /// - Parameter beta: How much of the preference the weights correct, from 0 to 1.
  /// - Throws: `ReplayBufferError.emptyBuffer`.
  /// - Complexity: O(`count` times log `capacity`)
  /// - Source: Schaul et al. 2016, equation 1 and section 3.4.
  public mutating func sample(count: Int, beta: Double = 0.4) throws(ReplayBufferError) -> TransitionBatch {
    var batch = TransitionBatch()
    try sample(count: count, beta: beta, into: &batch)
    return batch
  }

  /// The same over the transitions of an earlier batch, whose storage is used again.
  /// - Throws: `ReplayBufferError.emptyBuffer`; the batch stays as it was then.
  /// - Complexity: O(`count` times log `capacity`)
  public mutating func sample(
    count: Int, beta: Double = 0.4, into batch: inout TransitionBatch
  ) throws(ReplayBufferError) {
    precondition(count >= 0 && beta >= 0, "a count and a beta of 0 or more, found \(count) and \(beta)")
    guard self.count > 0 else { throw .emptyBuffer }
    batch.fit(schema, count: count)
    priorities.draw(&batch.steps, &draws, using: &generator)
    priorities.tree.weigh(draws.leaves, of: self.count, beta: beta, into: &batch.weights)
    ring.read(&batch)
  }

  /// Gives sampled transitions new priorities, such as the absolute TD errors; of a step given twice the last one holds.
  ///
  /// Transitions that were overwritten since they were sampled are ignored. Priorities below 1e-12 are raised to it.
  /// - Returns: how many were ignored.
  /// - Throws: `ReplayBufferError.unequalCounts`, `.unknownStep` for a number that was never given, `.invalidPriority`
  ///   for one that is not finite. Nothing is changed then.
  /// - Complexity: O(steps times log `capacity`)
  @discardableResult
  public mutating func updatePriorities(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) -> Int {
    try self.priorities.update(steps, priorities)
  }
}

extension PrioritizedReplayBuffer: SavableBuffer {
  /// The buffer at this moment, to be read while this one goes on.
  /// - Complexity: O(pages of priorities); no row and no priority is copied.
  public func snapshot() -> BufferSnapshot {
    let settings = priorities.settings.merging(["generator": generator.state])
    return ring.snapshot(kind: Self.kind, adding: settings, priorities: priorities.tree.snapshot)
  }

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: capacity, alpha and seed.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults = BufferDefaults()) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, layout: .transitions, defaults: defaults)
    ring = try TransitionRing(contents, saved)
    generator = try saved.generator()
    priorities = try Priorities(saved, of: ring.steps, window: ring.steps)
    let all = ring.steps
    ring.trim()
    follow(all)
    try checkInvariants()
  }

  /// Checks that the window fits the capacity, the counters and the priorities.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  /// - Complexity: O(steps)
  public func checkInvariants() throws {
    try ring.checkInvariants()
    try generator.checkInvariants()
    try priorities.checkInvariants(of: steps, window: steps)
  }
}
