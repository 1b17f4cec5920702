public import SystemPackage

/// A file that a `FileSystem` has open, until it closes it.
public struct OpenFile: Hashable, Sendable {
  /// The number the file system knows it by; for `POSIXFileSystem` the descriptor.
  public let number: Int
  /// The path it was opened by, for messages.
  public let path: FilePath

  /// Names an open file; only implementations of `FileSystem` need this.
  public init(number: Int, path: FilePath) {
    self.number = number
    self.path = path
  }
}

/// Whether a link at the last component of a path may be followed.
public enum FollowLinks: Hashable, Sendable {
  /// For names found in directories and files: a link is refused.
  case never
  /// For a path that the user typed: a link is the user's own decision.
  case userPath
}

/// What happens to something that already has the destination's name.
public enum RenameMode: Hashable, Sendable {
  /// It is replaced.
  case replace
  /// It stays, and the rename fails.
  case noReplace
  /// Source and destination swap names.
  case exchange
}
