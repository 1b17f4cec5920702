public import FileSystems
public import SystemPackage

extension FaultInjectingFileSystem {
  /// Opens a regular file for reading.
  public func open(_ path: FilePath, follow: FollowLinks) throws(FileSystemError) -> OpenFile {
    noteOpened(
      try pass(.open, path) { () throws(FileSystemError) in try base.open(path, follow: follow) })
  }

  /// Opens or creates a regular file for appending.
  public func openForAppending(
    _ path: FilePath, permissions: FilePermissions
  ) throws(FileSystemError) -> OpenFile {
    noteOpened(
      try pass(.openForAppending, path) { () throws(FileSystemError) in
        try base.openForAppending(path, permissions: permissions)
      })
  }

  /// Creates a file that did not exist.
  public func create(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    noteOpened(
      try pass(.create, path) { () throws(FileSystemError) in try base.create(path, permissions: permissions) })
  }

  /// Reads once.
  public func read(
    _ file: OpenFile, at offset: Int64, into bytes: inout OutputSpan<UInt8>
  ) throws(FileSystemError) {
    let before = bytes.count
    switch effect(.read, file.path) {
    case .failure(let code): throw FileSystemError(.read, file.path, at: offset, code: code)
    case .short(let most):
      let some = try [UInt8](capacity: min(most, bytes.freeCapacity)) {
        (output: inout OutputSpan<UInt8>) throws(FileSystemError) in
        try base.read(file, at: offset, into: &output)
      }
      for byte in some { bytes.append(byte) }
    case nil: try base.read(file, at: offset, into: &bytes)
    }
    noteRead(bytes.count - before)
  }

  /// Writes once.
  public func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileSystemError) -> Int {
    switch effect(.write, file.path) {
    case .failure(let code): throw FileSystemError(.write, file.path, code: code)
    case .short(0): return 0
    case .short(let most): return try base.write(bytes.extracting(0..<min(most, bytes.count)), to: file)
    case nil: return try base.write(bytes, to: file)
    }
  }

  /// Makes the contents of a file durable.
  public func sync(_ file: OpenFile) throws(FileSystemError) {
    try pass(.sync, file.path) { () throws(FileSystemError) in try base.sync(file) }
  }

  /// Makes the names in a directory durable.
  public func syncDirectory(_ path: FilePath) throws(FileSystemError) {
    try pass(.syncDirectory, path) { () throws(FileSystemError) in try base.syncDirectory(path) }
  }

  /// Closes a file.
  public func close(_ file: OpenFile) throws(FileSystemError) {
    let effect = effect(.close, file.path)
    noteClosed(file)
    try base.close(file)
    if case .failure(let code) = effect { throw FileSystemError(.close, file.path, code: code) }
  }

  /// Describes what a path names.
  public func status(of path: FilePath) throws(FileSystemError) -> FileStatus {
    try pass(.status, path) { () throws(FileSystemError) in try base.status(of: path) }
  }

  /// Describes an open file.
  public func status(of file: OpenFile) throws(FileSystemError) -> FileStatus {
    try pass(.status, file.path) { () throws(FileSystemError) in try base.status(of: file) }
  }

  /// Gives a file or directory another name.
  public func rename(_ source: FilePath, to destination: FilePath, mode: RenameMode) throws(FileSystemError) {
    try pass(.rename, source, to: destination) { () throws(FileSystemError) in
      try base.rename(source, to: destination, mode: mode)
    }
  }

  /// Gives a file a second name.
  public func link(_ existing: FilePath, as name: FilePath) throws(FileSystemError) {
    try pass(.link, existing, to: name) { () throws(FileSystemError) in try base.link(existing, as: name) }
  }

  /// Deletes a name.
  public func unlink(_ path: FilePath) throws(FileSystemError) {
    try pass(.unlink, path) { () throws(FileSystemError) in try base.unlink(path) }
  }

  /// Creates a directory.
  public func createDirectory(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) {
    try pass(.createDirectory, path) { () throws(FileSystemError) in
      try base.createDirectory(path, permissions: permissions)
    }
  }

  /// Deletes an empty directory.
  public func removeDirectory(_ path: FilePath) throws(FileSystemError) {
    try pass(.removeDirectory, path) { () throws(FileSystemError) in try base.removeDirectory(path) }
  }

  /// Lists a directory.
  public func list(_ directory: FilePath, follow: FollowLinks) throws(FileSystemError) -> [DirectoryEntry] {
    try pass(.list, directory) { () throws(FileSystemError) in try base.list(directory, follow: follow) }
  }

  /// Locks a file for this open file description.
  public func lock(_ file: OpenFile) throws(FileSystemError) {
    try pass(.lock, file.path) { () throws(FileSystemError) in try base.lock(file) }
  }

  /// Gives up the lock of a file, as the end of a process does too: no fault keeps it.
  public func unlock(_ file: OpenFile) throws(FileSystemError) { try base.unlock(file) }

  /// Asks for the lock of a file without taking it.
  public func isLocked(_ file: OpenFile) throws(FileSystemError) -> Bool {
    try pass(.lock, file.path) { () throws(FileSystemError) in try base.isLocked(file) }
  }

  /// Reserves room for a file.
  public func allocate(_ byteCount: Int64, for file: OpenFile) throws(FileSystemError) {
    try pass(.allocate, file.path) { () throws(FileSystemError) in try base.allocate(byteCount, for: file) }
  }

  /// Sets the size of a file.
  public func truncate(_ file: OpenFile, to byteCount: Int64) throws(FileSystemError) {
    try pass(.truncate, file.path) { () throws(FileSystemError) in try base.truncate(file, to: byteCount) }
  }

  /// The bytes that may still be written.
  public func freeBytes(at path: FilePath) throws(FileSystemError) -> Int64 {
    try pass(.freeBytes, path) { () throws(FileSystemError) in try base.freeBytes(at: path) }
  }

  /// Sets the permissions of a file.
  public func setPermissions(_ permissions: FilePermissions, of file: OpenFile) throws(FileSystemError) {
    try pass(.setPermissions, file.path) { () throws(FileSystemError) in
      try base.setPermissions(permissions, of: file)
    }
  }

  /// The permissions withheld from new files.
  public var creationMask: FilePermissions { base.creationMask }
}
