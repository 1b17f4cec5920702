internal import Glibc
public import SystemPackage

/// Directories that appear under their name complete, or not at all: made under a temporary name, renamed at the end.
extension FileSystem {
  /// Creates the first temporary directory beside `destination` whose name is free: `.<name>.<pid>-<n>.partial`.
  /// - Throws: what `createDirectory` throws, with the destination as its path.
  public func createTemporaryDirectory(for destination: FilePath) throws(FileSystemError) -> FilePath {
    guard let name = destination.lastComponent else {
      throw FileSystemError(.createDirectory, destination, code: .noSuchFileOrDirectory)
    }
    for number in 0..<1000 {
      guard let component = TemporaryName(name.string, process: getpid(), number: number).component else { break }
      let path = destination.directory.appending(component)
      do {
        try uninterrupted { () throws(FileSystemError) in try createDirectory(path) }
        return path
      } catch {
        guard error.code != .fileExists else { continue }
        var error = error
        error.path = destination
        throw error
      }
    }
    throw FileSystemError(.createDirectory, destination, code: .fileExists)
  }

  /// Gives a directory the first temporary name beside its own that is free, so that readers see it no more and whoever
  /// removes leftovers does: the first step of deleting it.
  /// - Returns: Its path now.
  /// - Throws: what `rename` throws.
  public func renameToTemporary(_ directory: FilePath) throws(FileSystemError) -> FilePath {
    for number in 0..<1000 {
      guard let name = directory.lastComponent,
        let component = TemporaryName(name.string, process: getpid(), number: number).component
      else { break }
      let path = directory.directory.appending(component)
      do {
        try uninterrupted { () throws(FileSystemError) in try rename(directory, to: path, mode: .noReplace) }
        return path
      } catch  where error.code == .fileExists || error.code == .directoryNotEmpty {}
    }
    throw FileSystemError(.rename, directory, code: .fileExists)
  }

  /// Deletes a directory with all that is in it; links in it are deleted, never followed.
  /// - Throws: what `list`, `unlink` and `removeDirectory` throw; what vanished meanwhile is no error.
  public func removeTree(_ directory: FilePath) throws(FileSystemError) {
    do {
      for entry in try uninterrupted({ () throws(FileSystemError) in try list(directory) }) {
        let path = directory.appending(entry.name)
        if entry.kind == .directory {
          try removeTree(path)
        } else {
          do { try uninterrupted { () throws(FileSystemError) in try unlink(path) } } catch
            where error.code == .noSuchFileOrDirectory
          {}
        }
      }
      try uninterrupted { () throws(FileSystemError) in try removeDirectory(directory) }
    } catch  where error.code == .noSuchFileOrDirectory {}
  }

  /// Deletes every temporary file and directory of a directory to which nobody else writes, because the caller holds its
  /// lock: whatever there is was left by a process that is gone, even if its number was given to another.
  /// - Parameter isMeant: Says for the name that a temporary was to get whether it may go.
  /// - Returns: The names that were deleted.
  /// - Throws: what `list` and `removeTree` throw; a directory that is missing is no error.
  @discardableResult
  public func removeTemporaries(
    inLocked directory: FilePath, follow: FollowLinks = .never, where isMeant: (String) -> Bool
  ) throws(FileSystemError) -> [FilePath.Component] {
    var removed: [FilePath.Component] = []
    let entries: [DirectoryEntry]
    do { entries = try uninterrupted { () throws(FileSystemError) in try list(directory, follow: follow) } } catch
      where error.code == .noSuchFileOrDirectory || error.code == .notDirectory
    { return [] }
    var isDurable = false
    for entry in entries {
      guard let name = TemporaryName(entry.name), isMeant(name.destinationName) else { continue }
      let path = directory.appending(entry.name)
      switch entry.kind {
      case .directory:
        // It may have got this name just before its writer was killed: a loss of power must not bring the old one back
        // once files in it are gone.
        if !isDurable { try uninterrupted { () throws(FileSystemError) in try syncDirectory(directory) } }
        isDurable = true
        try removeTree(path)
      case .regular: try uninterrupted { () throws(FileSystemError) in try unlink(path) }
      default: continue
      }
      removed.append(entry.name)
    }
    return removed
  }
}
