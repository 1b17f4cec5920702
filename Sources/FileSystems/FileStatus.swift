public import SystemPackage

/// What a path or an open file is.
public enum FileKind: String, Hashable, Sendable, CaseIterable {
  /// A file with bytes.
  case regular = "regular file"
  /// A directory.
  case directory
  /// A symbolic link.
  case link = "symbolic link"
  /// A named pipe.
  case fifo = "FIFO"
  /// A socket.
  case socket
  /// A terminal, `/dev/null` and the like.
  case characterDevice = "character device"
  /// A disk.
  case blockDevice = "block device"
  /// Something this version does not know.
  case unknown = "file of an unknown kind"
}

/// What the file system knows about a file.
public struct FileStatus: Hashable, Sendable {
  /// What it is.
  public var kind: FileKind
  /// Its size in bytes.
  public var byteCount: Int64
  /// When its contents last changed, in seconds since 1970.
  public var modificationSeconds: Int64
  /// The device it lies on; with `inode` its identity.
  public var device: UInt64
  /// Its number on that device.
  public var inode: UInt64
  /// How many names it has.
  public var linkCount: Int
  /// Who may do what with it.
  public var permissions: FilePermissions

  /// Describes a file; only implementations of `FileSystem` need this.
  public init(
    kind: FileKind, byteCount: Int64, modificationSeconds: Int64, device: UInt64, inode: UInt64, linkCount: Int,
    permissions: FilePermissions
  ) {
    self.kind = kind
    self.byteCount = byteCount
    self.modificationSeconds = modificationSeconds
    self.device = device
    self.inode = inode
    self.linkCount = linkCount
    self.permissions = permissions
  }
}

/// One name in a directory.
public struct DirectoryEntry: Hashable, Sendable {
  /// The most entries that `FileSystem.list` returns: 100,000.
  public static let limit = 100_000

  /// The name, byte for byte.
  public var name: FilePath.Component
  /// What it names, itself if it is a link.
  public var kind: FileKind

  /// Names an entry; only implementations of `FileSystem` need this.
  public init(name: FilePath.Component, kind: FileKind) {
    self.name = name
    self.kind = kind
  }
}
