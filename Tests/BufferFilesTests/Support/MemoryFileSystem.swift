import FileSystems
import SystemPackage

/// One file in memory, for reading only: a hundred thousand damaged copies cost no disk.
struct MemoryFileSystem: FileSystem {
  let bytes: [UInt8]

  func open(_ path: FilePath, follow: FollowLinks) -> OpenFile { OpenFile(number: 0, path: path) }
  func read(_ file: OpenFile, at offset: Int64, into output: inout OutputSpan<UInt8>) {
    guard offset < bytes.count else { return }
    for byte in bytes[Int(offset)..<min(Int(offset) + output.freeCapacity, bytes.count)] { output.append(byte) }
  }
  func close(_ file: OpenFile) {}
  func status(of file: OpenFile) -> FileStatus {
    FileStatus(
      kind: .regular, byteCount: Int64(bytes.count), modificationSeconds: 0, device: 0, inode: 0, linkCount: 1,
      permissions: .ownerRead)
  }

  private func refusal(_ operation: FileSystemError.Operation, _ path: FilePath) -> FileSystemError {
    FileSystemError(operation, path, code: .readOnlyFileSystem)
  }
  func openForAppending(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    throw refusal(.openForAppending, path)
  }
  func create(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    throw refusal(.create, path)
  }
  func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileSystemError) -> Int {
    throw refusal(.write, file.path)
  }
  func sync(_ file: OpenFile) throws(FileSystemError) { throw refusal(.sync, file.path) }
  func syncDirectory(_ path: FilePath) throws(FileSystemError) { throw refusal(.syncDirectory, path) }
  func status(of path: FilePath) throws(FileSystemError) -> FileStatus { throw refusal(.status, path) }
  func rename(_ source: FilePath, to destination: FilePath, mode: RenameMode) throws(FileSystemError) {
    throw refusal(.rename, source)
  }
  func link(_ existing: FilePath, as name: FilePath) throws(FileSystemError) { throw refusal(.link, existing) }
  func unlink(_ path: FilePath) throws(FileSystemError) { throw refusal(.unlink, path) }
  func createDirectory(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) {
    throw refusal(.createDirectory, path)
  }
  func removeDirectory(_ path: FilePath) throws(FileSystemError) { throw refusal(.removeDirectory, path) }
  func list(_ directory: FilePath, follow: FollowLinks) throws(FileSystemError) -> [DirectoryEntry] {
    throw refusal(.list, directory)
  }
  func lock(_ file: OpenFile) throws(FileSystemError) { throw refusal(.lock, file.path) }
  func unlock(_ file: OpenFile) throws(FileSystemError) { throw refusal(.lock, file.path) }
  func isLocked(_ file: OpenFile) throws(FileSystemError) -> Bool { throw refusal(.lock, file.path) }
  func allocate(_ byteCount: Int64, for file: OpenFile) throws(FileSystemError) { throw refusal(.allocate, file.path) }
  func truncate(_ file: OpenFile, to byteCount: Int64) throws(FileSystemError) { throw refusal(.truncate, file.path) }
  func freeBytes(at path: FilePath) throws(FileSystemError) -> Int64 { throw refusal(.freeBytes, path) }
  func setPermissions(_ permissions: FilePermissions, of file: OpenFile) throws(FileSystemError) {
    throw refusal(.setPermissions, file.path)
  }
  var creationMask: FilePermissions { [] }
}
