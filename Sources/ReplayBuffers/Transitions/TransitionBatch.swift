public import StateTree

/// A sample of transitions.
public struct TransitionBatch: Sendable, Equatable {
  /// The step number of each transition.
  /// - Shape: `[count]`
  public let steps: [Int]
  /// The columns of the buffer by name.
  /// - Shape: `[count] + column shape` each
  public let columns: [StateKey: Tensor]

  /// A sample from its parts.
  public init(steps: [Int], columns: [StateKey: Tensor]) {
    self.steps = steps
    self.columns = columns
  }

  /// The column of this name, or nil.
  public subscript(name: StateKey) -> Tensor? { columns[name] }
}
