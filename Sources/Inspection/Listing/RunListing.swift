public import Checkpoints
public import SystemPackage

/// What `ls` says of a path: the experiments there, each with its checkpoints and dumps.
public struct RunListing: Sendable {
  /// One experiment.
  public struct Run: Sendable, Equatable {
    /// Its checkpoints and dumps.
    public var listing: ExperimentListing
    /// Whether a writer holds its lock at this moment.
    public var isRunning: Bool
    /// What its files take on disk; a file with several names, such as a shared segment, counts once.
    public var byteCount: Int
  }

  /// The experiment, or the folder of experiments.
  public var path: FilePath
  /// The experiments, by path.
  public var runs: [Run]
}
