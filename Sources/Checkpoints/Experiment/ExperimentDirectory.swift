public import FileSystems
internal import Synchronization
public import SystemPackage

/// The directory of an experiment in the hands of its one writer, which holds its lock until the end of its life.
/// - Source: `Checkpoints.md`.
public final class ExperimentDirectory: Sendable {
  /// The names of what lies in it.
  public let layout: ExperimentLayout
  /// The directory.
  public var path: FilePath { layout.directory }
  let fileSystem: any FileSystem
  let memory = Mutex(ExperimentMemory())
  private let lock: ExperimentLock

  private init(_ layout: ExperimentLayout, _ lock: ExperimentLock, on fileSystem: any FileSystem) {
    self.layout = layout
    self.lock = lock
    self.fileSystem = fileSystem
  }

  /// Begins an experiment in a directory, which is made if it is missing, and removes what a killed writer left.
  /// - Parameter hasDumps: Whether the run has dumped there before, so that `buffers` is no sign of another run.
  /// - Throws: `CheckpointError.experimentExists` where there is one, `.locked`, `.fileSystem`.
  public static func create(
    at path: FilePath, hasDumps: Bool = false, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> ExperimentDirectory {
    let layout = ExperimentLayout(path)
    try onFiles { () throws(FileSystemError) in try fileSystem.ensureDirectories(path) }
    try requireNoExperiment(layout, hasDumps: hasDumps, fileSystem)
    let lock = try ExperimentLock(layout, on: fileSystem)
    // Another one may have begun between the look and the lock.
    let contents = try requireNoExperiment(layout, hasDumps: hasDumps, fileSystem)
    let experiment = ExperimentDirectory(layout, lock, on: fileSystem)
    // A run that was killed in its first save left no checkpoint, and perhaps not even the lock's name.
    try onFiles { () throws(FileSystemError) in try experiment.removeLeftovers(contents) }
    return experiment
  }

  /// Sees whether an experiment could begin in a directory, which need not be there, and changes nothing.
  /// - Throws: `CheckpointError.experimentExists` where there is one, `.fileSystem`.
  public static func requireNone(
    at path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) {
    guard try onFiles({ () throws(FileSystemError) in try fileSystem.exists(path) }) else { return }
    try requireNoExperiment(ExperimentLayout(path), hasDumps: false, fileSystem)
  }

  @discardableResult
  private static func requireNoExperiment(
    _ layout: ExperimentLayout, hasDumps: Bool, _ fileSystem: any FileSystem
  ) throws(CheckpointError) -> ExperimentContents {
    let contents = try onFiles { () throws(FileSystemError) in
      try ExperimentContents(of: layout, on: fileSystem)
    }
    if let found = contents.evidence(besidesDumps: hasDumps) { throw .experimentExists(layout.directory, found: found) }
    return contents
  }

  /// Opens an experiment for writing and removes what a killed writer left.
  /// - Throws: `CheckpointError.notExperiment`, `.locked`, `.fileSystem`.
  public static func open(
    at path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> ExperimentDirectory {
    let layout = ExperimentLayout(path)
    let contents: ExperimentContents
    do { contents = try ExperimentContents(of: layout, on: fileSystem) } catch {
      throw error.isMissing ? .notExperiment(path) : .fileSystem(error)
    }
    guard contents.isExperiment else { throw .notExperiment(path) }
    let experiment = ExperimentDirectory(layout, try ExperimentLock(layout, on: fileSystem), on: fileSystem)
    try onFiles { () throws(FileSystemError) in try experiment.removeLeftovers(contents) }
    return experiment
  }

  /// Removes the temporaries of what only the holder of the lock writes.
  private func removeLeftovers(_ contents: ExperimentContents) throws(FileSystemError) {
    let own: Set = ["result.json", "progress.csv", "params.json", ExperimentLayout.verifiedName]
    try removeDirectoriesLeftOver()
    try fileSystem.removeTemporaries(inLocked: path, follow: .userPath) { own.contains($0) }
    try fileSystem.removeTemporaries(inLocked: layout.segments) { _ in true }
    for directory in contents.superseded { try fileSystem.removeTemporaries(inLocked: directory) { _ in true } }
  }
}

extension FileSystem {
  /// Makes a directory and those above it that are missing; their names are durable afterwards.
  func ensureDirectories(_ path: FilePath) throws(FileSystemError) {
    do { try ensureDirectory(path) } catch  where error.code == .noSuchFileOrDirectory {
      let parent = path.parent
      guard parent != path, parent != "." else { throw error }
      try ensureDirectories(parent)
      try ensureDirectory(path)
    }
  }
}
