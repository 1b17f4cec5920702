internal import Environments
internal import NeuralNetworks
public import ReplayBuffers
public import StateTree
public import Training

/// Deep Q-learning: acts epsilon-greedily, keeps what it saw in a replay buffer, and learns from samples of it.
///
/// An iteration repeats one step, sample a fragment, add it, update once, until enough environment steps are sampled.
/// - Source: Mnih et al. 2015; RLlib's `dqn.py`, `_training_step_new_api_stack`.
public final class DQN: Algorithm {
  /// The configuration.
  public internal(set) var config: DQNConfig
  /// Iteration, callbacks, experiment.
  public let run: Run
  /// The environments and the episodes under way.
  public let runners: EnvRunnerGroup
  /// The networks and their optimizer.
  public internal(set) var learner: DQNLearner
  /// What was seen.
  public internal(set) var replayBuffer: any EpisodeBuffer

  var clock = DQNClock()
  /// What the restored clock said before it was known whether there is a replay buffer.
  var savedRefillUntil = 0
  /// The type of the buffer of the saved run, if it was not one that ships.
  var savedBufferType: String?
  var updates = UpdateMetrics()

  /// Makes environments, learner and an empty replay buffer; use `DQNConfig.build()`.
  /// - Throws: `TrainingError.unsuitableEnvironment` and `.callback`, `DQNLearnerError`, `ReplayBufferError`.
  public init(_ config: DQNConfig, run: Run) throws {
    self.config = config
    self.run = run
    let seed = config.common.seed ?? 0
    runners = try EnvRunnerGroup(config, seed: seed)
    let actionCount = try config.actionCount(runners.actionSpace)
    // The runner draws from the seed itself, as RLlib's does; the others from what it gives.
    var seeds = PCG64(seed: seed)
    learner = try DQNLearner(
      observationSize: runners.observationSize, actionCount: actionCount, settings: config.learner, seed: seeds.next())
    replayBuffer = try config.makeBuffer(schema: runners.schema(), seed: seeds.next())
  }

  /// Samples one fragment of each environment, adds it, and learns once if enough was sampled.
  public func trainingStep(_ stopwatch: inout Stopwatch) throws {
    let fragments = try stopwatch.time("env_runner_sampling_timer") { try sampleFragments() }
    try stopwatch.time("replay_buffer_add_data_timer") {
      for fragment in fragments { try replayBuffer.add(fragment) }
    }
    guard environmentSteps >= config.learningStarts, insertionCount >= clock.refillUntil else { return }
    let sample = try stopwatch.time("replay_buffer_sampling_timer") {
      try replayBuffer.sample(
        count: config.batchSize, nStep: config.nStep, gamma: config.learner.gamma,
        correcting: config.replayBuffer.beta)
    }
    let update = try stopwatch.time("learner_update_timer") { try learner.update(sample) }
    try stopwatch.time("replay_buffer_update_prios_timer") {
      try replayBuffer.setPriorities(sample.steps, update.absoluteTDErrors)
    }
    updates.add(update, items: sample.count)
    moveTargetIfDue()
  }

  private func sampleFragments() throws -> [EpisodeFragment] {
    let environments = config.common.environmentsPerRunner
    return try runners.sample(.steps(config.fragmentLength * environments), weights: policyWeights) {
      observations, generator, taken in
      let epsilon = config.epsilon.value(at: clock.epsilonStep + taken)
      let actions = try EpsilonGreedy(epsilon: epsilon).actions(
        count: environments, of: learner.actionCount, using: &generator
      ) { try learner.greedyActions(observations) }
      return ChosenActions(Tensor(vector: actions.map(Int64.init)))
    }
  }

  /// - Source: RLlib's `dqn_learner.py`, `after_gradient_based_update`.
  private func moveTargetIfDue() {
    guard environmentSteps - clock.lastTargetUpdate >= config.targetUpdatePeriod else { return }
    learner.updateTarget()
    clock.lastTargetUpdate = environmentSteps
  }

  /// The network's weights and epsilon, for runners elsewhere.
  public var policyWeights: StateValue {
    ["network": learner.networkState, "epsilon_step": .integer(clock.epsilonStep)]
  }
  /// Steps ever added to the replay buffer.
  public var insertionCount: Int { replayBuffer.counters.insertionCount }
  /// The learning rate in use.
  public var learningRate: Double {
    get { learner.learningRate }
    set { learner.learningRate = newValue }
  }
  /// Weights and optimizer.
  public var learnerState: StateValue { learner.state }
  /// Replaces weights and optimizer, or leaves them as they were.
  /// - Throws: `DQNLearnerError`.
  public func setLearnerState(_ state: StateValue) throws { try learner.restore(from: state) }
  /// The replay buffer at this moment.
  public var replayBufferSnapshot: BufferSnapshot? { replayBuffer.snapshot() }
  /// The matrix library, which may decide on the last bits of its results.
  public var provenance: StateMap { ["blas": .string(LinearAlgebra.description)] }
}
