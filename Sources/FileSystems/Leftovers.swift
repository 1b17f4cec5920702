internal import Glibc
internal import Synchronization
public import SystemPackage

/// Held while a temporary file is made, so that whoever deletes this process's can be sure that no other follows.
private let creation = Mutex(())

/// The name of a temporary file beside its destination: `.<destination name>.<pid>-<n>.partial`.
struct TemporaryName: Hashable {
  var process: Int32
  var number: Int
  var destinationName: String

  /// A long destination name is cut, so that the whole stays within 255 bytes.
  var component: FilePath.Component? {
    var stem = destinationName
    while stem.utf8.count > 200 { stem.unicodeScalars.removeLast() }
    return FilePath.Component(".\(stem).\(process)-\(number).partial")
  }

  init(_ destinationName: String, process: Int32, number: Int) {
    self.destinationName = destinationName
    self.process = process
    self.number = number
  }

  /// Recognizes exactly the names that `component` gives.
  init?(_ component: FilePath.Component) {
    let parts = component.string.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 4, parts[0].isEmpty, parts[parts.count - 1] == "partial" else { return nil }
    let numbers = parts[parts.count - 2].split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 2, let process = Int32(numbers[0]), let number = Int(numbers[1]) else { return nil }
    self.init(parts[1..<(parts.count - 2)].joined(separator: "."), process: process, number: number)
    guard process > 0, !destinationName.isEmpty, self.component == component else { return nil }
  }

  /// Whether no process has the number any more; a process of another user, or in doubt, counts as alive.
  /// - Source: kill(2) with signal 0
  var isOrphaned: Bool { kill(process, 0) != 0 && errno == ESRCH }
}

extension FileSystem {
  /// Deletes the temporary files that processes which are no longer alive left in a directory, and nothing else.
  ///
  /// Process numbers are those of this machine and container: do not call it where writers on another may be at work.
  /// - Returns: The names that were deleted.
  /// - Throws: what `list` and `unlink` throw; a file that vanished meanwhile is no error.
  @discardableResult
  public func removeLeftovers(in directory: FilePath) throws(FileSystemError) -> [FilePath.Component] {
    try removeTemporaries(in: directory, where: \.isOrphaned)
  }

  /// Deletes the temporary files that this very process has in a directory, because a signal is about to end it, and
  /// lets `end` do that. From the first look at the directory on no thread makes another: it waits, until the end.
  public func removeOwnTemporaries(in directory: FilePath, andEndProcess end: () -> Never) -> Never {
    creation.withLock { _ in
      _ = try? removeTemporaries(in: directory) { $0.process == getpid() }
      end()
    }
  }

  private func removeTemporaries(
    in directory: FilePath, where isMeant: (TemporaryName) -> Bool
  ) throws(FileSystemError) -> [FilePath.Component] {
    var removed: [FilePath.Component] = []
    let entries = try uninterrupted { () throws(FileSystemError) in try list(directory, follow: .userPath) }
    for entry in entries where entry.kind == .regular {
      guard let name = TemporaryName(entry.name), isMeant(name) else { continue }
      do {
        try uninterrupted { () throws(FileSystemError) in try unlink(directory.appending(entry.name)) }
        removed.append(entry.name)
      } catch  where error.code == .noSuchFileOrDirectory {}
    }
    return removed
  }

  /// Gives a file a second name, which another file loses at that moment: `name` is never without a file.
  /// - Throws: what `link` and `rename` throw; `name` then is as it was.
  public func link(_ existing: FilePath, replacing name: FilePath) throws(FileSystemError) {
    for number in 0..<1000 {
      guard let last = name.lastComponent,
        let component = TemporaryName(last.string, process: getpid(), number: number).component
      else { break }
      let temporary = name.directory.appending(component)
      do {
        try uninterrupted { () throws(FileSystemError) in try link(existing, as: temporary) }
      } catch  where error.code == .fileExists { continue }
      do {
        try uninterrupted { () throws(FileSystemError) in try rename(temporary, to: name, mode: .replace) }
        return
      } catch {
        try? uninterrupted { () throws(FileSystemError) in try unlink(temporary) }
        throw error
      }
    }
    throw FileSystemError(.link, existing, to: name, code: .fileExists)
  }

  /// Creates the first temporary file beside `destination` whose name is free.
  func createTemporary(for destination: FilePath) throws(FileSystemError) -> OpenFile {
    guard let name = destination.lastComponent else {
      throw FileSystemError(.create, destination, code: .noSuchFileOrDirectory)
    }
    for number in 0..<1000 {
      let temporary = TemporaryName(name.string, process: getpid(), number: number)
      guard let component = temporary.component else { break }
      let path = destination.directory.appending(component)
      do {
        return try creation.withLock { _ throws(FileSystemError) in
          try uninterrupted { () throws(FileSystemError) in try create(path) }
        }
      } catch {
        guard error.code != .fileExists else { continue }
        // What the user named is the destination; the temporary name means nothing to them.
        var error = error
        error.path = destination
        throw error
      }
    }
    throw FileSystemError(.create, destination, code: .fileExists)
  }
}
