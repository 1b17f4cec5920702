internal import Environments
public import ReplayBuffers
internal import StateTree

/// What the steps of a runner's episodes consist of, by the columns of a replay buffer.
public struct EpisodeForm: Sendable, Hashable {
  /// `obs`
  public let observation: ColumnSchema
  /// `actions`
  public let action: ColumnSchema
  /// What a policy keeps with each step, such as `action_logp`.
  public let extras: [ColumnSchema]

  /// The form of episodes in these spaces.
  init(observations: Space, actions: Space, extras: [ColumnSchema] = []) {
    observation = ColumnSchema("obs", observations.dataType, shape: observations.shape)
    action = ColumnSchema("actions", actions.dataType, shape: actions.shape)
    self.extras = extras
  }
}

extension ColumnSchema {
  /// Rows of the column, one behind the other, as a tensor.
  func tensor(_ bytes: [UInt8], _ rows: Int) throws(StateTreeError) -> Tensor {
    try Tensor(dataType, shape: [rows] + shape, bytes: bytes)
  }
}

extension [UInt8] {
  /// Appends one row of a tensor.
  /// - Precondition: The tensor has it.
  mutating func append(row: Int, of tensor: Tensor, bytes: Int) {
    append(contentsOf: tensor.bytes[row * bytes..<(row + 1) * bytes])
  }
}
