public import FileSystems
public import SystemPackage

/// What lies in an experiment, for a person who asks while a run may be going on: no lock, and what vanishes between two
/// looks is no error.
public struct ExperimentListing: Sendable, Equatable {
  /// A checkpoint.
  public struct CheckpointEntry: Sendable, Equatable {
    /// Its number.
    public var iteration: Int
    /// Its directory.
    public var path: FilePath
    /// Its environment steps; nil if it is not complete.
    public var environmentSteps: Int?
    /// The mean return of episodes; nil if it is not known.
    public var episodeReturn: Double?
    /// The bytes of its files; nil if it is not complete.
    public var byteCount: Int?
    /// When it was written, in seconds since 1970.
    public var modificationSeconds: Int64
    /// Why it is not complete; nil if it is.
    public var incompleteBecause: String?
  }

  /// A dump of a replay buffer.
  public struct DumpEntry: Sendable, Equatable {
    /// Its iteration.
    public var iteration: Int
    /// The file.
    public var path: FilePath
    /// How many steps it holds; nil if it cannot be read.
    public var steps: Int?
    /// Its size.
    public var byteCount: Int
    /// When it was written, in seconds since 1970.
    public var modificationSeconds: Int64
    /// Why it cannot be read; nil if it can.
    public var unreadableBecause: String?
  }

  /// The experiment's directory.
  public var path: FilePath
  /// Its checkpoints, by iteration.
  public var checkpoints: [CheckpointEntry]
  /// Its dumps, by iteration.
  public var dumps: [DumpEntry]
  /// Directories with what was superseded by restoring an earlier iteration.
  public var superseded: [FilePath]
  /// How many names in it are none of an experiment's; those that begin with a dot are not counted.
  public var otherNames: Int

  /// How many directories below the given one are looked into.
  static let depth = 2

  /// Lists one experiment.
  /// - Throws: `CheckpointError.notExperiment` for a directory that is none, `.fileSystem` if it cannot be read.
  public static func of(
    _ path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> ExperimentListing {
    guard let listing = try Reader(fileSystem).experiment(path) else { throw .notExperiment(path) }
    return listing
  }

  /// Lists an experiment, or all experiments in a folder and in the folders of it, by name; links are not followed.
  /// - Throws: `CheckpointError.notExperiment` if there is no such folder, `.fileSystem` if it cannot be read.
  public static func all(
    in path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> [ExperimentListing] {
    let reader = Reader(fileSystem)
    if let listing = try reader.experiment(path) { return [listing] }
    return try reader.experiments(below: path, depth: depth)
  }
}
