import FileSystems
import Synchronization
import SystemPackage

/// A file system that says how much is free, whatever the disk below it has.
final class SmallDisk: FileSystem {
  private let base = POSIXFileSystem()
  private let free = Mutex(Int64.max)

  /// What it says.
  var freeBytes: Int64 {
    get { free.withLock { $0 } }
    set { free.withLock { $0 = newValue } }
  }

  func freeBytes(at path: FilePath) throws(FileSystemError) -> Int64 { freeBytes }

  func open(_ path: FilePath, follow: FollowLinks) throws(FileSystemError) -> OpenFile {
    try base.open(path, follow: follow)
  }
  func openForAppending(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    try base.openForAppending(path, permissions: permissions)
  }
  func create(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    try base.create(path, permissions: permissions)
  }
  func read(_ file: OpenFile, at offset: Int64, into bytes: inout OutputSpan<UInt8>) throws(FileSystemError) {
    try base.read(file, at: offset, into: &bytes)
  }
  func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileSystemError) -> Int { try base.write(bytes, to: file) }
  func sync(_ file: OpenFile) throws(FileSystemError) { try base.sync(file) }
  func syncDirectory(_ path: FilePath) throws(FileSystemError) { try base.syncDirectory(path) }
  func close(_ file: OpenFile) throws(FileSystemError) { try base.close(file) }
  func status(of path: FilePath) throws(FileSystemError) -> FileStatus { try base.status(of: path) }
  func status(of file: OpenFile) throws(FileSystemError) -> FileStatus { try base.status(of: file) }
  func rename(_ source: FilePath, to destination: FilePath, mode: RenameMode) throws(FileSystemError) {
    try base.rename(source, to: destination, mode: mode)
  }
  func link(_ existing: FilePath, as name: FilePath) throws(FileSystemError) { try base.link(existing, as: name) }
  func unlink(_ path: FilePath) throws(FileSystemError) { try base.unlink(path) }
  func createDirectory(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) {
    try base.createDirectory(path, permissions: permissions)
  }
  func removeDirectory(_ path: FilePath) throws(FileSystemError) { try base.removeDirectory(path) }
  func list(_ directory: FilePath, follow: FollowLinks) throws(FileSystemError) -> [DirectoryEntry] {
    try base.list(directory, follow: follow)
  }
  func lock(_ file: OpenFile) throws(FileSystemError) { try base.lock(file) }
  func unlock(_ file: OpenFile) throws(FileSystemError) { try base.unlock(file) }
  func isLocked(_ file: OpenFile) throws(FileSystemError) -> Bool { try base.isLocked(file) }
  func allocate(_ byteCount: Int64, for file: OpenFile) throws(FileSystemError) {
    try base.allocate(byteCount, for: file)
  }
  func truncate(_ file: OpenFile, to byteCount: Int64) throws(FileSystemError) {
    try base.truncate(file, to: byteCount)
  }
  func setPermissions(_ permissions: FilePermissions, of file: OpenFile) throws(FileSystemError) {
    try base.setPermissions(permissions, of: file)
  }
  var creationMask: FilePermissions { base.creationMask }
}
