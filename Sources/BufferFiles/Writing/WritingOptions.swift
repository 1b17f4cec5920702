public import FileSystems
public import Zstandard

/// How a file is written.
public struct WritingOptions: Sendable {
  /// How hard to compress. Default 1.
  public var level: CompressionLevel
  /// How the bytes of columns are ordered before they are compressed. Default nil: as msgpack-numpy reads them.
  public var filter: ByteFilter?
  /// How many threads compress. Default: one for each processor, at most 4.
  public var workers: WorkerCount
  /// What happens to a file of the same name. Default: it is replaced once the new one is whole.
  public var existing: CommittedFile.Existing

  /// Options; the defaults suit dumps of a running training.
  public init(
    level: CompressionLevel = .default, filter: ByteFilter? = nil, workers: WorkerCount = .automatic,
    existing: CommittedFile.Existing = .replace
  ) {
    self.level = level
    self.filter = filter
    self.workers = workers
    self.existing = existing
  }
}
