internal import StateTree

extension Algorithm {
  /// Runs one iteration: steps until `min_sample_timesteps_per_iteration` are sampled, then an evaluation if it is due,
  /// then the result, then `onTrainResult`, then what it asked to be saved, which is written while the next iteration runs.
  ///
  /// If an earlier save has failed meanwhile, that is thrown before anything is sampled, once: called again, it trains.
  /// An error before the result leaves the run half way through the iteration: it can neither go on nor be saved. After
  /// an error of `onTrainResult` the iteration counts and the run may go on, as in RLlib.
  /// - Returns: the result, as callbacks left it.
  /// - Throws: `TrainingError`, of which `.saveFailed` leaves the run as it was, and what environments, learner and
  ///   files throw.
  @discardableResult
  public func train() throws -> TrainingResult {
    try run.checkUsable()
    try run.writer.throwFailure()
    try run.holdOutputs()
    run.saves = []
    let start = services.clock.now()
    var stopwatch = Stopwatch(services.clock)
    var result = TrainingResult()
    do { result = try sampleLearnAndEvaluate(&stopwatch) } catch {
      run.failure = "\(error)"
      throw error
    }
    run.iteration += 1
    let elapsed = (services.clock.now() - start).seconds
    run.totalSeconds += elapsed
    stopwatch.add(.seconds(elapsed), to: "training_iteration")
    stopwatch.report(into: &result)
    describe(&result, seconds: elapsed)
    run.collectSaves()
    run.reportSaves(into: &result)
    try fireSaves()
    var context = TrainResultContext(algorithm: self, result: result)
    try run.fire(.onTrainResult, &context, run.callbacks.closures.onTrainResult) { try $0.onTrainResult(&$1) }
    // Deviation: RLlib shows it an iteration later.
    run.logger.report(into: &context.result, .changed)
    run.lastResult = context.result
    do { try run.append(context.result) } catch {
      run.failure = "its result could not be written: \(error)"
      throw error
    }
    let saves = run.pendingSaves
    run.pendingSaves = []
    for request in saves {
      try saveInBackground(
        to: request.path, replayBuffer: request.replayBuffer, keep: request.keep, whenBusy: request.whenBusy)
    }
    return context.result
  }

  /// An iteration with its evaluation, if one is due: beside it or behind it.
  private func sampleLearnAndEvaluate(_ stopwatch: inout Stopwatch) throws -> TrainingResult {
    let isDue = config.common.evaluation.interval.map { (iteration + 1) % $0 == 0 } ?? false
    guard isDue, config.common.evaluation.isParallel else {
      var result = try sampleAndLearn(&stopwatch)
      if isDue {
        result.set(.map(try stopwatch.time("evaluation_iteration") { try evaluate() }), at: "evaluation")
      }
      return result
    }
    let evaluation = try beginEvaluation()
    var result = try sampleAndLearn(&stopwatch)
    let metrics = try stopwatch.time("evaluation_iteration") { try finishEvaluation(evaluation) }
    result.set(.map(metrics), at: "evaluation")
    return result
  }

  private func sampleAndLearn(_ stopwatch: inout Stopwatch) throws -> TrainingResult {
    let before = environmentSteps
    var calls = 0
    repeat {
      try fireRecreated(runners)
      let start = services.clock.now()
      try trainingStep(&stopwatch)
      stopwatch.add(services.clock.now() - start, to: "training_step")
      for episode in runners.takeFinished() { run.metrics.add(episode) }
      calls += 1
      services.progress?(
        IterationProgress(
          iteration: iteration + 1, steps: environmentSteps - before,
          wantedSteps: config.common.minimumStepsPerIteration))
    } while environmentSteps - before < config.common.minimumStepsPerIteration
    try fireRecreated(runners)
    try run.logger.merge(runners.takeMetrics(), under: "env_runners")
    var result = TrainingResult()
    run.logger.report(into: &result, .outside("evaluation"))
    run.metrics.report(into: &result)
    let faults = runners.faults
    for (key, count) in [
      ("num_healthy_workers", faults.healthy), ("num_remote_worker_restarts", faults.restarts),
      ("num_env_runners_dropped_lifetime", faults.dropped),
    ] { result.set(.integer(count), at: "fault_tolerance/\(key)") }
    reportSteps(environmentSteps - before, into: &result)
    report(into: &result)
    result.set(.integer(calls), at: "num_training_step_calls_per_iteration")
    return result
  }

  private func reportSteps(_ sampled: Int, into result: inout TrainingResult) {
    let (now, lifetime) = (StateValue.integer(sampled), StateValue.integer(environmentSteps))
    for (unit, key) in [("env", ""), ("agent", "/default_agent"), ("module", "/default_policy")] {
      result.set(now, at: "env_runners/num_\(unit)_steps_sampled\(key)")
      result.set(lifetime, at: "env_runners/num_\(unit)_steps_sampled_lifetime\(key)")
    }
    result.set(lifetime, at: "num_env_steps_sampled_lifetime")
  }

  /// The keys that Tune adds to every result.
  private func describe(_ result: inout TrainingResult, seconds: Double) {
    let timestamp = services.clock.timestamp()
    result.set(.bool(false), at: "done")
    result.set(.integer(iteration), at: "training_iteration")
    result.set(.string(run.id), at: "trial_id")
    result.set(.string(TrainingClock.date(timestamp)), at: "date")
    result.set(.integer(timestamp), at: "timestamp")
    result["time_this_iter_s"] = seconds
    result["time_total_s"] = run.totalSeconds
    result["time_since_restore"] = run.totalSeconds - run.secondsAtRestore
    result.set(.integer(iteration - run.iterationAtRestore), at: "iterations_since_restore")
    result.set(.integer(services.machine.process), at: "pid")
    result.set(.string(services.machine.host), at: "hostname")
    result.set(.map(config.state), at: "config")
  }
}
