public import StateTree

/// An evaluation that is under way.
struct Evaluation {
  let runners: EnvRunnerGroup
  let stepsBefore: Int
}

extension Algorithm {
  /// Measures how well the policy acts now, with runners and generators of its own, which training does not feel.
  ///
  /// As many episodes or steps as `evaluation_duration` says, shared out over the runners. Events: `onEvaluateStart`,
  /// those of the runners with `inEvaluation` true, `onEvaluateEnd`.
  /// - Returns: what stands under `evaluation` in a result, as callbacks left it.
  /// - Throws: `TrainingError`, and what environments and policies throw.
  @discardableResult
  public func evaluate() throws -> StateMap { try finishEvaluation(beginEvaluation()) }

  /// Has the runners begin, with the weights of now.
  func beginEvaluation() throws -> Evaluation {
    try run.checkUsable()
    let runners = try evaluationRunners()
    var context = EvaluationContext(algorithm: self, metrics: [:])
    try run.fire(.onEvaluateStart, &context, run.callbacks.closures.onEvaluateStart) { try $0.onEvaluateStart(&$1) }
    let evaluation = Evaluation(runners: runners, stepsBefore: runners.environmentSteps)
    try runners.begin(
      config.common.evaluation.sizes(runners: runners.count),
      exploring: config.common.evaluation.explores ?? Config.evaluationExplores, weights: policyWeights)
    return evaluation
  }

  /// Waits for the runners and says what they measured.
  func finishEvaluation(_ evaluation: Evaluation) throws -> StateMap {
    let runners = evaluation.runners
    _ = try runners.collect()
    try fireRecreated(runners)
    try run.logger.merge(runners.takeMetrics(), under: "evaluation/env_runners")
    var result = TrainingResult()
    run.logger.report(into: &result, .under("evaluation"))
    let finished = runners.takeFinished()
    if !finished.isEmpty {
      var metrics = EpisodeMetrics(window: finished.count)
      for episode in finished { metrics.add(episode) }
      var own = TrainingResult()
      metrics.report(into: &own)
      for (path, value) in own.flattened() { result.set(value, at: "evaluation/\(path)") }
    }
    run.evaluatedEpisodes += finished.count
    let faults = runners.faults
    for (key, count) in [
      ("env_runners/num_episodes", finished.count), ("env_runners/num_episodes_lifetime", run.evaluatedEpisodes),
      ("env_runners/num_env_steps_sampled", runners.environmentSteps - evaluation.stepsBefore),
      ("env_runners/num_env_steps_sampled_lifetime", runners.environmentSteps),
      ("num_healthy_workers", faults.healthy), ("num_remote_worker_restarts", faults.restarts),
      ("num_env_runners_dropped_lifetime", faults.dropped),
    ] { result.set(.integer(count), at: "evaluation/\(key)") }
    guard case .map(let metrics)? = result.values["evaluation"] else { return [:] }
    var context = EvaluationContext(algorithm: self, metrics: metrics)
    try run.fire(.onEvaluateEnd, &context, run.callbacks.closures.onEvaluateEnd) { try $0.onEvaluateEnd(&$1) }
    var left = TrainingResult(["evaluation": .map(context.metrics)])
    // Only what was logged since: the rest was emptied by the first report.
    run.logger.report(into: &left, .changedUnder("evaluation"))
    guard case .map(let reported)? = left.values["evaluation"] else { return context.metrics }
    return reported
  }

  /// The runners of evaluations, made when they are needed first.
  func evaluationRunners() throws -> EnvRunnerGroup {
    if let runners = run.evaluationRunners { return runners }
    let runners = try EnvRunnerGroup(config, isEvaluating: true, seed: config.common.seed ?? 0)
    run.evaluationRunners = runners
    return runners
  }

  /// Calls `onEnvRunnersRecreated` if runners were made anew, and notes what was lost.
  func fireRecreated(_ runners: EnvRunnerGroup) throws(TrainingError) {
    for loss in runners.takeLosses() {
      services.warn(loss)
      // What an evaluation loses, training does not feel. A runner that is lost again and again is one reason.
      if !runners.isEvaluating, !run.inexactBecause.contains(loss) { run.inexactBecause.append(loss) }
    }
    let indices = runners.takeRecreated()
    guard !indices.isEmpty else { return }
    var context = RunnersRecreatedContext(
      algorithm: self, group: runners, runnerIndices: indices, isEvaluation: runners.isEvaluating)
    try run.fire(.onEnvRunnersRecreated, &context, run.callbacks.closures.onEnvRunnersRecreated) {
      try $0.onEnvRunnersRecreated(&$1)
    }
  }

  /// Calls `onCheckpointSaved` and `onReplayBufferDumped` for what became durable and known since the last call.
  func fireSaves() throws(TrainingError) {
    // Not between the callbacks of another event.
    guard !run.isCallingCallbacks else { return }
    let saves = run.unannounced
    run.unannounced = []
    for save in saves {
      var context = SavedContext(algorithm: self, save: save)
      switch save.kind {
      case .checkpoint:
        try run.fire(.onCheckpointSaved, &context, run.callbacks.closures.onCheckpointSaved) {
          try $0.onCheckpointSaved(&$1)
        }
      case .dump:
        try run.fire(.onReplayBufferDumped, &context, run.callbacks.closures.onReplayBufferDumped) {
          try $0.onReplayBufferDumped(&$1)
        }
      }
    }
  }

  /// Ends the run: waits for all that is being written, ends all runners, calls `onAlgorithmStop`. Called again, it does
  /// nothing.
  /// - Throws: `TrainingError.saveFailed` for what could not be written, and what callbacks throw; the run has ended then.
  public func stop() throws {
    guard !run.isStopped else { return }
    var failure: (any Error)?
    do { try finishWriting() } catch { failure = error }
    runners.stop()
    run.evaluationRunners?.stop()
    run.isStopped = true
    var context = AlgorithmContext(algorithm: self)
    try run.fire(.onAlgorithmStop, &context, run.callbacks.closures.onAlgorithmStop) { try $0.onAlgorithmStop(&$1) }
    if let failure { throw failure }
  }
}

extension EvaluationConfig {
  /// How much each of so many runners samples, so that all together sample no less than the duration.
  func sizes(runners: Int) -> [SampleSize] {
    (0..<runners).map { index in
      let share = duration / runners + (index < duration % runners ? 1 : 0)
      switch unit {
      case .episodes: return .episodes(share)
      case .timesteps: return .steps(share)
      }
    }
  }
}
