internal import Checkpoints
internal import FileSystems
internal import StateTree
public import SystemPackage

extension Algorithm {
  /// Restores a run from a checkpoint, or from the newest of an experiment, to go on as if nothing had happened.
  ///
  /// The configuration and the callbacks are those that were saved, as `configure` then changes them. Events:
  /// `onEnvironmentCreated` and `onAlgorithmInit` while the parts are made, `onCheckpointLoaded` always, once everything
  /// is restored. What lies after the restored iteration moves aside last, and a fork goes again if it cannot be used, so
  /// that a restore that fails changes nothing.
  /// - Throws: `CheckpointError`, `TrainingError`, and what callbacks throw.
  public static func restore(
    from path: FilePath, options: RestoreOptions = RestoreOptions(), services: TrainingServices = TrainingServices(),
    configure: (Config) throws -> Config = { $0 }
  ) throws -> Self {
    let source = try RestoreSource(path, options, on: services.fileSystem)
    do { return try resume(source, options, services, configure) } catch {
      if case .fork = options.destination { source.output?.removeFork(of: source.checkpoint) }
      throw error
    }
  }

  private static func resume(
    _ source: RestoreSource, _ options: RestoreOptions, _ services: TrainingServices,
    _ configure: (Config) throws -> Config
  ) throws -> Self {
    let manifest = source.checkpoint.manifest
    var (saved, leftovers) = try Config.restored(from: manifest.configuration, registry: services.registry)
    saved.follow(from: saved.common.experiment ?? source.recordedExperiment, to: source.home)
    var config = saved
    for override in options.overrides { config = try config.setting(override.name, override.value) }
    config = try configure(config)
    if let home = source.home { config.common.experiment = home }
    let algorithm = try build(config, services: services, id: manifest.runID) { run in
      run.isDryRun = options.destination == .dryRun
      // A checkpoint that lies alone, such as one that was superseded, is of another past than what lies elsewhere.
      run.isBeingRestored = options.destination == .inPlace && source.output != nil
      if let output = source.output {
        run.outputs[output.path.lexicallyNormalized()] = .init(path: output.path, directory: output)
      }
    }
    leftovers.closures.removeAll { name in
      config.common.callbacks.closures.counts.contains { $0.event.rawValue == name }
    }
    var report = try algorithm.load(source.checkpoint, options, saved, leftovers)
    report.warnings += staleParameters(source, saved, now: config, services)
    try algorithm.fireCheckpointLoaded(report)
    algorithm.run.isBeingRestored = false
    for output in algorithm.run.outputs.values where output.log == nil {
      if let directory = output.directory { try algorithm.takeOver(directory) }
    }
    if options.destination == .inPlace { try algorithm.rewindDumps() }
    return algorithm
  }

  /// Where `params.json` says something else than the checkpoint, which counts: a restore changed it and ended before its
  /// first checkpoint, or somebody edited it.
  private static func staleParameters(
    _ source: RestoreSource, _ saved: Config, now config: Config, _ services: TrainingServices
  ) -> [String] {
    guard let experiment = source.recordedExperiment,
      let bytes = try? services.fileSystem.readAll(ExperimentLayout(experiment).parameters, limit: 16 << 20),
      case .map(let map)? = try? StateJSON.value(of: bytes),
      var written = try? Config.restored(from: map, registry: services.registry).config
    else { return [] }
    written.follow(from: written.common.experiment ?? experiment, to: source.home)
    let changed = Set(config.changes(from: saved).map(\.path))
    var warnings = written.changes(from: saved).filter { !changed.contains($0.path) }.map {
      "params.json has \($0.path) \($0.now), the checkpoint \($0.saved), which counts; --set '\($0.path)=\($0.now)' takes "
        + "the other"
    }
    let callbacks = [written, saved, config].map { $0.state["callbacks"] }
    if callbacks[0] != callbacks[1], callbacks[1] == callbacks[2] {
      warnings.append(
        "params.json has other callbacks than the checkpoint, whose callbacks count; options such as --dump-every and "
          + "--checkpoint-every have to be given again")
    }
    return warnings
  }

  private func load(
    _ checkpoint: Checkpoint, _ options: RestoreOptions, _ saved: Config, _ leftovers: ConfigLeftovers
  ) throws -> RestoreReport {
    var restoration = try Restoration(checkpoint, selection: options.effectiveSelection)
    if let state = try restoration.state(of: "algorithm_state") {
      do { try restoreAlgorithmState(state, &restoration.report) } catch {
        throw CheckpointError.component(checkpoint.path, name: "algorithm_state", reason: String(describing: error))
      }
    }
    try load(from: &restoration)
    try restoreEvaluationRunners(&restoration)
    let restored = restoration.report.restored.map(\.component)
    let changes = config.changes(from: saved)
    for change in changes {
      // Several runners are components of their own, `env_runner/1` and so on.
      if let component = Config.component(keeping: change.path),
        restored.contains(where: { $0 == component || $0.hasPrefix(component + "/") })
      {
        throw TrainingError.fixedSetting(
          name: change.path, component: component, saved: change.saved, now: change.now)
      }
    }
    // The learner's state has the learning rate of the saved run.
    if changes.contains(where: { $0.path == "lr" }), let rate = config.learningRateSetting { learningRate = rate }
    run.savedProofs = checkpoint.manifest.proofs
    for component in restored where checkpoint.manifest.proofs[component] != nil || component == "replay_buffer" {
      restoration.check(proof: currentProof(of: component), of: component)
    }
    var report = restoration.finish()
    run.inexactBecause += report.lossReasons
    report.changed += changes
    report.defaulted += leftovers.defaulted
    report.lostClosures = leftovers.closures
    for name in leftovers.callbacks {
      report.warnings.append(
        "the callback \(name) cannot be made again from params.json; give it anew or register its type")
    }
    if let reason = runners.inexactBecause, runners.components.contains(where: restored.contains) {
      report.warnings.append(
        "the environments are reset before their next step, their episodes under way given up: \(reason)")
    }
    compareMachines(checkpoint.manifest.provenance, &report)
    if case .double(let seconds)? = checkpoint.manifest.provenance["time_total_s"] {
      (run.totalSeconds, run.secondsAtRestore) = (seconds, seconds)
    }
    try settleReplayBuffer(options, &report)
    return report
  }

