public import ForeignFormats
public import MessagePack
public import SystemPackage

/// A checkpoint directory of RLlib: its files, its networks, its optimizers, how far training was.
public struct CheckpointReport: Sendable {
  /// One file of the directory.
  public struct File: Sendable, Equatable {
    /// What a file holds.
    public enum Content: String, Sendable {
      /// A state in MessagePack, which was read.
      case state
      /// A pickle, which is never opened.
      case pickle
      /// The metadata of a component.
      case metadata
      /// A state that cannot be read.
      case unreadable
      /// Anything else.
      case other
    }

    /// Where it lies inside the directory.
    public var name: FilePath
    /// Its size.
    public var byteCount: Int
    /// What it holds.
    public var content: Content
  }

  /// One number that says how far training was.
  public struct Counter: Sendable {
    /// Its name, parts of metrics' names with `/` between them.
    public var name: String
    /// Its value.
    public var value: MessagePackValue
    /// The file it stands in.
    public var file: FilePath
  }

  /// The state of one file as a tree.
  public struct StateFile: Sendable {
    /// The file.
    public var name: FilePath
    /// What it holds.
    public var tree: TreeNode
  }

  /// The directory.
  public var path: FilePath
  /// What RLlib's metadata file says; nil if there is none that can be read.
  public var metadata: RLlibCheckpoint.Metadata?
  /// The files, those of the directory itself first.
  public var files: [File]
  /// The networks' parameters, a table for each module.
  public var modules: [ParameterTable]
  /// The optimizers.
  public var optimizers: [OptimizerReport]
  /// How far training was: iteration, weights' sequence number, steps and what else counts a lifetime.
  public var counters: [Counter]
  /// All metrics.
  public var metrics: [Metric]
  /// Where states hold pickles inside; they are never opened.
  public var embeddedPickles: [String]
  /// The states as trees, if an option asks for the complete state.
  public var states: [StateFile]
  /// What could not be read, in a line each.
  public var problems: [String]
}

/// The parameters of one module of RLlib: one network, or several with common parts.
public struct ParameterTable: Sendable {
  /// One parameter.
  public struct Parameter: Sendable, Equatable {
    /// Its name in the module, such as `encoder.net.mlp.0.weight`.
    public var name: String
    /// Type, shape and statistics.
    public var tensor: TensorFacts
  }

  /// The module's name, such as `default_policy`.
  public var module: String
  /// The file the parameters stand in.
  public var file: FilePath
  /// The parameters in the order of the file.
  public var parameters: [Parameter]
  /// The names of entries that are no tensors.
  public var others: [String]

  /// How many numbers there are in all.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }
  /// What they take.
  public var byteCount: Int { parameters.reduce(0) { $0 + $1.tensor.byteCount } }
}

/// The state of one optimizer of RLlib, as torch saves it.
/// - Source: `torch.optim.Optimizer.state_dict`.
public struct OptimizerReport: Sendable {
  /// One group of parameters with its settings.
  public struct Group: Sendable {
    /// Its settings by name, such as `lr` and `betas`; those that are nil are left out.
    public var settings: [(name: String, value: MessagePackValue)]
    /// How many tensors it optimizes.
    public var tensorCount: Int
  }

  /// Its name, such as `default_policy_default_optimizer`.
  public var name: String
  /// The module it optimizes; nil if that is not saved.
  public var module: String?
  /// The file it stands in.
  public var file: FilePath
  /// How many updates it has made, the most over all tensors; nil if it does not count.
  public var steps: Double?
  /// What it keeps for each tensor, such as `exp_avg`.
  public var slots: [String]
  /// How many tensors it keeps something for.
  public var tensorCount: Int
  /// What all of that takes.
  public var byteCount: Int
  /// The groups of parameters.
  public var groups: [Group]
}

/// One metric of RLlib's `MetricsLogger`.
/// - Source: `ray/rllib/utils/metrics/metrics_logger.py`.
public struct Metric: Sendable, Equatable {
  /// Its name, the parts with `/` between them.
  public var name: String
  /// How it sums up: `mean`, `ema`, `sum`, `lifetime_sum`, `min`, `max`, ...
  public var kind: String
  /// The latest value that is saved; nil if there is none but NaN.
  public var value: Double?
  /// The file it stands in.
  public var file: FilePath
}
