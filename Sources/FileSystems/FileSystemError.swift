public import SystemPackage

/// A call on a file that failed: what was attempted, on which path, where in the file, and why.
public struct FileSystemError: Error, Hashable, Sendable {
  /// The call, in the words of `FileSystem`.
  public enum Operation: String, Hashable, Sendable, CaseIterable {
    /// `open`
    case open
    /// `openForAppending`
    case openForAppending
    /// `create`
    case create
    /// `read`
    case read
    /// `write`
    case write
    /// `sync`
    case sync
    /// `syncDirectory`
    case syncDirectory
    /// `close`
    case close
    /// `status`
    case status
    /// `rename`
    case rename
    /// `link`
    case link
    /// `unlink`
    case unlink
    /// `createDirectory`
    case createDirectory
    /// `removeDirectory`
    case removeDirectory
    /// `list`
    case list
    /// `lock`
    case lock
    /// `allocate`
    case allocate
    /// `truncate`
    case truncate
    /// `freeBytes`
    case freeBytes
    /// `setPermissions`
    case setPermissions
    /// A name from a file or manifest was judged before any call was made.
    case checkName
  }

  /// Why the call failed.
  public enum Reason: Hashable, Sendable {
    /// The system refused with this code.
    case system(Errno)
    /// The path names something that is not a regular file.
    case notRegular(FileKind)
    /// The path names a symbolic link, and links are not followed here.
    case isLink
    /// Another open file description holds the lock.
    case locked
    /// The file ended before the bytes that were asked for.
    case ended(expected: Int, found: Int)
    /// The file has at least `found` bytes, more than the caller takes.
    case tooLarge(found: Int64, limit: Int)
    /// The directory has more entries than `FileSystem.list` returns.
    case tooManyEntries(limit: Int)
    /// The system took no bytes and gave no reason.
    case wroteNothing
    /// The name is not one plain component.
    case invalidName(Filename.Fault)
  }

  /// What was attempted.
  public var operation: Operation
  /// The path it was attempted on.
  public var path: FilePath
  /// The second path of a rename or link.
  public var destination: FilePath?
  /// The byte of the file, where known.
  public var offset: Int64?
  /// Why it failed.
  public var reason: Reason
  /// The bytes that were still to be written when space ran out, where known.
  public var bytesNeeded: Int64?
  /// The bytes that were free then, where known.
  public var bytesFree: Int64?

  /// Describes a failed call.
  public init(
    _ operation: Operation, _ path: FilePath, to destination: FilePath? = nil, at offset: Int64? = nil, _ reason: Reason
  ) {
    self.operation = operation
    self.path = path
    self.destination = destination
    self.offset = offset
    self.reason = reason
  }

  /// Describes a call that the system refused, with the codes that mean more than themselves translated.
  public init(
    _ operation: Operation, _ path: FilePath, to destination: FilePath? = nil, at offset: Int64? = nil, code: Errno
  ) {
    let reason: Reason =
      switch (operation, code) {
      case (.lock, .resourceTemporarilyUnavailable), (.lock, .permissionDenied): .locked
      case (.open, .isDirectory), (.openForAppending, .isDirectory): .notRegular(.directory)
      case (.open, .noSuchAddressOrDevice), (.openForAppending, .noSuchAddressOrDevice): .notRegular(.socket)
      default: .system(code)
      }
    self.init(operation, path, to: destination, at: offset, reason)
  }

  /// The system's code, if the system refused.
  public var code: Errno? {
    guard case .system(let code) = reason else { return nil }
    return code
  }
}
