internal import Checkpoints
public import StateTree
public import Training

extension PPO {
  /// Writes what the last update found, and how much was trained.
  public func report(into result: inout TrainingResult) {
    let module = "learners/default_policy"
    if let lastUpdate { for (key, value) in lastUpdate.results { result.set(value, at: "\(module)/\(key.string)") } }
    result["\(module)/default_optimizer_learning_rate"] = learner.learningRate
    result.set(.integer(learner.trainableParameterCount), at: "\(module)/num_trainable_parameters")
    for path in [
      "\(module)/num_module_steps_trained", "learners/__all_modules__/num_module_steps_trained",
      "learners/__all_modules__/num_env_steps_trained",
    ] {
      result.set(.integer(trainedSteps), at: path)
      result.set(.integer(trainedStepsLifetime), at: path + "_lifetime")
    }
    (lastUpdate, trainedSteps) = (nil, 0)
  }

  /// How much was trained.
  public var counters: StateValue { ["num_module_steps_trained_lifetime": .integer(trainedStepsLifetime)] }

  /// Takes it back.
  /// - Throws: `StateTreeError`.
  public func restoreCounters(from state: StateValue) throws {
    trainedStepsLifetime = try StateReader(state, at: ["counters"]).counter("num_module_steps_trained_lifetime")
  }

  /// Takes over settings that can change while running.
  /// - Throws: `TrainingError.fixedSetting`, `PPOLearnerError`; nothing is changed then.
  public func apply(_ changed: PPOConfig) throws {
    try requireChangeable(changed)
    var renewed = learner
    if changed.learner != config.learner {
      renewed = try PPOLearner(
        observationSize: learner.observationSize, actionSpace: runners.actionSpace, settings: changed.learner, seed: 0)
      try renewed.restore(from: learner.state)
      if changed.learner.learningRate != config.learner.learningRate {
        renewed.learningRate = changed.learner.learningRate
      }
    }
    learner = renewed
    config = changed
    run.apply(changed.common)
  }
}
