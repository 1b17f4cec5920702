public import StateTree

/// A buffer of transitions in the order of adding, out of which `MixInReplayBuffer` can also return what is new.
public protocol MixableBuffer: SavableBuffer, Sendable {
  /// The step numbers of the transitions held; the upper bound is the number of the next one.
  var steps: Range<Int> { get }

  /// Adds transitions, given as one tensor a column in the order of the schema. The oldest beyond the capacity go.
  /// - Shape: `[n] + column shape` each
  /// - Throws: `ReplayBufferError` for other columns; nothing is added then.
  mutating func add(_ columns: [Tensor]) throws(ReplayBufferError)

  /// Adds one transition, given as one tensor a column in the order of the schema.
  /// - Shape: the column's own each
  /// - Throws: `ReplayBufferError` for other columns; nothing is added then.
  mutating func add(row: [Tensor]) throws(ReplayBufferError)

  /// The transitions of these steps, one tensor a column in the order of the schema.
  /// - Shape: `[steps.count] + column shape` each
  /// - Precondition: The steps are held.
  func columns(of steps: Range<Int>) -> [Tensor]
}

extension ReplayBuffer: MixableBuffer {
  /// The transitions of these steps, one tensor a column in the order of the schema.
  /// - Shape: `[steps.count] + column shape` each
  /// - Precondition: The steps are held.
  /// - Complexity: O(steps)
  public func columns(of steps: Range<Int>) -> [Tensor] { ring.log.rows(steps) }
}

extension PrioritizedReplayBuffer: MixableBuffer {
  /// The transitions of these steps, one tensor a column in the order of the schema.
  /// - Shape: `[steps.count] + column shape` each
  /// - Precondition: The steps are held.
  /// - Complexity: O(steps)
  public func columns(of steps: Range<Int>) -> [Tensor] { ring.log.rows(steps) }
}
