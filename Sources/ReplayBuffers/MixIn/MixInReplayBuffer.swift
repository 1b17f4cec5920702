public import StateTree

/// A buffer whose batches mix the newest transitions, each returned once, with replayed ones.
///
/// Everything added goes into the wrapped buffer, and waits besides to be returned as new, in the order of adding. Of
/// what is returned a share of `replayRatio` is drawn by the wrapped buffer's own sampling, out of all it holds; the rest
/// are the transitions that have waited longest. With a ratio of 0 nothing is replayed, 0.5 is one replayed for each new
/// one, 0.66 about two, 1 replay alone. What the wrapped buffer evicts does not wait any longer.
///
/// RLlib rounds the share of each batch up or down at random and returns a short batch where too few are new; here it is
/// rounded so that the share of all batches together is always right to within one transition, and a batch is whole or an
/// error. RLlib's state cannot be restored; here it is exact, with what waits.
/// - Source: RLlib's `MultiAgentMixInReplayBuffer`.
public struct MixInReplayBuffer<Buffer: MixableBuffer>: Sendable {
  /// The share of replayed transitions among the returned ones, from 0 to 1.
  public let replayRatio: Double
  /// The wrapped buffer, with everything that can be replayed.
  public internal(set) var buffer: Buffer
  /// How many transitions were ever returned, new and replayed.
  public internal(set) var returnedCount = 0
  /// From this step number on nothing was returned as new yet.
  var nextNewest: Int

  /// A mix of what will be added to `buffer` and of what it replays. What it holds already counts as returned.
  /// - Parameter replayRatio: The share of replayed transitions among the returned ones, as in RLlib 0.66 by default.
  /// - Precondition: `replayRatio` lies in `0...1`.
  public init(_ buffer: Buffer, replayRatio: Double = 0.66) {
    precondition((0...1).contains(replayRatio), "a replay ratio from 0 to 1, found \(replayRatio)")
    (self.buffer, self.replayRatio) = (buffer, replayRatio)
    nextNewest = buffer.steps.upperBound
  }

  /// The columns.
  public var schema: BufferSchema { buffer.schema }
  /// The most transitions held, those that wait among them.
  /// - Units: steps.
  public var capacity: Int { buffer.capacity }
  /// How many transitions are held, those that wait among them.
  public var count: Int { buffer.count }
  /// The step numbers of the transitions held, those that wait among them.
  public var steps: Range<Int> { buffer.steps }
  /// The step numbers of the transitions that wait to be returned as new, the next one first.
  public var waiting: Range<Int> { max(nextNewest, steps.lowerBound)..<steps.upperBound }

  /// Adds transitions, given as one tensor a column in the order of the schema. The oldest beyond the capacity go.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  /// - Complexity: that of the wrapped buffer
  public mutating func add(_ columns: [Tensor]) throws(ReplayBufferError) { try buffer.add(columns) }

  /// Adds transitions, given by the names of their columns.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError.unknownColumn`, `.missingColumn`, `.columnMismatch`; nothing is added then.
  /// - Complexity: that of the wrapped buffer
  public mutating func add(_ columns: [StateKey: Tensor]) throws(ReplayBufferError) {
    try add(schema.ordered(columns))
  }

  /// Adds one transition, given as one tensor a column in the order of the schema.
  /// - Shape: the column's own each
  /// - Throws: `ReplayBufferError.wrongColumnCount`, `.columnMismatch`; nothing is added then.
  public mutating func add(row: [Tensor]) throws(ReplayBufferError) { try buffer.add(row: row) }
}
