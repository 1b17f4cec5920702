public import Checkpoints
public import ReplayBuffers
public import StateTree
public import Training

extension DQN {
  static let learnerComponent = "learner_group/learner"
  static let bufferComponent = "replay_buffer"

  /// Writes what learner and replay buffer did, and refreshes epsilon.
  public func report(into result: inout TrainingResult) {
    updates.report(into: &result)
    let module = "learners/default_policy"
    result["\(module)/default_optimizer_learning_rate"] = learner.learningRate
    result.set(.integer(learner.trainableParameterCount), at: "\(module)/num_trainable_parameters")
    if learner.targetUpdateCount > 0 {
      result.set(.integer(learner.targetUpdateCount), at: "\(module)/num_target_updates")
      result.set(.integer(clock.lastTargetUpdate), at: "\(module)/last_target_update_ts")
    }
    let counters = replayBuffer.counters
    result.set(.integer(counters.steps), at: "replay_buffer/num_env_steps_stored")
    result.set(.integer(counters.episodes), at: "replay_buffer/num_episodes_stored")
    result.set(.integer(counters.insertionCount), at: "replay_buffer/num_env_steps_added_lifetime")
    result.set(.integer(counters.insertionCount - counters.steps), at: "replay_buffer/num_env_steps_evicted_lifetime")
    result.set(.integer(counters.evictedEpisodes), at: "replay_buffer/num_episodes_evicted_lifetime")
    result.set(.integer(counters.sampledCount), at: "replay_buffer/num_env_steps_per_sample_lifetime")
    result["env_runners/epsilon"] = config.epsilon.value(at: clock.epsilonStep)
    clock.epsilonStep = environmentSteps
  }

  /// Timers of epsilon and target network, and how much was trained.
  public var counters: StateValue {
    var counters: StateMap = [
      "clock": clock.state, "num_module_steps_trained_lifetime": .integer(updates.lifetimeItems),
    ]
    if let type = ownBufferType { counters["replay_buffer_type"] = .string(type) }
    return .map(counters)
  }

  /// The type of a replay buffer that does not ship.
  private var ownBufferType: String? { config.bufferFactory.map { _ in String(describing: type(of: replayBuffer)) } }

  /// Takes them back, or leaves them as they were.
  /// - Throws: `StateTreeError`.
  public func restoreCounters(from state: StateValue) throws {
    let reader = try StateReader(state, at: ["counters"])
    let trained = try reader.counter("num_module_steps_trained_lifetime")
    let type = reader.map["replay_buffer_type"] == nil ? nil : try reader.string("replay_buffer_type")
    clock = try DQNClock(reader.reader("clock"))
    savedBufferType = type
    updates.restore(lifetimeItems: trained)
  }

  /// Adds learner and replay buffer.
  public func add(to contents: inout CheckpointContents, replayBuffer inclusion: BufferInclusion) {
    contents.add(Self.learnerComponent, state: learner.state)
    switch inclusion {
    case .include: contents.add(Self.bufferComponent, buffer: replayBuffer.snapshot())
    case .omit: contents.omit(Self.bufferComponent, because: "the checkpoint was to be saved without it")
    }
  }

  /// Takes them back.
  /// - Throws: `CheckpointError`.
  public func load(from restoration: inout Restoration) throws {
    try restoration.restore(Self.learnerComponent, into: &learner)
    let hasRunner = try runners.load(from: &restoration)
    if !hasRunner, restoration.report.restored.contains(where: { $0.component == "algorithm_state" }) {
      runners.continueCount(from: restoration.checkpoint.manifest.environmentSteps)
    }
    savedRefillUntil = clock.refillUntil
    guard try loadBuffer(from: &restoration) else {
      clock.refillUntil = insertionCount + config.learningStarts
      return
    }
    if !hasRunner {
      try replayBuffer.truncateOpenEpisodes()
      try runners.renameEpisodes(since: insertionCount)
    }
  }

  private func loadBuffer(from restoration: inout Restoration) throws -> Bool {
    guard try loadBuffer(replayBuffer, from: &restoration) else { return false }
    let isKnown = restoration.report.restored.contains { $0.component == "algorithm_state" }
    guard !isKnown || savedBufferType == ownBufferType else {
      // Its steps fit, and it would draw others.
      let shipped = config.replayBuffer.kind.rawValue
      throw TrainingError.fixedSetting(
        name: "replay_buffer_config/type", component: Self.bufferComponent, saved: savedBufferType ?? shipped,
        now: ownBufferType ?? shipped)
    }
    return true
  }

  private func loadBuffer<Buffer: EpisodeBuffer>(
    _ buffer: Buffer, from restoration: inout Restoration
  ) throws -> Bool {
    var buffer = buffer
    defer { replayBuffer = buffer }
    return try restoration.restoreBuffer(Self.bufferComponent, into: &buffer, defaults: bufferDefaults)
  }

  /// What a dump of RLlib does not say.
  private var bufferDefaults: BufferDefaults {
    BufferDefaults(
      capacity: config.replayBuffer.capacity, alpha: config.replayBuffer.alpha, seed: config.common.seed)
  }

  /// Replaces the replay buffer; unless contents are of this moment, learning waits until
  /// `num_steps_sampled_before_learning_starts` steps are in it.
  /// - Throws: `ReplayBufferError` for another kind of buffer or other columns, and what reading throws.
  public func replaceReplayBuffer(with contents: any BufferContents, continuity: BufferContinuity) throws {
    guard contents.schema == (try runners.schema()) else {
      throw ReplayBufferError.invalidSchema("\(contents.schema), the environment gives \(try runners.schema())")
    }
    var loaded = try type(of: replayBuffer).loaded(from: contents, defaults: bufferDefaults)
    guard continuity == .broken else {
      replayBuffer = loaded
      clock.refillUntil = savedRefillUntil
      return
    }
    try loaded.truncateOpenEpisodes()
    replayBuffer = loaded
    try runners.renameEpisodes(since: insertionCount)
    clock.refillUntil = insertionCount + max(0, config.learningStarts - loaded.count)
  }

  /// The digest of the next draws of the replay buffer; of draws that no setting decides on, so that a run
  /// that goes on with other settings can still prove that it restored what was saved.
  public func proof(of component: String) -> String? {
    component == Self.bufferComponent ? replayBuffer.proof() : nil
  }

  /// Takes over settings that can change while running.
  /// - Throws: `TrainingError.fixedSetting`, `DQNLearnerError`; nothing is changed then.
  public func apply(_ changed: DQNConfig) throws {
    try requireChangeable(changed)
    var renewed = learner
    if changed.learner != config.learner {
      renewed = try DQNLearner(
        observationSize: learner.observationSize, actionCount: learner.actionCount, settings: changed.learner, seed: 0)
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
