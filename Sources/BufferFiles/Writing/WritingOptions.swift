public import FileSystems
public import Zstandard

/// How a file is written.
public struct WritingOptions: Sendable {
  /// How hard to compress. Default 1.
  public var level: CompressionLevel
  /// What happens to a file of the same name. Default: it is replaced once the new one is whole.
  public var existing: CommittedFile.Existing

  /// Options; the defaults suit dumps of a running training.
  public init(level: CompressionLevel = .default, existing: CommittedFile.Existing = .replace) {
    self.level = level
    self.existing = existing
  }
}
