internal import CLinux
internal import Glibc
public import SystemPackage

extension POSIXFileSystem {
  /// Describes what a path names.
  /// - Source: lstat(2)
  public func status(of path: FilePath) throws(FileSystemError) -> FileStatus {
    do { return FileStatus(try path.stat(followTargetSymlink: false, retryOnInterrupt: false)) } catch {
      throw FileSystemError(.status, path, code: error)
    }
  }

  /// Gives a file or directory another name.
  /// - Source: renameat2(2)
  public func rename(_ source: FilePath, to destination: FilePath, mode: RenameMode) throws(FileSystemError) {
    do throws(Errno) {
      switch mode {
      case .replace: try renameat2(source, destination, flags: 0)
      case .noReplace: try renameWithoutReplacing(source, destination)
      case .exchange: try renameat2(source, destination, flags: 2)
      }
    } catch {
      throw FileSystemError(.rename, source, to: destination, code: error)
    }
  }

  /// NFS and some FUSE file systems refuse the flag with EINVAL; a hard link never replaces either.
  private func renameWithoutReplacing(_ source: FilePath, _ destination: FilePath) throws(Errno) {
    do { try renameat2(source, destination, flags: 1) } catch {
      guard error == .invalidArgument || error == .noFunction else { throw error }
      try linkThenUnlink(source, destination)
    }
  }

  /// A rename that never replaces, in two steps: after a crash between them the file has both names.
  func linkThenUnlink(_ source: FilePath, _ destination: FilePath) throws(Errno) {
    try onPaths(source, destination) { unsafe Glibc.link($0, $1) }
    try onPath(source) { unsafe Glibc.unlink($0) }
  }

  /// Gives a file a second name.
  /// - Source: link(2)
  public func link(_ existing: FilePath, as name: FilePath) throws(FileSystemError) {
    do { try onPaths(existing, name) { unsafe Glibc.link($0, $1) } } catch {
      throw FileSystemError(.link, existing, to: name, code: error)
    }
  }

  /// Deletes a name.
  /// - Source: unlink(2)
  public func unlink(_ path: FilePath) throws(FileSystemError) {
    do { try onPath(path) { unsafe Glibc.unlink($0) } } catch { throw FileSystemError(.unlink, path, code: error) }
  }

  /// Creates a directory.
  /// - Source: mkdir(2)
  public func createDirectory(_ path: FilePath, permissions: FilePermissions) throws(FileSystemError) {
    do { try onPath(path) { unsafe mkdir($0, permissions.rawValue) } } catch {
      throw FileSystemError(.createDirectory, path, code: error)
    }
  }

  /// Deletes an empty directory.
  /// - Source: rmdir(2)
  public func removeDirectory(_ path: FilePath) throws(FileSystemError) {
    do { try onPath(path) { unsafe rmdir($0) } } catch {
      throw FileSystemError(.removeDirectory, path, code: error)
    }
  }

  /// The bytes that may still be written.
  /// - Source: statvfs(3)
  public func freeBytes(at path: FilePath) throws(FileSystemError) -> Int64 {
    var answer = statvfs()
    do { try onPath(path) { unsafe statvfs($0, &answer) } } catch {
      throw FileSystemError(.freeBytes, path, code: error)
    }
    // A file system without blocks, as some in user space, does not say how much is free.
    guard answer.f_blocks > 0 else { throw FileSystemError(.freeBytes, path, code: .noFunction) }
    let (bytes, overflow) = UInt64(answer.f_bavail).multipliedReportingOverflow(by: UInt64(answer.f_frsize))
    return overflow ? .max : Int64(clamping: bytes)
  }

  /// The permissions withheld from new files.
  public var creationMask: FilePermissions {
    if let text = try? readAll("/proc/self/status", limit: 1 << 16), let mask = Self.mask(inStatus: text) {
      return FilePermissions(rawValue: mask)
    }
    // Without /proc the mask can only be read by setting it: for that moment new files are private, never open.
    let mask = umask(0o077)
    umask(mask)
    return FilePermissions(rawValue: mask)
  }

  static func mask(inStatus text: [UInt8]) -> CInterop.Mode? {
    for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "Umask:".utf8) {
      let digits = line.dropFirst(6).filter { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
      return CInterop.Mode(String(decoding: digits, as: UTF8.self), radix: 8)
    }
    return nil
  }
}

extension POSIXFileSystem {
  private func renameat2(_ source: FilePath, _ destination: FilePath, flags: UInt32) throws(Errno) {
    try onPaths(source, destination) { unsafe rlbuf_renameat2(AT_FDCWD, $0, AT_FDCWD, $1, flags) }
  }

  /// A C call on one path; the pointer lives for the call.
  @safe private func onPath(_ path: FilePath, _ body: (UnsafePointer<CChar>) -> CInt) throws(Errno) {
    let code = unsafe path.withPlatformString { unsafe body($0) == 0 ? nil : Errno.current }
    if let code { throw code }
  }

  /// A C call on two paths; the pointers live for the call.
  @safe private func onPaths(
    _ first: FilePath, _ second: FilePath, _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> CInt
  ) throws(Errno) {
    let code = unsafe first.withPlatformString { one in
      unsafe second.withPlatformString { two in unsafe body(one, two) == 0 ? nil : Errno.current }
    }
    if let code { throw code }
  }
}
