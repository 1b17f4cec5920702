import SystemPackage

extension FileSystem {
  /// Repeats a call as long as signals interrupt it, at most 1,000 times in a row.
  /// - Throws: what the call throws; `.system(.interrupted)` at the limit.
  public func uninterrupted<Result: ~Copyable>(
    _ body: () throws(FileSystemError) -> Result
  ) throws(FileSystemError) -> Result {
    for _ in 1..<1000 {
      do { return try body() } catch  where error.code == .interrupted { continue }
    }
    return try body()
  }

  /// Closes a file; an interrupted close has closed it, and repeating it could close somebody else's.
  /// - Throws: what `close` throws otherwise.
  /// - Source: close(2), "Dealing with error returns from close()"
  public func closeOnce(_ file: OpenFile) throws(FileSystemError) {
    do { try close(file) } catch  where error.code == .interrupted {}
  }
}
