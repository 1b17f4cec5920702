public import StateTree

/// What a checkpoint says of itself: everything in it, with digests. Its presence marks a checkpoint as complete.
/// - Source: `Checkpoints.md`, "The manifest".
public struct CheckpointManifest: Sendable, Equatable {
  /// The word that begins every manifest.
  public static let format = "rlbuf-checkpoint"
  /// The version that this code writes, and the newest it reads.
  public static let version = 1
  /// The most bytes of a manifest.
  public static let byteLimit = 16 << 20
  /// The most files that a manifest may name.
  public static let fileLimit = 100_000

  /// One file.
  public struct File: Sendable, Hashable {
    /// Where it lies in the checkpoint: plain names with slashes between them.
    public var path: String
    /// Its size.
    public var byteCount: Int
    /// The SHA-256 of its bytes, in hexadecimal.
    public var sha256: String

    /// A file.
    public init(path: String, byteCount: Int, sha256: String) {
      self.path = path
      self.byteCount = byteCount
      self.sha256 = sha256
    }
  }

  /// One component.
  public struct Component: Sendable, Equatable {
    /// What a component is.
    public enum Content: Sendable, Equatable {
      /// State in one file.
      case state
      /// A replay buffer: its kind, how many steps it holds, and the names of its segments beside its file.
      case buffer(kind: String, steps: Int, segments: [String])
    }

    /// Its name, such as `learner_group/learner`.
    public var name: String
    /// The path of its file with the state.
    public var file: String
    /// What it is.
    public var content: Content

    /// A component.
    public init(name: String, file: String, content: Content) {
      self.name = name
      self.file = file
      self.content = content
    }
  }

  /// A component that was left out.
  public struct Omission: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Why it was left out.
    public var because: String

    /// An omission.
    public init(name: String, because: String) {
      self.name = name
      self.because = because
    }
  }

  /// Which run it is of.
  public var runID: String
  /// How many training iterations there were.
  public var iteration: Int
  /// How many environment steps there were.
  public var environmentSteps: Int
  /// The components in the order in which they were saved.
  public var components: [Component] = []
  /// The components that were left out.
  public var omitted: [Omission] = []
  /// Why a restored run may not go on bit for bit; empty if it does.
  public var inexactBecause: [String] = []
  /// Every file but the manifest, ordered by path.
  public var files: [File] = []
  /// For components with random state, the digest of its next draws.
  public var proofs: [String: String] = [:]
  /// Who saved it, when and on what.
  public var provenance: StateMap = [:]
  /// The configuration of the run.
  public var configuration: StateMap = [:]
  /// The newest results.
  public var results: StateMap = [:]

  /// A manifest without components.
  public init(runID: String, iteration: Int, environmentSteps: Int) {
    self.runID = runID
    self.iteration = iteration
    self.environmentSteps = environmentSteps
  }

  /// The bytes of all files.
  public var byteCount: Int { files.reduce(0) { $0 + $1.byteCount } }
  /// Whether a restored run goes on bit for bit, as far as the saved run knew.
  public var isExact: Bool { inexactBecause.isEmpty && omitted.isEmpty }
  /// The names of the components, in order.
  public var componentNames: [String] { components.map(\.name) }

  /// The component of this name, nil if there is none.
  public func component(_ name: String) -> Component? { components.first { $0.name == name } }
}
