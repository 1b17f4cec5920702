import SystemPackage

extension FileSystem {
  /// Writes all bytes at the file's own offset; interruptions and short writes are dealt with.
  ///
  /// `offset` is where that is, if the caller knows, for messages only.
  /// - Throws: `.wroteNothing`; for a full disk or quota the error tells the bytes needed and free.
  public func writeAll(
    _ bytes: Span<UInt8>, to file: OpenFile, startingAt offset: Int64? = nil
  ) throws(FileSystemError) {
    var written = 0
    while written < bytes.count {
      let rest = bytes.extracting(written..<bytes.count)
      let count: Int
      do { count = try uninterrupted { () throws(FileSystemError) in try write(rest, to: file) } } catch {
        var error = withSpace(error, needed: Int64(rest.count))
        error.offset = offset.map { $0 + Int64(written) }
        throw error
      }
      guard count > 0 else {
        throw FileSystemError(.write, file.path, at: offset.map { $0 + Int64(written) }, .wroteNothing)
      }
      written += count
    }
  }

  /// An error with the bytes needed and free, if it says that space ran out.
  func withSpace(_ error: FileSystemError, needed: Int64?) -> FileSystemError {
    guard error.code == .noSpace || error.code == .diskQuotaExceeded else { return error }
    var error = error
    error.bytesNeeded = needed
    error.bytesFree = try? freeBytes(at: error.path.directory)
    return error
  }
}

extension FilePath {
  /// The directory a path lies in, `.` for a bare name.
  var directory: FilePath {
    let parent = removingLastComponent()
    return parent.isEmpty ? "." : parent
  }
}
