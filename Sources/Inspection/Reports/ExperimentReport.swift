internal import Checkpoints
public import StateTree
public import SystemPackage

/// An experiment of ours: how far it is, how well it does, what lies in it, and its newest checkpoint.
public struct ExperimentReport: Sendable {
  /// How the mean return of episodes went.
  public struct Progress: Sendable, Equatable {
    /// The iterations, in order.
    public var iterations: [Int]
    /// The mean return at each of them; NaN where no episode had ended.
    public var returns: [Double]
    /// Whether earlier iterations were left out, because the results are too long to read all of them.
    public var isTail: Bool
  }

  /// Its checkpoints and dumps, whether it is going on, what it takes on disk.
  public var run: RunListing.Run
  /// Its configuration, as in `params.json`.
  public var configuration: StateMap
  /// The environment's id; nil if the configuration does not say.
  public var environment: String?
  /// The algorithm; nil if the configuration does not say.
  public var algorithm: String?
  /// The last result; empty if there is none.
  public var lastResult: StateMap
  /// How the mean return went.
  public var progress: Progress
  /// The newest complete checkpoint; nil if there is none.
  public var newest: RunCheckpointReport?
  /// What could not be read, in a line each.
  public var problems: [String]

  /// The experiment's directory.
  public var path: FilePath { run.listing.path }
}
