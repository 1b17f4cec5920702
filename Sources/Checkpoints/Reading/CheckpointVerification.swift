public import SystemPackage

/// What came of reading every byte of a checkpoint.
public struct CheckpointVerification: Sendable, Equatable {
  /// Something that is not as it was saved.
  public struct Damage: Sendable, Equatable, CustomStringConvertible {
    /// The file, as the manifest names it.
    public var file: String
    /// What is wrong with it.
    public var reason: String

    /// Damage to a file.
    public init(file: String, reason: String) {
      self.file = file
      self.reason = reason
    }

    /// File and reason.
    public var description: String { "\(file): \(reason)" }
  }

  /// The checkpoint.
  public var path: FilePath
  /// How many files were read.
  public var fileCount: Int
  /// How many bytes were read.
  public var byteCount: Int
  /// All damage found, in the order of the manifest.
  public var damage: [Damage]
  /// What lies in the directory and is in no manifest; no damage.
  public var unknownFiles: [String]
  /// Segments that were found in the experiment's pool instead of the checkpoint; no damage.
  public var segmentsFromPool: [String]

  /// Whether every file is as it was saved.
  public var isVerified: Bool { damage.isEmpty }
}
