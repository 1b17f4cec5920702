public import SystemPackage

/// Every call on files that the project makes; the POSIX one ships, one that fails call N is for tests.
///
/// Each requirement is one attempt at one call: an interrupted one throws `Errno.interrupted`, a write may be short.
/// The extensions (`readAll`, `writeAll`, `read(exactly:)`, `CommittedFile`) and `uninterrupted` deal with both.
public protocol FileSystem: Sendable {
  /// Opens a regular file for reading.
  /// - Throws: `.notRegular` for a directory, FIFO (without waiting for its writer), socket or device; `.isLink` with
  ///   `.never`.
  /// - Source: open(2) with `O_NONBLOCK`, then fstat(2) on what was opened.
  func open(_ path: FilePath, follow: FollowLinks) throws(FileSystemError) -> OpenFile

  /// Opens a regular file for appending, and creates it if it is missing; also what a lock file is opened with.
  /// - Throws: `.notRegular`; `.isLink`, since a link is never followed here.
  /// - Source: open(2) with `O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK`.
  func openForAppending(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile

  /// Creates a file that did not exist, for writing and for reading back.
  /// - Throws: `.system(.fileExists)`, also when the name is a link, wherever that points.
  /// - Source: open(2) with `O_CREAT | O_EXCL`.
  func create(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile

  /// Reads at most as many bytes as `bytes` has room for and appends them to it; none appended means the file ended.
  /// - Source: pread(2)
  func read(_ file: OpenFile, at offset: Int64, into bytes: inout OutputSpan<UInt8>) throws(FileSystemError)

  /// Writes at the file's own offset, which moves on, and returns how many bytes were taken.
  /// - Source: write(2)
  func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileSystemError) -> Int

  /// Has the system begin to bring bytes of a file to the disk, so that a later `sync` finds little to do. A hint: it
  /// promises nothing and reports nothing.
  /// - Source: sync_file_range(2), `SYNC_FILE_RANGE_WRITE`
  func startWriteback(_ file: OpenFile, from offset: Int64, byteCount: Int64)

  /// Makes the contents of a file durable. A failed sync says nothing about a later one: never retry, write anew.
  /// - Source: fsync(2)
  func sync(_ file: OpenFile) throws(FileSystemError)

  /// Makes the names in a directory durable.
  /// - Source: fsync(2) on a directory
  func syncDirectory(_ path: FilePath) throws(FileSystemError)

  /// Closes a file and lets go of its lock, also when it throws: the number is never valid afterwards.
  /// - Source: close(2)
  func close(_ file: OpenFile) throws(FileSystemError)

  /// Describes what a path names, itself if it is a link.
  /// - Source: lstat(2)
  func status(of path: FilePath) throws(FileSystemError) -> FileStatus

  /// Describes an open file.
  /// - Source: fstat(2)
  func status(of file: OpenFile) throws(FileSystemError) -> FileStatus

  /// Gives a file or directory another name.
  /// - Throws: `.system(.fileExists)` with `.noReplace` when the destination exists.
  /// - Source: rename(2), renameat2(2)
  func rename(_ source: FilePath, to destination: FilePath, mode: RenameMode) throws(FileSystemError)

  /// Gives a file a second name.
  /// - Throws: `.system(.tooManyLinks)`, `.system(.improperLink)` (another file system): copy instead.
  /// - Source: link(2)
  func link(_ existing: FilePath, as name: FilePath) throws(FileSystemError)

  /// Deletes a name, a link itself, never what it points to.
  /// - Source: unlink(2)
  func unlink(_ path: FilePath) throws(FileSystemError)

  /// Creates a directory.
  /// - Source: mkdir(2)
  func createDirectory(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError)

  /// Deletes an empty directory.
  /// - Source: rmdir(2)
  func removeDirectory(_ path: FilePath) throws(FileSystemError)

  /// Lists a directory without `.` and `..`, sorted by the bytes of the names.
  /// - Throws: `.tooManyEntries` beyond `DirectoryEntry.limit`; a hostile directory costs bounded memory.
  /// - Source: readdir(3)
  func list(_ directory: FilePath, follow: FollowLinks) throws(FileSystemError) -> [DirectoryEntry]

  /// Locks a file opened for appending or created, for this open file description alone, without waiting.
  /// - Throws: `.locked` if another open file description, in this process or another, holds the lock.
  /// - Source: fcntl(2), `F_OFD_SETLK`
  func lock(_ file: OpenFile) throws(FileSystemError)

  /// Gives up the lock of a file. Closing alone does not while a process that was forked meanwhile has the file open.
  /// - Source: fcntl(2), `F_OFD_SETLK` with `F_UNLCK`
  func unlock(_ file: OpenFile) throws(FileSystemError)

  /// Whether another open file description holds a lock of a file, which may be open for reading alone. It takes none, so
  /// that nobody who wants the lock is disturbed.
  /// - Source: fcntl(2), `F_OFD_GETLK`
  func isLocked(_ file: OpenFile) throws(FileSystemError) -> Bool

  /// Reserves room for a file of that size without changing its size; does nothing where that is not supported.
  /// - Source: fallocate(2) with `FALLOC_FL_KEEP_SIZE`
  func allocate(_ byteCount: Int64, for file: OpenFile) throws(FileSystemError)

  /// Cuts a file to a size, or extends it with zeros, and gives reserved room beyond it back.
  /// - Source: ftruncate(2)
  func truncate(_ file: OpenFile, to byteCount: Int64) throws(FileSystemError)

  /// The bytes that an ordinary user may still write to the file system of this path.
  /// - Source: statvfs(3), `f_bavail * f_frsize`
  func freeBytes(at path: FilePath) throws(FileSystemError) -> Int64

  /// Sets the permissions of an open file.
  /// - Source: fchmod(2)
  func setPermissions(_ permissions: FilePermissions, of file: OpenFile) throws(FileSystemError)

  /// The permissions that the user wants withheld from new files.
  /// - Source: umask(2), read from `/proc/self/status`
  var creationMask: FilePermissions { get }
}

extension FileSystem {
  /// File systems that have no use for the hint do nothing.
  public func startWriteback(_ file: OpenFile, from offset: Int64, byteCount: Int64) {}

  /// Opens a regular file for reading; a link at the last component is refused.
  /// - Throws: as `open(_:follow:)`.
  public func open(_ path: FilePath) throws(FileSystemError) -> OpenFile {
    try open(path, follow: .never)
  }

  /// Creates a file that only its owner may read.
  /// - Throws: as `create(_:permissions:)`.
  public func create(_ path: FilePath) throws(FileSystemError) -> OpenFile {
    try create(path, permissions: .ownerReadWrite)
  }

  /// Opens a regular file for appending; a new one gets 0666 less the user's mask.
  /// - Throws: as `openForAppending(_:permissions:)`.
  public func openForAppending(_ path: FilePath) throws(FileSystemError) -> OpenFile {
    try openForAppending(path, permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
  }

  /// Creates a directory with 0777 less the user's mask.
  /// - Throws: as `createDirectory(_:permissions:)`.
  public func createDirectory(_ path: FilePath) throws(FileSystemError) {
    try createDirectory(
      path, permissions: [.ownerReadWriteExecute, .groupReadWriteExecute, .otherReadWriteExecute])
  }

  /// Lists a directory; a link at the last component is refused.
  /// - Throws: as `list(_:follow:)`.
  public func list(_ directory: FilePath) throws(FileSystemError) -> [DirectoryEntry] {
    try list(directory, follow: .never)
  }
}
