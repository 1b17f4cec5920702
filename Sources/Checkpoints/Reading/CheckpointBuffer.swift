public import ReplayBuffers
public import StateTree

/// A replay buffer in a checkpoint: the rows and the state that were saved, read when they are asked for.
///
/// Rows are read segment by segment; at most two of them are open, each with the row group that was read last, so that
/// going through the rows in order decompresses each group once.
public struct CheckpointBuffer: BufferContents {
  /// The type that made the buffer.
  public let kind: String
  /// How the rows lie.
  public let layout: BufferLayout
  /// The columns.
  public let schema: BufferSchema
  /// How many rows there are.
  public let rowCount: Int

  /// Everything but the rows.
  public func state() -> StateValue { .nil }

  /// Some rows.
  /// - Throws: `CheckpointError` for a segment that is missing or damaged.
  public func rows(_ range: Range<Int>) throws -> RowBatch {
    preconditionFailure("later")
  }
}
