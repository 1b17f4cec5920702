internal import BufferFiles
internal import Checkpoints
internal import FileSystems
internal import SystemPackage

/// The dumps of a directory.
struct DumpDirectory {
  let path: FilePath
  let fileSystem: any FileSystem

  /// The iterations of the dumps, ascending; none if there is no directory.
  /// - Throws: `TrainingError.fileSystem`.
  func iterations() throws(TrainingError) -> [Int] {
    do {
      return try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.list(path, follow: .userPath) }
        .compactMap { ExperimentLayout.iteration(ofDump: $0.name.string) }.sorted()
    } catch {
      if error.code == .noSuchFileOrDirectory { return [] }
      throw .fileSystem(error)
    }
  }

  /// Whether a dump is of this run; false for one that cannot be read.
  func holds(_ iteration: Int, of runID: String) -> Bool {
    let file = try? BufferFile.open(file(iteration), follow: .never, on: fileSystem)
    return file.map { DumpOrigin($0.header).runID == runID } ?? false
  }

  /// The file of a dump.
  func file(_ iteration: Int) -> FilePath {
    guard let name = ExperimentLayout("").dump(iteration).lastComponent else { return path }
    return path.appending(name)
  }

  /// Makes the directory and those above it that are missing.
  /// - Throws: `TrainingError.fileSystem`.
  func create() throws(TrainingError) {
    do { try Self.create(path, on: fileSystem) } catch { throw .fileSystem(error) }
  }

  /// Deletes the temporaries of processes that are gone; that it cannot be done hinders nobody.
  func removeLeftovers() { _ = try? fileSystem.removeLeftovers(in: path) }

  private static func create(_ path: FilePath, on fileSystem: any FileSystem) throws(FileSystemError) {
    do {
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.createDirectory(path) }
    } catch {
      if error.code == .fileExists { return }
      let parent = path.removingLastComponent()
      guard error.code == .noSuchFileOrDirectory, !parent.isEmpty, parent != path else { throw error }
      try create(parent, on: fileSystem)
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.createDirectory(path) }
    }
  }
}

extension DumpDirectory {
  /// Moves a run's dumps of later iterations to `superseded-<iteration>-<n>` beside them; those of others stay.
  /// - Returns: that directory; nil if there are none.
  /// - Throws: `TrainingError.fileSystem`.
  @discardableResult
  func supersede(after iteration: Int, of runID: String) throws(TrainingError) -> FilePath? {
    let later = try iterations().filter { $0 > iteration && holds($0, of: runID) }
    guard !later.isEmpty else { return nil }
    do {
      let target = try newSupersededDirectory(after: iteration)
      for number in later {
        let file = file(number)
        guard let name = file.lastComponent else { continue }
        try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.rename(file, to: target.appending(name), mode: .noReplace)
        }
      }
      try fileSystem.syncDirectory(target)
      try fileSystem.syncDirectory(path)
      return target
    } catch {
      throw .fileSystem(error)
    }
  }

  private func newSupersededDirectory(after iteration: Int) throws(FileSystemError) -> FilePath {
    let digits = String(iteration)
    let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    for number in 1..<10_000 {
      let target = path.appending("superseded-\(padded)-\(number)")
      do {
        try fileSystem.createDirectory(target)
        return target
      } catch  where error.code == .fileExists {}
    }
    throw FileSystemError(.createDirectory, path, code: .fileExists)
  }
}