  /// Joins the dump that was asked for, or says what a missing buffer means.
  private func settleReplayBuffer(_ options: RestoreOptions, _ report: inout RestoreReport) throws {
    for component in report.skipped + report.missing where component != "replay_buffer" {
      run.inexactBecause.append("it was restored without its \(component)")
    }
    if let dump = options.joinedDump {
      report.skipped.removeAll { $0 == "replay_buffer" }
      try joinReplayBuffer(from: dump, report: &report)
    } else if replayBufferSnapshot != nil, !report.restored.contains(where: { $0.component == "replay_buffer" }) {
      report.warnings.append(Self.emptyBufferWarning)
      run.inexactBecause.append(Self.emptyBufferReason)
    }
  }

  static var emptyBufferWarning: String {
    "the replay buffer is empty: the run goes on, but not bit for bit, and learns again once "
      + "num_steps_sampled_before_learning_starts steps are in it"
  }

  private func compareMachines(_ saved: StateMap, _ report: inout RestoreReport) {
    var now = provenance
    now["processor"] = .string(services.machine.processor)
    for key in ["processor", "blas"] as [StateKey] {
      guard case .string(let then)? = saved[key], case .string(let current)? = now[key], then != current else {
        continue
      }
      report.warnings.append(
        "the run was saved with the \(key) \"\(then)\" and goes on with \"\(current)\": the last bits of results may differ"
      )
    }
  }

  private func fireCheckpointLoaded(_ report: RestoreReport) throws {
    run.restoreReport = report
    var context = CheckpointLoadedContext(algorithm: self, report: report)
    try run.fire(.onCheckpointLoaded, &context, run.callbacks.closures.onCheckpointLoaded) {
      try $0.onCheckpointLoaded(&$1)
    }
    run.restoreReport = context.report
  }

  /// Moves aside dumps outside of the experiment, which it does not know of.
  private func rewindDumps() throws {
    for directory in run.dumpsToRewind {
      let dumps = DumpDirectory(path: directory, fileSystem: services.fileSystem)
      if let moved = try dumps.supersede(after: iteration, of: run.id) { run.superseded.append(moved) }
    }
  }

  /// Moves aside what lies after the iteration, and goes on in the experiment.
  private func takeOver(_ experiment: ExperimentDirectory) throws {
    // Opening the log cuts a line that a kill tore, so that what is rewound is whole.
    _ = try RunLog(experiment.layout, on: services.fileSystem)
    let moved = try experiment.rewind(to: iteration)
    run.superseded += Self.supersededDirectories(of: moved, in: experiment.path)
    let log = try RunLog(experiment.layout, on: services.fileSystem)
    try log.write(parameters: parameters(in: experiment.path))
    let result = TrainingResult.last(in: experiment.path, on: services.fileSystem)
    if result?.iteration == iteration { run.lastResult = result }
    var output = Run.Output(path: experiment.path, directory: experiment, log: log)
    if services.writesEventFiles {
      output.events = try EventLog(experiment.path, services)
      try output.events?.rewind(to: run.lastResult.map(EventLog.step) ?? Int64(environmentSteps))
    }
    run.outputs[experiment.path.lexicallyNormalized()] = output
  }
}

extension Algorithm {
  /// The directories in an experiment into which files were moved, each once.
  private static func supersededDirectories(of moved: [FilePath], in experiment: FilePath) -> [FilePath] {
    var directories: [FilePath] = []
    for path in moved {
      var relative = path
      guard relative.removePrefix(experiment), let first = relative.components.first else { continue }
      let directory = experiment.appending(first)
      if !directories.contains(directory) { directories.append(directory) }
    }
    return directories
  }
}

extension AlgorithmConfig {
  /// The setting `lr`, if the algorithm has one.
  var learningRateSetting: Double? {
    Self.settings.first { $0.name == "lr" }.flatMap { Double(configState: $0.read(self)) }
  }

  /// Lets the paths of callbacks follow an experiment from where it was to where it is.
  mutating func follow(from old: FilePath?, to new: FilePath?) {
    guard let old, let new, old != new else { return }
    for index in common.callbacks.callbacks.indices {
      guard var callback = common.callbacks.callbacks[index] as? any RelocatableCallback else { continue }
      callback.relocate(from: old, to: new)
      common.callbacks.callbacks[index] = callback
    }
  }
}
