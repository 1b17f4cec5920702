public import SystemPackage
public import Zstandard

/// How a checkpoint is written.
public struct CheckpointOptions: Sendable, Equatable {
  /// How many bytes of rows make a segment that is never written again: 16 MiB, which compress in well under a tenth of a
  /// second. Much smaller, and a large buffer has many thousands of files.
  public static let defaultSegmentBytes = 16 << 20
  /// How many bytes on disk of smaller segments a save may write again: 512 KiB.
  ///
  /// Each save leaves a segment with the rows that are new. So that many small saves do not leave many small files, the
  /// next ones write it again with what follows until it has this size: small segments are never more than the buffer's
  /// bytes on disk divided by this, and one.
  public static let defaultRewriteBytes = 512 << 10

  /// How hard to compress. Default 1.
  public var level: CompressionLevel
  /// How many bytes of rows make a segment that is never written again. Default 16 MiB.
  public var segmentBytes: Int
  /// How many bytes on disk of smaller segments a save may write again. Default 512 KiB.
  public var rewriteBytes: Int
  /// Every how many checkpoints with a replay buffer one shares nothing with those before it: 1 for each. Default nil,
  /// for none but those that have nothing to share.
  ///
  /// Checkpoints that share a segment share its blocks on the disk, and a block that goes bad is bad in all of them. With
  /// 10, at most 10 checkpoints in a row share one.
  public var fullCopyEvery: Int?

  /// Options; the defaults suit checkpoints of a running training.
  /// - Precondition: `fullCopyEvery` is 1 or more.
  public init(
    level: CompressionLevel = .default, segmentBytes: Int = CheckpointOptions.defaultSegmentBytes,
    rewriteBytes: Int = CheckpointOptions.defaultRewriteBytes, fullCopyEvery: Int? = nil
  ) {
    precondition(fullCopyEvery ?? 1 > 0, "a full copy every checkpoint or every few")
    self.level = level
    self.segmentBytes = segmentBytes
    self.rewriteBytes = rewriteBytes
    self.fullCopyEvery = fullCopyEvery
  }
}

/// What a save has done; the checkpoint is complete and durable.
public struct SavedCheckpoint: Sendable, Equatable {
  /// The checkpoint's directory.
  public var path: FilePath
  /// Its number.
  public var iteration: Int
  /// The bytes of all its files.
  public var byteCount: Int
  /// The bytes that this save wrote; the others were there and are shared.
  public var bytesWritten: Int
  /// The bytes of the files that it shares with earlier checkpoints by link.
  public var bytesShared: Int
  /// How many segments were written.
  public var segmentsWritten: Int
  /// How many segments of earlier saves it shares.
  public var segmentsReused: Int
  /// What of its rows was written of each replay buffer, by the name of the component.
  public var increments: [String: Increment]
  /// How many segments that no checkpoint uses any more were deleted from the pool afterwards.
  public var segmentsRemoved: Int
  /// What went wrong after the checkpoint was durable, as while deleting segments that nobody uses, and what looks wrong
  /// in it, as a replay buffer that has lost nearly all of its steps since the checkpoint before.
  public var warnings: [String]
}
