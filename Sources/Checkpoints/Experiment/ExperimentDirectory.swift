public import FileSystems
public import SystemPackage

/// The directory of an experiment in the hands of its one writer, which holds its lock until the end of its life.
/// - Source: `Checkpoints.md`.
public final class ExperimentDirectory: Sendable {
  /// The names of what lies in it.
  public let layout: ExperimentLayout
  /// The directory.
  public var path: FilePath { layout.directory }
  let fileSystem: any FileSystem

  init(layout: ExperimentLayout, fileSystem: any FileSystem) {
    self.layout = layout
    self.fileSystem = fileSystem
  }

  /// Begins an experiment in a directory, which is made if it is missing.
  /// - Throws: `CheckpointError.experimentExists` where there is one, `.locked`, `.fileSystem`.
  public static func create(
    at path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> ExperimentDirectory {
    throw .notExperiment(path)
  }

  /// Opens an experiment for writing and removes what a killed writer left.
  /// - Throws: `CheckpointError.notExperiment`, `.locked`, `.fileSystem`.
  public static func open(
    at path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> ExperimentDirectory {
    throw .notExperiment(path)
  }

  /// Begins an experiment that goes on from a checkpoint of another one, with its results up to there.
  ///
  /// Nothing of the other is changed. Segments are shared by link where the file system allows it.
  /// - Throws: `CheckpointError.experimentExists`, `.fileSystem`, or what is damaged in the checkpoint.
  public static func fork(
    _ checkpoint: Checkpoint, into path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> ExperimentDirectory {
    throw .notExperiment(path)
  }

  /// Writes a checkpoint so that it appears complete and durable, or not at all.
  /// - Throws: `CheckpointError`: `.iterationExists`, `.notRewound` if the experiment has a later one,
  ///   `.invalidComponentName`, `.tooMany`, `.fileSystem`, `.file`; the experiment is then as it was.
  @discardableResult
  public func save(
    _ contents: CheckpointContents, options: CheckpointOptions = CheckpointOptions()
  ) throws(CheckpointError) -> SavedCheckpoint {
    throw .notExperiment(path)
  }

  /// Goes back to an iteration: moves checkpoints, dumps and results of later ones to `superseded-<iteration>-<n>`, and
  /// deletes nothing. Does nothing if nothing lies after it.
  /// - Returns: where what was moved lies now.
  /// - Throws: `CheckpointError.fileSystem`, `.invalidResults`; running it again goes on where it stopped.
  @discardableResult
  public func rewind(to iteration: Int) throws(CheckpointError) -> [FilePath] {
    throw .notExperiment(path)
  }
}
