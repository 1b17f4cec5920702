internal import Glibc
internal import SystemPackage

extension OpenFile {
  var descriptor: FileDescriptor { FileDescriptor(rawValue: CInt(truncatingIfNeeded: number)) }
}

extension POSIXFileSystem {
  /// One call of swift-system, its code translated; ELOOP means the last component if links are refused there.
  func attempt<Result>(
    _ operation: FileSystemError.Operation, _ path: FilePath, refusesLinks: Bool = false, _ body: () throws -> Result
  ) throws(FileSystemError) -> Result {
    do { return try body() } catch {
      let code = error as? Errno ?? .ioError
      if refusesLinks, code == .tooManySymbolicLinkLevels { throw FileSystemError(operation, path, .isLink) }
      throw FileSystemError(operation, path, code: code)
    }
  }

  /// The answer of a C call that returns 0 on success.
  func check(
    _ operation: FileSystemError.Operation, _ path: FilePath, _ answer: CInt
  ) throws(FileSystemError) {
    if answer != 0 { throw FileSystemError(operation, path, code: .current) }
  }
}

extension FileDescriptor {
  /// One pread(2) onto the end of `bytes`; the only place where the project's reads touch raw memory.
  func pread(into bytes: inout OutputSpan<UInt8>, at offset: Int64) throws(Errno) {
    guard !bytes.isFull else { return }
    let descriptor = rawValue
    let code: Errno? = unsafe bytes.withUnsafeMutableBufferPointer { buffer, count in
      let room = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
      let answer = unsafe Glibc.pread(descriptor, room.baseAddress, room.count, off_t(offset))
      guard answer >= 0 else { return Errno.current }
      count += answer
      return nil
    }
    if let code { throw code }
  }

  /// One write(2); the only place where the project's writes touch raw memory.
  func write(_ bytes: Span<UInt8>) throws(Errno) -> Int {
    let descriptor = rawValue
    let (answer, code) = unsafe bytes.withUnsafeBufferPointer { buffer in
      let answer = unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      return (answer, Errno.current)
    }
    guard answer >= 0 else { throw code }
    return answer
  }
}

extension Errno {
  /// What the last call of this thread left behind.
  static var current: Errno { Errno(rawValue: errno) }
}

extension FileStatus {
  init(_ status: Stat) {
    self.init(
      kind: FileKind(status.type), byteCount: status.size, modificationSeconds: Int64(status.st_mtim.tv_sec),
      device: UInt64(status.deviceID.rawValue), inode: UInt64(status.inode.rawValue), linkCount: status.linkCount,
      permissions: status.permissions)
  }
}

extension FileKind {
  fileprivate init(_ type: FileType) {
    self =
      switch type {
      case .regular: .regular
      case .directory: .directory
      case .symbolicLink: .link
      case .fifo: .fifo
      case .socket: .socket
      case .characterSpecial: .characterDevice
      case .blockSpecial: .blockDevice
      default: .unknown
      }
  }
}
