public import Checkpoints
public import SystemPackage

/// How a run is restored.
public struct RestoreOptions: Sendable {
  /// What becomes of the experiment.
  public enum Destination: Sendable, Hashable {
    /// It goes on; what lies after the restored iteration moves aside.
    case inPlace
    /// It stays as it is, and a new one in this directory goes on from it.
    case fork(FilePath)
    /// Nothing is written or locked: the report is all that is wanted.
    case dryRun
  }

  /// Where the run goes on. Default: where it was.
  public var destination = Destination.inPlace
  /// The components that are restored. Default: all.
  public var selection = ComponentSelection.all
  /// Settings to be changed, by name, as text. Default: none.
  public var overrides: [(name: String, value: String)] = []
  /// Whether the checkpoint before a damaged newest one may be taken. Default: no, the restore stops.
  public var fallback = Checkpoint.Fallback.refuse
  /// Whether segments of the replay buffer that are missing or damaged may be left out, but for what is sound in them.
  /// Default: no, the restore stops. A fork always stops, because it takes over the checkpoint whole.
  public var damagedSegments = Checkpoint.DamagedSegments.refuse
  /// A dump to be joined as replay buffer, whatever the checkpoint has. Default: none.
  public var joinedDump: FilePath?

  /// The defaults.
  public init() {}
}
