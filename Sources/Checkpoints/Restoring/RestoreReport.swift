public import SystemPackage

/// What a restore did and did not do, complete: nothing is left out silently.
public struct RestoreReport: Sendable, Equatable {
  /// A component that was restored.
  public struct Restored: Sendable, Equatable {
    /// Its name.
    public var component: String
    /// The bytes of its files.
    public var byteCount: Int
    /// How many steps the buffer holds; nil for state.
    public var steps: Int?

    /// A component that was restored.
    public init(component: String, byteCount: Int, steps: Int? = nil) {
      self.component = component
      self.byteCount = byteCount
      self.steps = steps
    }
  }

  /// Something that is not as it was saved.
  public struct Change: Sendable, Equatable {
    /// What it is: the path of a setting or value, such as `learning_rate`.
    public var path: String
    /// What was saved.
    public var saved: String
    /// What is now.
    public var now: String

    /// A change.
    public init(path: String, saved: String, now: String) {
      self.path = path
      self.saved = saved
      self.now = now
    }
  }

  /// Something with the reason for it.
  public struct Note: Sendable, Equatable {
    /// What it is: a component or setting.
    public var name: String
    /// Why, or what it became.
    public var reason: String

    /// A note.
    public init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  /// A buffer that was left out of the checkpoint and joined from a dump.
  public struct Joined: Sendable, Equatable {
    /// The component it became.
    public var component: String
    /// The dump.
    public var path: FilePath
    /// The iteration of the dump, nil if it does not say.
    public var iteration: Int?
    /// How many steps it holds.
    public var steps: Int
    /// How many environment steps it lies behind the checkpoint, nil if it does not say.
    public var stepsBehind: Int?

    /// A dump that was joined.
    public init(component: String, path: FilePath, iteration: Int? = nil, steps: Int, stepsBehind: Int? = nil) {
      self.component = component
      self.path = path
      self.iteration = iteration
      self.steps = steps
      self.stepsBehind = stepsBehind
    }
  }

  /// Steps of a replay buffer that could not be restored, because a segment is missing or damaged.
  public struct Lost: Sendable, Equatable {
    /// The component.
    public var component: String
    /// The segment; nil for steps that are lost because others are.
    public var segment: String?
    /// What is wrong with it.
    public var reason: String
    /// How many steps they are; 0 for a segment that is damaged and of which all steps are whole.
    public var stepCount: Int
    /// The step numbers they are among; nil if nothing says it.
    public var steps: Range<Int>?

    /// Steps that are lost.
    public init(
      component: String = "", segment: String?, reason: String, stepCount: Int, steps: Range<Int>? = nil
    ) {
      self.component = component
      self.segment = segment
      self.reason = reason
      self.stepCount = stepCount
      self.steps = steps
    }
  }

  /// What became of the proof that a component goes on as it would have.
  public enum Proof: Sendable, Equatable {
    /// Its next draws are those that the saved run would have made.
    case confirmed
    /// They are others.
    case failed(saved: String, now: String)
    /// The checkpoint has no proof for it, or nobody computed one.
    case absent
  }

  /// The checkpoint.
  public var checkpoint: FilePath
  /// Its iteration.
  public var iteration: Int
  /// Its environment steps.
  public var environmentSteps: Int
  /// What was restored, in order.
  public var restored: [Restored] = []
  /// Steps that could not be restored; empty unless losses were allowed.
  public var lost: [Lost] = []
  /// What was not restored because the selection left it out.
  public var skipped: [String] = []
  /// What the run has and the checkpoint has not.
  public var missing: [String] = []
  /// What was left out when saving, and why.
  public var omitted: [Note] = []
  /// What the checkpoint has and the run did not ask for.
  public var extra: [String] = []
  /// What is not as it was saved.
  public var changed: [Change] = []
  /// What the checkpoint does not say, and what it became instead.
  public var defaulted: [Note] = []
  /// Closures that the saved run had and this one has not.
  public var lostClosures: [String] = []
  /// Whatever else a person should know.
  public var warnings: [String] = []
  /// Dumps that were joined.
  public var joined: [Joined] = []
  /// Proofs by component, in the order in which they were checked.
  public var proofs: [(component: String, proof: Proof)] = []
  /// Why the saved run itself could not promise exactness.
  public var inexactBecause: [String] = []
  /// Checkpoints that are newer and were passed over.
  public var passedOver: [CheckpointSkip] = []

  /// The report of a restore that has not begun.
  public init(checkpoint: FilePath, iteration: Int, environmentSteps: Int) {
    self.checkpoint = checkpoint
    self.iteration = iteration
    self.environmentSteps = environmentSteps
  }

  /// Whether two reports say the same.
  public static func == (a: Self, b: Self) -> Bool { a.description == b.description }
}
