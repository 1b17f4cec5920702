public import FileSystems
public import SystemPackage

extension GatedFileSystem {
  /// Opens a regular file for reading.
  public func open(_ path: FilePath, follow: FollowLinks) throws(FileSystemError) -> OpenFile {
    try base.open(path, follow: follow)
  }

  /// Opens or creates a regular file for appending.
  public func openForAppending(
    _ path: FilePath, permissions: FilePermissions
  ) throws(FileSystemError) -> OpenFile { try base.openForAppending(path, permissions: permissions) }

  /// Creates a file that did not exist.
  public func create(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    try base.create(path, permissions: permissions)
  }

  /// Reads once.
  public func read(
    _ file: OpenFile, at offset: Int64, into bytes: inout OutputSpan<UInt8>
  ) throws(FileSystemError) { try base.read(file, at: offset, into: &bytes) }

  /// Makes the contents of a file durable.
  public func sync(_ file: OpenFile) throws(FileSystemError) { try base.sync(file) }

  /// Makes the names in a directory durable.
  public func syncDirectory(_ path: FilePath) throws(FileSystemError) { try base.syncDirectory(path) }

  /// Closes a file.
  public func close(_ file: OpenFile) throws(FileSystemError) { try base.close(file) }

  /// Describes what a path names.
  public func status(of path: FilePath) throws(FileSystemError) -> FileStatus { try base.status(of: path) }

  /// Describes an open file.
  public func status(of file: OpenFile) throws(FileSystemError) -> FileStatus { try base.status(of: file) }

  /// Gives a file or directory another name.
  public func rename(_ source: FilePath, to destination: FilePath, mode: RenameMode) throws(FileSystemError) {
    try base.rename(source, to: destination, mode: mode)
  }

  /// Gives a file a second name.
  public func link(_ existing: FilePath, as name: FilePath) throws(FileSystemError) {
    try base.link(existing, as: name)
  }

  /// Deletes a name.
  public func unlink(_ path: FilePath) throws(FileSystemError) { try base.unlink(path) }

  /// Creates a directory.
  public func createDirectory(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) {
    try base.createDirectory(path, permissions: permissions)
  }

  /// Deletes an empty directory.
  public func removeDirectory(_ path: FilePath) throws(FileSystemError) { try base.removeDirectory(path) }

  /// Lists a directory.
  public func list(_ directory: FilePath, follow: FollowLinks) throws(FileSystemError) -> [DirectoryEntry] {
    try base.list(directory, follow: follow)
  }

  /// Locks a file for this open file description.
  public func lock(_ file: OpenFile) throws(FileSystemError) { try base.lock(file) }

  /// Gives up the lock of a file.
  public func unlock(_ file: OpenFile) throws(FileSystemError) { try base.unlock(file) }

  /// Asks for the lock of a file without taking it.
  public func isLocked(_ file: OpenFile) throws(FileSystemError) -> Bool { try base.isLocked(file) }

  /// Reserves room for a file.
  public func allocate(_ byteCount: Int64, for file: OpenFile) throws(FileSystemError) {
    try base.allocate(byteCount, for: file)
  }

  /// Sets the size of a file.
  public func truncate(_ file: OpenFile, to byteCount: Int64) throws(FileSystemError) {
    try base.truncate(file, to: byteCount)
  }

  /// The bytes that may still be written.
  public func freeBytes(at path: FilePath) throws(FileSystemError) -> Int64 { try base.freeBytes(at: path) }

  /// Sets the permissions of a file.
  public func setPermissions(_ permissions: FilePermissions, of file: OpenFile) throws(FileSystemError) {
    try base.setPermissions(permissions, of: file)
  }

  /// The permissions withheld from new files.
  public var creationMask: FilePermissions { base.creationMask }
}
