public import SystemPackage
public import Zstandard

/// How a checkpoint is written.
public struct CheckpointOptions: Sendable, Equatable {
  /// How many bytes of rows make a segment that is never written again.
  ///
  /// The rows behind the last such segment are written anew by every save, so it bounds what a save writes twice: 16 MiB
  /// compress in well under a tenth of a second. Much smaller, and a large buffer has many thousands of files.
  public static let defaultSegmentBytes = 16 << 20

  /// How hard to compress. Default 1.
  public var level: CompressionLevel
  /// How many bytes of rows make a segment that is never written again. Default 16 MiB.
  public var segmentBytes: Int

  /// Options; the defaults suit checkpoints of a running training.
  public init(level: CompressionLevel = .default, segmentBytes: Int = CheckpointOptions.defaultSegmentBytes) {
    self.level = level
    self.segmentBytes = segmentBytes
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
  /// How many segments that no checkpoint uses any more were deleted from the pool afterwards.
  public var segmentsRemoved: Int
  /// What went wrong after the checkpoint was durable, as while deleting segments that nobody uses.
  public var warnings: [String]
}
