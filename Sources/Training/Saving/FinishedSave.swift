public import Checkpoints
public import SystemPackage

/// A dump or checkpoint that is durable: from the moment it is one of these it survives a kill and a loss of power.
public struct FinishedSave: Sendable, Equatable {
  /// What was saved.
  public enum Kind: String, Sendable, Hashable, Codable {
    /// The replay buffer alone, in a file.
    case dump
    /// The whole run, in a directory.
    case checkpoint
  }

  /// What was saved.
  public var kind: Kind
  /// The file or directory.
  public var path: FilePath
  /// The iteration at whose end the run was as it was saved.
  public var iteration: Int
  /// The steps ever added to the replay buffer by then.
  public var insertionCount: Int
  /// The bytes of all its files.
  public var byteCount: Int
  /// The bytes that were written for it.
  public var bytesWritten: Int
  /// The bytes that it shares with earlier checkpoints.
  public var bytesShared: Int
  /// How long training stood still: for the snapshot, and before it for an earlier save if it had to wait for one.
  public var stall: Duration
  /// How long writing and syncing took, beside the training or not.
  public var duration: Duration
  /// What saving a checkpoint did; nil for a dump.
  public var checkpoint: SavedCheckpoint?
}

extension FinishedSave {
  /// A checkpoint.
  init(_ checkpoint: SavedCheckpoint, insertionCount: Int, stall: Duration, duration: Duration) {
    self.init(
      kind: .checkpoint, path: checkpoint.path, iteration: checkpoint.iteration, insertionCount: insertionCount,
      byteCount: checkpoint.byteCount, bytesWritten: checkpoint.bytesWritten, bytesShared: checkpoint.bytesShared,
      stall: stall, duration: duration, checkpoint: checkpoint)
  }

  /// The group of its kind in results.
  static func group(of kind: Kind) -> String {
    switch kind {
    case .dump: "dump_replay_buffer"
    case .checkpoint: "save_checkpoint"
    }
  }
}
