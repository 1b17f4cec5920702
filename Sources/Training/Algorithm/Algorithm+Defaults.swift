public import Checkpoints
public import ReplayBuffers
public import StateTree

/// What an algorithm does that says nothing else: it has a learner and no replay buffer.
extension Algorithm {
  /// Writes nothing.
  public func report(into result: inout TrainingResult) {}
  /// The learner's whole state.
  public var policyWeights: StateValue { learnerState }
  /// Environment steps ever sampled.
  public var insertionCount: Int { environmentSteps }

  /// 0: there is no learning rate. Setting it warns and changes nothing.
  public var learningRate: Double {
    get { 0 }
    set { services.warn("\(Config.algorithm) has no learning rate; \(newValue) is ignored") }
  }

  /// Nil: there is no replay buffer.
  public var replayBufferSnapshot: BufferSnapshot? { nil }

  /// There is none to be replaced.
  /// - Throws: `TrainingError.unsupported`.
  public func replaceReplayBuffer(with contents: any BufferContents, continuity: BufferContinuity) throws {
    throw TrainingError.unsupported(
      algorithm: Config.algorithm, what: "has no replay buffer", remedy: "join no dump when it is restored")
  }

  /// Takes no setting over.
  /// - Throws: `TrainingError.unsupported` for the first that differs.
  public func apply(_ config: Config) throws {
    guard let change = config.changes(from: self.config).first else { return }
    throw TrainingError.unsupported(
      algorithm: Config.algorithm, what: "cannot change \(change.path) while it runs",
      remedy: "implement apply(_:), or restore a checkpoint with another value")
  }

  /// None.
  public var counters: StateValue { [:] }
  /// Does nothing.
  public func restoreCounters(from state: StateValue) throws {}
  /// Nothing.
  public var provenance: StateMap { [:] }

  /// The component of the learner.
  static var learnerComponent: String { "learner_group/learner" }

  /// Adds the learner.
  public func add(to contents: inout CheckpointContents, replayBuffer: BufferInclusion) {
    contents.add(Self.learnerComponent, state: learnerState)
  }

  /// Takes learner and runners back.
  /// - Throws: `CheckpointError`.
  public func load(from restoration: inout Restoration) throws {
    if let state = try restoration.state(of: Self.learnerComponent) {
      do { try setLearnerState(state) } catch {
        throw CheckpointError.component(
          restoration.checkpoint.path, name: Self.learnerComponent, reason: String(describing: error))
      }
    }
    let hasRunners = try runners.load(from: &restoration)
    if !hasRunners, restoration.report.restored.contains(where: { $0.component == "algorithm_state" }) {
      runners.continueCount(from: restoration.checkpoint.manifest.environmentSteps)
    }
  }

  /// None: what the learner draws from is in its own state.
  public func proof(of component: String) -> String? { nil }
}
