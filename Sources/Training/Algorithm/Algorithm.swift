public import Checkpoints
public import ReplayBuffers
public import StateTree
public import SystemPackage

/// An algorithm that is trained iteration by iteration, saved and restored.
///
/// What is its own stands here; `train()`, `save(to:)`, `restore(from:)` and the calling of callbacks are the same for
/// all and come with it. What has a default is that of an algorithm without a replay buffer whose learner is all that it
/// learns; the learner's state has none, because a run that forgets it would go on from nothing. Not safe to be used from
/// several threads at once.
public protocol Algorithm: AnyObject {
  /// The type of its configuration.
  associatedtype Config: AlgorithmConfig

  /// The configuration; changed by `apply(_:)`.
  var config: Config { get }
  /// What all algorithms have: iteration, callbacks, experiment.
  var run: Run { get }

  /// Makes all parts; nothing is sampled. Use `config.build()`, which also calls `onAlgorithmInit`.
  /// - Throws: `TrainingError`, and what making environments throws.
  init(_ config: Config, run: Run) throws

  /// Samples and learns once.
  func trainingStep(_ stopwatch: inout Stopwatch) throws
  /// Writes what the iteration gave, apart from what all algorithms report, and ends it.
  func report(into result: inout TrainingResult)
  /// The runners that sample for it.
  var runners: EnvRunnerGroup { get }
  /// What `Config.makePolicy` needs to act as the learner does now.
  var policyWeights: StateValue { get }
  /// Steps ever added to the replay buffer; environment steps for an algorithm without one.
  var insertionCount: Int { get }
  /// The learning rate in use.
  var learningRate: Double { get set }
  /// Weights and optimizer.
  var learnerState: StateValue { get }
  /// Replaces weights and optimizer, or leaves them as they were.
  func setLearnerState(_ state: StateValue) throws
  /// The replay buffer at this moment; nil for an algorithm without one.
  var replayBufferSnapshot: BufferSnapshot? { get }
  /// Replaces the replay buffer by what contents hold, or leaves it as it was.
  ///
  /// Episodes under way in the contents are ended as truncated, and those of the runner go on under new names, unless
  /// `continuity` says that the contents are those of this very moment.
  func replaceReplayBuffer(with contents: any BufferContents, continuity: BufferContinuity) throws
  /// Takes over settings that can change while running, those that all have by `run.apply(_:)`.
  /// - Throws: `TrainingError.fixedSetting` for one that cannot.
  func apply(_ config: Config) throws

  /// Counters and timers of its own, for `algorithm_state`.
  var counters: StateValue { get }
  /// Takes counters back, or stays as it was.
  func restoreCounters(from state: StateValue) throws
  /// Adds its components to a checkpoint.
  func add(to contents: inout CheckpointContents, replayBuffer: BufferInclusion)
  /// Takes its components from a checkpoint; their proofs are checked afterwards.
  func load(from restoration: inout Restoration) throws
  /// The digest of a component's next draws, for components of its own that have any.
  func proof(of component: String) -> String?
  /// What it stands on that may decide on the last bits of its results.
  var provenance: StateMap { get }
}

/// Whether contents of a replay buffer end where the runner stands.
public enum BufferContinuity: Sendable, Hashable {
  /// They are of this very moment: episodes under way go on in them.
  case exact
  /// They are of another moment.
  case broken
}

/// Whether a checkpoint holds the replay buffer.
public enum BufferInclusion: String, Sendable, Hashable, Codable {
  /// It does.
  case include
  /// It does not; a dump is joined when it is restored.
  case omit
}

extension Algorithm {
  /// Iterations finished.
  public var iteration: Int { run.iteration }
  /// Environment steps ever sampled for training.
  public var environmentSteps: Int { runners.environmentSteps }
  /// What the run needs of the world outside.
  public var services: TrainingServices { run.services }
  /// The configuration, of whatever algorithm.
  public var configuration: any AlgorithmConfig { config }
  /// The account of the restore that the run began with; nil if it began anew.
  public var restoreReport: RestoreReport? { run.restoreReport }
  /// Where what lay after the restored iteration was moved when the run was restored; nothing is ever deleted.
  public var superseded: [FilePath] { run.superseded }
  /// The dumps and checkpoints that became durable and known since the last iteration began, in that order: when its
  /// result was made, by `save(to:)` and by `finishWriting()`.
  public var lastSaves: [FinishedSave] { run.saves }
  /// The result of the last iteration; of a restored run, that of the restored iteration as its experiment has it. nil if
  /// there is none.
  public var lastResult: TrainingResult? { run.lastResult }

  /// Throws for a configuration that changes what a part of the run keeps as it was made.
  /// - Throws: `TrainingError.fixedSetting`.
  public func requireChangeable(_ changed: Config) throws(TrainingError) {
    for change in changed.changes(from: config) {
      guard let component = Config.component(keeping: change.path) else { continue }
      throw .fixedSetting(name: change.path, component: component, saved: change.saved, now: change.now)
    }
  }

  /// Changes one setting by its name in `params.json`, while running.
  /// - Throws: `TrainingError.unknownSetting`, `.invalidSetting`, `.fixedSetting`.
  public func set(_ name: String, _ text: String) throws {
    let changed = try config.setting(name, text)
    try changed.validate()
    try apply(changed)
  }

  /// How far the run is, in all the units of `Every`.
  public var progress: Period.Progress {
    Period.Progress(
      iteration: iteration, environmentSteps: environmentSteps, insertionCount: insertionCount,
      now: services.clock.now())
  }
}
