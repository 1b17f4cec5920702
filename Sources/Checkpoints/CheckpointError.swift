public import BufferFiles
public import FileSystems
public import ReplayBuffers
public import SystemPackage

/// Why a checkpoint cannot be saved, opened or trusted, or an experiment not written.
public enum CheckpointError: Error, Sendable, Equatable {
  /// A call on a file failed.
  case fileSystem(FileSystemError)
  /// A file of a component cannot be written or read.
  case file(BufferFileError)
  /// The rows or the state of a buffer are not a buffer's.
  case buffer(ReplayBufferError)
  /// The state of a component does not fit what restores it.
  case component(FilePath, name: String, reason: String)

  /// A new run was to be written where an experiment is already: what was found.
  case experimentExists(FilePath, found: String)
  /// There is no experiment and no checkpoint.
  case notExperiment(FilePath)
  /// Another writer holds the experiment; `holder` is what it wrote into the lock file, nil if it cannot be read.
  case locked(FilePath, holder: String?)
  /// There is something at the checkpoint's path already.
  case iterationExists(FilePath, iteration: Int)
  /// The experiment has a checkpoint that is later than the one to be saved.
  case notRewound(FilePath, iteration: Int, newest: Int)
  /// A component's name is not a path of plain names, or two components would share a file.
  case invalidComponentName(String, reason: String)
  /// A limit was reached.
  case tooMany(FilePath, what: String, found: Int, limit: Int)

  /// The directory is not a checkpoint, or unfinished: what is missing.
  case incomplete(FilePath, reason: String)
  /// The newest checkpoint of an experiment cannot be used.
  case newestUnusable(FilePath, reason: String, hasOlder: Bool)
  /// The experiment has no complete checkpoint.
  case noCheckpoint(FilePath, skipped: [CheckpointSkip])
  /// The manifest was written by a newer rlbuf.
  case newerVersion(FilePath, found: Int, supported: Int)
  /// The manifest is not one: what and where.
  case invalidManifest(FilePath, reason: String)
  /// A file is not what was saved: another digest or size.
  case damagedFile(FilePath, reason: String)
  /// A segment is neither in the checkpoint nor in the experiment's pool.
  case missingSegment(FilePath, name: String, looked: [FilePath])
  /// The list of segments contradicts itself or the buffer.
  case invalidSegments(FilePath, reason: String)
  /// The checkpoint has no such component.
  case unknownComponent(FilePath, name: String, known: [String])
  /// The component was left out when saving.
  case omittedComponent(FilePath, name: String, because: String)
  /// The component is of the other kind: a buffer where state was asked for, or the other way round.
  case wrongComponentKind(FilePath, name: String, isBuffer: Bool)
  /// State has bytes or a tensor where only JSON can be written.
  case notJSON(path: String, found: String)
  /// A JSON text is not one: what and where.
  case invalidJSON(line: Int, column: Int, reason: String)
  /// A retention that cannot be meant: why.
  case invalidRetention(reason: String)
  /// No checkpoint or dump has the result that the best are to be chosen by: which there are.
  case unknownMetric(FilePath, name: String, known: [String])
  /// Results cannot be cut to an iteration: why.
  case invalidResults(FilePath, reason: String)
}

/// A checkpoint that was passed over, and why.
public struct CheckpointSkip: Sendable, Equatable, CustomStringConvertible {
  /// Its directory.
  public var path: FilePath
  /// What is wrong with it.
  public var reason: String

  /// A skip.
  public init(_ path: FilePath, reason: String) {
    self.path = path
    self.reason = reason
  }

  /// Directory and reason.
  public var description: String { "\(path): \(reason)" }
}
