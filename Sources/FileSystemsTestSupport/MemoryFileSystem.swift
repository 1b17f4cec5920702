public import FileSystems
public import SystemPackage

/// Files in memory, for reading only: a hundred thousand damaged copies of a file cost no disk.
public struct MemoryFileSystem: FileSystem {
  private let contents: [[UInt8]]
  private let numbers: [FilePath: Int]
  private let directories: [FilePath: [DirectoryEntry]]

  /// A file system with these files, and with the directories above them.
  public init(_ files: [FilePath: [UInt8]]) {
    var (contents, numbers): ([[UInt8]], [FilePath: Int]) = ([], [:])
    var directories: [FilePath: [DirectoryEntry]] = [:]
    for (path, bytes) in files {
      numbers[path] = contents.count
      contents.append(bytes)
      var (inner, kind) = (path, FileKind.regular)
      while let name = inner.lastComponent {
        inner.removeLastComponent()
        let isNew = directories[inner] == nil
        directories[inner, default: []].append(DirectoryEntry(name: name, kind: kind))
        guard isNew else { break }
        kind = .directory
      }
    }
    self.contents = contents
    self.numbers = numbers
    self.directories = directories.mapValues { entries in
      entries.sorted { $0.name.string.utf8.lexicographicallyPrecedes($1.name.string.utf8) }
    }
  }

  /// Opens a file by its number.
  public func open(_ path: FilePath, follow: FollowLinks) throws(FileSystemError) -> OpenFile {
    if let number = numbers[path] { return OpenFile(number: number, path: path) }
    throw FileSystemError(.open, path, code: directories[path] == nil ? .noSuchFileOrDirectory : .isDirectory)
  }

  /// Reads all that there is room for.
  public func read(_ file: OpenFile, at offset: Int64, into output: inout OutputSpan<UInt8>) {
    let bytes = contents[file.number]
    guard offset < bytes.count else { return }
    for byte in bytes[Int(offset)..<min(Int(offset) + output.freeCapacity, bytes.count)] { output.append(byte) }
  }

  /// Does nothing.
  public func close(_ file: OpenFile) {}

  /// A regular file of the size of its bytes.
  public func status(of file: OpenFile) -> FileStatus {
    status(.regular, number: file.number, byteCount: contents[file.number].count)
  }

  /// A regular file or a directory.
  public func status(of path: FilePath) throws(FileSystemError) -> FileStatus {
    if let number = numbers[path] { return status(.regular, number: number, byteCount: contents[number].count) }
    guard directories[path] != nil else { throw FileSystemError(.status, path, code: .noSuchFileOrDirectory) }
    return status(.directory, number: contents.count, byteCount: 0)
  }

  private func status(_ kind: FileKind, number: Int, byteCount: Int) -> FileStatus {
    FileStatus(
      kind: kind, byteCount: Int64(byteCount), modificationSeconds: 0, device: 0, inode: UInt64(number), linkCount: 1,
      permissions: .ownerRead)
  }

  /// The names in a directory.
  public func list(_ directory: FilePath, follow: FollowLinks) throws(FileSystemError) -> [DirectoryEntry] {
    if let entries = directories[directory] { return entries }
    throw FileSystemError(.list, directory, code: numbers[directory] == nil ? .noSuchFileOrDirectory : .notDirectory)
  }
}

/// What needs a file system that can be written to is refused.
extension MemoryFileSystem {
  private func refusal(_ operation: FileSystemError.Operation, _ path: FilePath) -> FileSystemError {
    FileSystemError(operation, path, code: .readOnlyFileSystem)
  }

  /// Refused.
  public func openForAppending(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    throw refusal(.openForAppending, path)
  }

  /// Refused.
  public func create(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    throw refusal(.create, path)
  }

  /// Refused.
  public func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileSystemError) -> Int {
    throw refusal(.write, file.path)
  }

  /// Refused.
  public func sync(_ file: OpenFile) throws(FileSystemError) { throw refusal(.sync, file.path) }

  /// Refused.
  public func syncDirectory(_ path: FilePath) throws(FileSystemError) { throw refusal(.syncDirectory, path) }

  /// Refused.
  public func rename(_ source: FilePath, to destination: FilePath, mode: RenameMode) throws(FileSystemError) {
    throw refusal(.rename, source)
  }

  /// Refused.
  public func link(_ existing: FilePath, as name: FilePath) throws(FileSystemError) { throw refusal(.link, existing) }

  /// Refused.
  public func unlink(_ path: FilePath) throws(FileSystemError) { throw refusal(.unlink, path) }

  /// Refused.
  public func createDirectory(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) {
    throw refusal(.createDirectory, path)
  }

  /// Refused.
  public func removeDirectory(_ path: FilePath) throws(FileSystemError) { throw refusal(.removeDirectory, path) }

  /// Refused.
  public func lock(_ file: OpenFile) throws(FileSystemError) { throw refusal(.lock, file.path) }

  /// Refused.
  public func unlock(_ file: OpenFile) throws(FileSystemError) { throw refusal(.lock, file.path) }

  /// Nobody holds a lock.
  public func isLocked(_ file: OpenFile) -> Bool { false }

  /// Refused.
  public func allocate(_ byteCount: Int64, for file: OpenFile) throws(FileSystemError) {
    throw refusal(.allocate, file.path)
  }

  /// Refused.
  public func truncate(_ file: OpenFile, to byteCount: Int64) throws(FileSystemError) {
    throw refusal(.truncate, file.path)
  }

  /// Nothing is free.
  public func freeBytes(at path: FilePath) -> Int64 { 0 }

  /// Refused.
  public func setPermissions(_ permissions: FilePermissions, of file: OpenFile) throws(FileSystemError) {
    throw refusal(.setPermissions, file.path)
  }

  /// Withholds nothing.
  public var creationMask: FilePermissions { [] }
}
