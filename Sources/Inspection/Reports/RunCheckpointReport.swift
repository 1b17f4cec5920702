public import Checkpoints
public import SystemPackage

/// A checkpoint of ours: what its manifest says, its networks and optimizers, its replay buffers.
public struct RunCheckpointReport: Sendable {
  /// One component.
  public struct Component: Sendable, Equatable {
    /// What a component is.
    public enum Content: Sendable, Equatable {
      /// State of so many values; nil if its file cannot be read.
      case state(valueCount: Int?)
      /// A replay buffer of this kind and so many steps.
      case buffer(kind: String, steps: Int)
      /// Left out, and why.
      case omitted(because: String)
    }

    /// Its name, such as `learner_group/learner`.
    public var name: String
    /// What it is.
    public var content: Content
    /// What its files take.
    public var byteCount: Int
    /// The digest of its next draws, which a restore computes again; nil for a component without random state.
    public var proof: String?
  }

  /// One replay buffer.
  public struct Buffer: Sendable {
    /// The component's name.
    public var name: String
    /// What is in it; the statistics of a large buffer are those of its segments' summaries.
    public var report: BufferReport
    /// How many rows that the buffer has no more its segments, and with them the statistics, still hold.
    public var leftoverRowCount: Int
  }

  /// An episode under way and its environment.
  public struct Episode: Sendable, Equatable {
    /// The component that plays it.
    public var component: String
    /// The environment's id; nil if its state does not say.
    public var environment: String?
    /// The episode's name.
    public var id: String
    /// How many steps it has.
    public var length: Int
    /// The sum of its rewards; nil if the state does not say.
    public var totalReward: Double?
  }

  /// The state of one component.
  public struct State: Sendable, Equatable {
    /// The component's name.
    public var name: String
    /// Its values.
    public var listing: StateListing
  }

  /// Files that several checkpoints have in common.
  public struct Sharing: Sendable, Equatable {
    /// How many segments there are.
    public var segmentCount = 0
    /// What they take.
    public var segmentBytes = 0
    /// How many of them other checkpoints have too.
    public var sharedCount = 0
    /// What those take.
    public var sharedBytes = 0
  }

  /// The checkpoint's directory.
  public var path: FilePath
  /// What it says of itself.
  public var manifest: CheckpointManifest
  /// What it shares with other checkpoints.
  public var sharing: Sharing
  /// Its components in the order in which they were saved, those that were left out last.
  public var components: [Component]
  /// The networks' parameters, a table for each map of tensors.
  public var modules: [ParameterTable]
  /// The optimizers.
  public var optimizers: [OptimizerReport]
  /// The replay buffers.
  public var buffers: [Buffer]
  /// The episodes under way.
  public var episodes: [Episode]
  /// The states of components as listings.
  public var states: [State]
  /// What could not be read, in a line each.
  public var problems: [String]
}
