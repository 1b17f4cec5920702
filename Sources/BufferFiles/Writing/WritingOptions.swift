public import FileSystems
public import Zstandard

/// How a file is written.
public struct WritingOptions: Sendable {
  /// What happens to a dump that would be replaced by one with less than a tenth of its rows.
  public enum Shrinking: Hashable, Sendable {
    /// It stays, and that is an error: an empty replay buffer is more often a mistake than a wish.
    case refuse
    /// It is replaced like any other.
    case allow
  }

  /// How hard to compress. Default 1.
  public var level: CompressionLevel
  /// How the bytes of columns are ordered before they are compressed. Default nil: as msgpack-numpy reads them.
  public var filter: ByteFilter?
  /// How many threads compress. Default: one for each processor, at most 4.
  public var workers: WorkerCount
  /// What happens to a file of the same name. Default: it is replaced once the new one is whole.
  public var existing: CommittedFile.Existing
  /// What happens to a dump that would be replaced by one with less than a tenth of its rows. Default: it stays.
  public var shrinking: Shrinking
  /// What is durable when the file is written; whoever asks for less than its name syncs the rest for many files at once.
  package var durability = CommittedFile.Durability.name

  /// Options; the defaults suit dumps of a running training.
  public init(
    level: CompressionLevel = .default, filter: ByteFilter? = nil, workers: WorkerCount = .automatic,
    existing: CommittedFile.Existing = .replace, shrinking: Shrinking = .refuse
  ) {
    self.level = level
    self.filter = filter
    self.workers = workers
    self.existing = existing
    self.shrinking = shrinking
  }
}
