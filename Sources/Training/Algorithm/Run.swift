internal import Checkpoints
internal import FileSystems
internal import StateTree
internal import SystemPackage

/// What all algorithms have while they run: iteration, callbacks, experiments that are written.
public final class Run {
  /// The run's name, which a restored run keeps.
  public let id: String
  /// Files, clocks, warnings.
  public let services: TrainingServices
  /// Iterations finished.
  public internal(set) var iteration = 0

  /// What writes dumps while training goes on.
  let writer: BackgroundWriter
  var callbacks: CallbackSet
  var metrics: EpisodeMetrics
  var lastResult: TrainingResult?
  var restoreReport: RestoreReport?
  /// Whether callbacks of an event are being called, so that some have not seen it yet.
  var isCallingCallbacks = false
  /// Whether a restore is under way that goes on in the experiment of the saved run.
  var isBeingRestored = false
  /// Whether the run was restored to be looked at only.
  var isDryRun = false
  /// What left the run half way through an iteration.
  var failure: String?
  /// Why the run no longer is what an uninterrupted one would be.
  var inexactBecause: [String] = []
  /// Saves to be made when all callbacks have seen the iteration.
  var pendingSaves: [(path: FilePath, replayBuffer: BufferInclusion)] = []
  /// The last checkpoint of each experiment.
  var saved: [FilePath: (checkpoint: SavedCheckpoint, replayBuffer: BufferInclusion)] = [:]
  /// The checkpoints saved since the last iteration began.
  var saves: [CheckpointSave] = []
  /// Where what lay after the restored iteration was moved.
  var superseded: [FilePath] = []
  /// The digests of next draws in the checkpoint that was restored.
  var savedProofs: [String: String] = [:]
  /// Directories into which this run dumped.
  var dumpDirectories: Set<FilePath> = []
  /// Directories whose dumps of later iterations move aside when a restore has worked.
  var dumpsToRewind: [FilePath] = []
  var outputs: [FilePath: Output] = [:]
  var totalSeconds = 0.0
  var secondsAtRestore = 0.0
  var iterationAtRestore = 0

  init(id: String, config: some AlgorithmConfig, services: TrainingServices) {
    self.id = id
    self.services = services
    writer = BackgroundWriter(warn: services.warn)
    callbacks = CallbackSet(config.common.callbacks)
    metrics = EpisodeMetrics(window: config.common.smoothingEpisodes)
  }

  /// The iterations of the newest checkpoints without a replay buffer, each of which a dump completes: those that this run
  /// saved, or the one that it was restored from.
  var iterationsStandingOnDumps: [Int] {
    guard saved.isEmpty else { return saved.values.filter { $0.replayBuffer == .omit }.map(\.checkpoint.iteration) }
    guard let report = restoreReport, !report.restored.contains(where: { $0.component == "replay_buffer" }) else {
      return []
    }
    return [report.iteration]
  }

  deinit { writer.settleAtEnd() }

  /// Takes over what a changed configuration says of results; to be called by `Algorithm.apply(_:)`.
  public func apply(_ config: CommonConfig) {
    if config.smoothingEpisodes != metrics.window { metrics.resize(to: max(1, config.smoothingEpisodes)) }
  }

  /// Throws unless the run may go on and be saved.
  func checkUsable() throws(TrainingError) {
    if isDryRun { throw .dryRun }
    if let failure { throw .brokenRun(failure) }
  }

  /// Calls one event of the algorithm: callbacks, then closures.
  ///
  /// Each callback is taken out while it is called, so that it may look at the run.
  func fire<Context>(
    _ event: CallbackEvent, _ context: inout Context, _ closures: [CallbackClosures.Closure<Context>],
    _ call: (inout any Callback, inout Context) throws -> Void
  ) throws(TrainingError) {
    isCallingCallbacks = true
    defer { isCallingCallbacks = false }
    for index in callbacks.callbacks.indices {
      var callback = callbacks.callbacks[index]
      defer { callbacks.callbacks[index] = callback }
      do { try call(&callback, &context) } catch {
        throw .callback(name: callback.displayName, event: event, underlying: error)
      }
    }
    try CallbackSet.call(closures, event, &context)
  }
}
