public import Checkpoints
internal import StateTree
public import SystemPackage

extension Algorithm {
  /// Makes the directory an experiment of this run, unless it is already: results and checkpoints go there.
  /// - Throws: `CheckpointError.experimentExists` where another run's experiment is, `.locked`; `TrainingError`.
  @discardableResult
  public func openExperiment(at path: FilePath) throws -> ExperimentDirectory {
    try run.output(at: path, parameters: parameters(in: path))
  }

  /// The configuration as `params.json` of an experiment has it.
  func parameters(in experiment: FilePath) -> StateMap {
    var parameters = config.state
    parameters["experiment"] = .string(experiment.string)
    return parameters
  }

  /// Saves the whole run as a checkpoint of the experiment at `path`, which is made if it is missing; durable when this
  /// returns.
  ///
  /// Waits for what is being written while training goes on. If that has failed, its error is thrown first and nothing
  /// is saved: called again, it saves. The experiment's lock is let go of afterwards until the run goes on, so that it can
  /// be restored at once; if another run has gone on in it by then, this one stops with `TrainingError.experimentWentOn`.
  ///
  /// Saved twice at one iteration, the first checkpoint stays and is the answer, unless it lacks the replay buffer that the
  /// second is to have: that is `CheckpointError.iterationExists`.
  ///
  /// Inside a callback of `onTrainResult` use `saveWhenIterationIsOver`: the callbacks behind it have not seen the
  /// iteration yet, and a restored run would never show it to them; the checkpoint says so.
  /// - Throws: `CheckpointError`, `TrainingError.saveFailed`, `.brokenRun` and `.dryRun`; nothing has appeared then.
  @discardableResult
  public func save(to path: FilePath, replayBuffer: BufferInclusion = .include) throws -> SavedCheckpoint {
    let saved = try saveHolding(path, replayBuffer)
    if !run.isCallingCallbacks { run.release(path) }
    return saved
  }

  /// Saves, and keeps the experiment's lock.
  private func saveHolding(_ path: FilePath, _ replayBuffer: BufferInclusion) throws -> SavedCheckpoint {
    try run.checkUsable()
    let (start, begin) = (services.clock.now(), ContinuousClock.now)
    try finishWriting()
    let key = path.lexicallyNormalized()
    let experiment = try openExperiment(at: path)
    if let last = run.ledger[key], last.covers(iteration, replayBuffer) { return last.checkpoint }
    let saved = try experiment.save(contents(of: path, replayBuffer: replayBuffer))
    run.ledger[key] = .init(checkpoint: saved, replayBuffer: replayBuffer)
    run.note(
      FinishedSave(
        saved, insertionCount: insertionCount, stall: services.clock.now() - start,
        duration: ContinuousClock.now - begin))
    for warning in saved.warnings { services.warn(warning) }
    try fireSaves()
    return saved
  }

  /// Everything that a checkpoint in an experiment holds.
  func contents(of experiment: FilePath, replayBuffer: BufferInclusion) throws -> CheckpointContents {
    var contents = try checkpointContents(replayBuffer: replayBuffer)
    contents.configuration = parameters(in: experiment)
    return contents
  }

  /// Everything that a checkpoint holds, as it is now: a value, which what the run does next does not change.
  /// - Throws: what runners in other threads and processes throw.
  public func checkpointContents(replayBuffer: BufferInclusion = .include) throws -> CheckpointContents {
    var contents = CheckpointContents(runID: run.id, iteration: iteration, environmentSteps: environmentSteps)
    contents.configuration = config.state
    contents.inexactBecause = run.inexactBecause
    if run.isCallingCallbacks {
      contents.inexactBecause.append("it was saved inside a callback, before the callbacks behind it saw the event")
    }
    if let mean = run.metrics.meanReturn {
      contents.results = ["env_runners": ["episode_return_mean": .double(mean)]]
    }
    contents.provenance = machineProvenance
    contents.add("algorithm_state", state: algorithmState)
    for group in [runners, run.evaluationRunners].compactMap(\.self) { try add(group, to: &contents) }
    add(to: &contents, replayBuffer: replayBuffer)
    contents.proofs["replay_buffer"] = proof(of: "replay_buffer")
    return contents
  }

  /// Adds the runners of a group, each with the proof of its next draws.
  private func add(_ group: EnvRunnerGroup, to contents: inout CheckpointContents) throws {
    for runner in try group.states() {
      contents.add(runner.component, state: runner.state)
      contents.proofs[runner.component] = StateDigest.sha256(of: runner.nextDraws)
    }
    for loss in group.takeLosses() {
      services.warn(loss)
      contents.inexactBecause.append(loss)
    }
    guard !group.isEvaluating, let reason = group.inexactBecause else { return }
    contents.inexactBecause.append(reason)
  }

  /// The digest of a component's next draws.
  func currentProof(of component: String) -> String? {
    runners.proof(of: component) ?? run.evaluationRunners?.proof(of: component) ?? proof(of: component)
  }

  /// Takes the runners of evaluations back, if the checkpoint holds them and the run has such.
  func restoreEvaluationRunners(_ restoration: inout Restoration) throws {
    let saved = restoration.checkpoint.manifest.components.map(\.name)
    guard saved.contains(where: { $0.hasPrefix("eval_env_runner") }) else { return }
    let group = try evaluationRunners()
    guard group.components.allSatisfy(saved.contains) else { return }
    _ = try group.load(from: &restoration)
  }

  /// Iteration, metrics, callbacks and the algorithm's counters.
  private var algorithmState: StateValue {
    [
      "iteration": .integer(iteration), "metrics": run.metrics.state, "callbacks": run.callbacks.state,
      "logger": run.logger.state, "evaluated_episodes": .integer(run.evaluatedEpisodes),
      "counters": counters,
      "inexact_because": .array(run.inexactBecause.map(StateValue.string)),
    ]
  }

  /// Who saves, when, on what and after how much time.
  private var machineProvenance: StateMap {
    var map = provenance
    map["run_id"] = .string(run.id)
    map["host"] = .string(services.machine.host)
    map["process"] = .integer(services.machine.process)
    map["processor"] = .string(services.machine.processor)
    map["timestamp"] = .integer(services.clock.timestamp())
    map["time_total_s"] = .double(run.totalSeconds)
    return map
  }

  /// Becomes what `algorithmState` was taken from.
  func restoreAlgorithmState(_ state: StateValue, _ report: inout RestoreReport) throws {
    let reader = try StateReader(state)
    let iteration = try reader.counter("iteration")
    guard iteration == report.iteration else {
      throw StateTreeError.invalidValue(
        path: "iteration", found: "\(iteration)", expected: "that of the checkpoint, \(report.iteration)")
    }
    try restoreCounters(from: reader.value("counters"))
    try run.metrics.restore(from: reader.value("metrics"))
    // Checkpoints of earlier versions have neither.
    if let logged = reader.map["logger"] { try run.logger.restore(from: logged) }
    if reader.map["evaluated_episodes"] != nil { run.evaluatedEpisodes = try reader.counter("evaluated_episodes") }
    for callback in try run.callbacks.restore(from: reader.value("callbacks")).unclaimed {
      report.warnings.append("the state of the callback \(callback) was saved and this run has no such callback")
    }
    run.inexactBecause = try reader.array("inexact_because").compactMap {
      if case .string(let reason) = $0 { reason } else { nil }
    }
    run.iteration = iteration
    run.iterationAtRestore = iteration
  }
}
