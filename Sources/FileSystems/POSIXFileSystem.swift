internal import CLinux
internal import Glibc
public import SystemPackage

/// The file system of the running Linux.
public struct POSIXFileSystem: FileSystem {
  /// The file system of the running Linux; it has no state.
  public init() {}

  /// Opens a regular file for reading.
  /// - Source: open(2), fstat(2)
  public func open(_ path: FilePath, follow: FollowLinks) throws(FileSystemError) -> OpenFile {
    let links: FileDescriptor.OpenOptions = follow == .never ? .noFollow : []
    let descriptor = try attempt(.open, path, refusesLinks: follow == .never) {
      try FileDescriptor.open(
        path, .readOnly, options: [.nonBlocking, .closeOnExec, links], retryOnInterrupt: false)
    }
    return try requireRegular(descriptor, .open, path)
  }

  /// Opens or creates a regular file for appending.
  /// - Source: open(2), fstat(2)
  public func openForAppending(
    _ path: FilePath, permissions: FilePermissions
  ) throws(FileSystemError) -> OpenFile {
    let descriptor = try attempt(.openForAppending, path, refusesLinks: true) {
      try FileDescriptor.open(
        path, .readWrite, options: [.append, .create, .noFollow, .nonBlocking, .closeOnExec],
        permissions: permissions, retryOnInterrupt: false)
    }
    return try requireRegular(descriptor, .openForAppending, path)
  }

  /// Creates a file that did not exist.
  /// - Source: open(2)
  public func create(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) -> OpenFile {
    let descriptor = try attempt(.create, path) {
      try FileDescriptor.open(
        path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: permissions,
        retryOnInterrupt: false)
    }
    return OpenFile(number: Int(descriptor.rawValue), path: path)
  }

  /// Reads once.
  /// - Source: pread(2)
  public func read(
    _ file: OpenFile, at offset: Int64, into bytes: inout OutputSpan<UInt8>
  ) throws(FileSystemError) {
    do { try file.descriptor.pread(into: &bytes, at: offset) } catch {
      throw FileSystemError(.read, file.path, at: offset, code: error)
    }
  }

  /// Writes once.
  /// - Source: write(2)
  public func write(_ bytes: Span<UInt8>, to file: OpenFile) throws(FileSystemError) -> Int {
    do { return try file.descriptor.write(bytes) } catch {
      throw FileSystemError(.write, file.path, code: error)
    }
  }

  /// Has the system begin to bring bytes of a file to the disk.
  /// - Source: sync_file_range(2)
  public func startWriteback(_ file: OpenFile, from offset: Int64, byteCount: Int64) {
    rlbuf_start_writeback(file.descriptor.rawValue, offset, byteCount)
  }

  /// Makes the contents of a file durable.
  /// - Source: fsync(2)
  public func sync(_ file: OpenFile) throws(FileSystemError) {
    try check(.sync, file.path, fsync(file.descriptor.rawValue))
  }

  /// Makes the names in a directory durable.
  /// - Source: open(2), fsync(2)
  public func syncDirectory(_ path: FilePath) throws(FileSystemError) {
    let descriptor = try attempt(.syncDirectory, path) {
      try FileDescriptor.open(path, .readOnly, options: [.directory, .closeOnExec], retryOnInterrupt: false)
    }
    let failure = fsync(descriptor.rawValue) == 0 ? nil : Errno.current
    try? descriptor.close()
    // Some file systems cannot sync directories and say so with EINVAL; PostgreSQL lets that pass too (fd.c).
    if let failure, failure != .invalidArgument {
      throw FileSystemError(.syncDirectory, path, code: failure)
    }
  }

  /// Closes a file.
  /// - Source: close(2)
  public func close(_ file: OpenFile) throws(FileSystemError) {
    try attempt(.close, file.path) { try file.descriptor.close() }
  }

  /// Locks a file for this open file description.
  /// - Source: fcntl(2), F_OFD_SETLK
  public func lock(_ file: OpenFile) throws(FileSystemError) {
    try check(.lock, file.path, rlbuf_lock_description(file.descriptor.rawValue))
  }

  /// Gives up the lock of a file.
  /// - Source: fcntl(2), F_OFD_SETLK
  public func unlock(_ file: OpenFile) throws(FileSystemError) {
    try check(.lock, file.path, rlbuf_unlock_description(file.descriptor.rawValue))
  }

  /// Whether another open file description holds a lock.
  /// - Source: fcntl(2), F_OFD_GETLK
  public func isLocked(_ file: OpenFile) throws(FileSystemError) -> Bool {
    let answer = rlbuf_is_locked(file.descriptor.rawValue)
    try check(.lock, file.path, min(answer, 0))
    return answer > 0
  }

  /// Reserves room for a file.
  ///
  /// Not posix_fallocate(3), which writes zeros block by block where the file system cannot reserve.
  /// - Source: fallocate(2) with `FALLOC_FL_KEEP_SIZE`
  public func allocate(_ byteCount: Int64, for file: OpenFile) throws(FileSystemError) {
    guard byteCount > 0, fallocate(file.descriptor.rawValue, FALLOC_FL_KEEP_SIZE, 0, off_t(byteCount)) != 0 else {
      return
    }
    let code = Errno.current
    if code == .notSupportedOnSocket || code == .noFunction { return }
    throw FileSystemError(.allocate, file.path, code: code)
  }

  /// Sets the size of a file.
  /// - Source: ftruncate(2)
  public func truncate(_ file: OpenFile, to byteCount: Int64) throws(FileSystemError) {
    try attempt(.truncate, file.path) { try file.descriptor.resize(to: byteCount, retryOnInterrupt: false) }
  }

  /// Sets the permissions of a file.
  /// - Source: fchmod(2)
  public func setPermissions(_ permissions: FilePermissions, of file: OpenFile) throws(FileSystemError) {
    try check(.setPermissions, file.path, fchmod(file.descriptor.rawValue, permissions.rawValue))
  }

  /// Describes an open file.
  /// - Source: fstat(2)
  public func status(of file: OpenFile) throws(FileSystemError) -> FileStatus {
    do { return FileStatus(try file.descriptor.stat(retryOnInterrupt: false)) } catch {
      throw FileSystemError(.status, file.path, code: error)
    }
  }

  /// Closes what turned out not to be a regular file.
  private func requireRegular(
    _ descriptor: FileDescriptor, _ operation: FileSystemError.Operation, _ path: FilePath
  ) throws(FileSystemError) -> OpenFile {
    let kind: FileKind
    do { kind = FileStatus(try descriptor.stat()).kind } catch {
      try? descriptor.close()
      throw FileSystemError(operation, path, code: error)
    }
    guard kind == .regular else {
      try? descriptor.close()
      throw FileSystemError(operation, path, .notRegular(kind))
    }
    return OpenFile(number: Int(descriptor.rawValue), path: path)
  }
}
