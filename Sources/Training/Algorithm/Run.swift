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

  /// What writes dumps and checkpoints while training goes on.
  let writer: BackgroundWriter
  /// The last checkpoint of each experiment.
  let ledger = SaveLedger()
  var callbacks: CallbackSet
  var metrics: EpisodeMetrics
  /// What callbacks log, of runners under `env_runners`.
  var logger: MetricsLogger
  /// The runners of evaluations; made when they are needed first.
  var evaluationRunners: EnvRunnerGroup?
  /// Episodes of evaluations ever finished.
  var evaluatedEpisodes = 0
  /// Whether the run has ended.
  var isStopped = false
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
  var pendingSaves: [SaveRequest] = []
  /// What became durable and known since the last iteration began.
  var saves: [FinishedSave] = []
  /// What became durable and known, and no callback was told yet.
  var unannounced: [FinishedSave] = []
  /// What became known and no result holds yet.
  var unreported = BackgroundWriter.Account()
  /// Experiments of which the save that was to hold the replay buffer was left out: the next one holds it.
  var owingBuffers: Set<FilePath> = []
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
    logger = MetricsLogger(.root, clock: services.clock)
    metrics = EpisodeMetrics(window: config.common.smoothingEpisodes)
  }

  deinit { writer.settleAtEnd() }

  /// Takes over what a changed configuration says of results; to be called by `Algorithm.apply(_:)`.
  public func apply(_ config: CommonConfig) {
    if config.smoothingEpisodes != metrics.window { metrics.resize(to: max(1, config.smoothingEpisodes)) }
  }

  /// Throws unless the run may go on and be saved.
  func checkUsable() throws(TrainingError) {
    if isDryRun { throw .dryRun }
    if isStopped { throw .brokenRun("it was stopped") }
    if let failure { throw .brokenRun(failure) }
  }

  /// Calls one event of the algorithm: callbacks, then closures.
  ///
  /// Each callback is taken out while it is called, so that it may look at the run.
  func fire<Context>(
    _ event: CallbackEvent, _ context: inout Context, _ closures: [CallbackClosures.Closure<Context>],
    _ call: (inout any Callback, inout Context) throws -> Void
  ) throws(TrainingError) {
    // A callback may have the algorithm do something that has events of its own.
    let wasCalling = isCallingCallbacks
    isCallingCallbacks = true
    defer { isCallingCallbacks = wasCalling }
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
