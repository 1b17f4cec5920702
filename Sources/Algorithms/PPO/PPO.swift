internal import Environments
internal import NeuralNetworks
internal import ReplayBuffers
public import StateTree
public import Training

/// Proximal policy optimization: samples with the policy it has, then learns from just that, many times over.
///
/// A training step samples `train_batch_size_per_learner` steps and updates once; an iteration is one such step unless it
/// is to sample more. There is no replay buffer.
/// - Source: Schulman et al. 2017; RLlib's `ppo.py`, `training_step`.
public final class PPO: Algorithm {
  /// The configuration.
  public internal(set) var config: PPOConfig
  /// Iteration, callbacks, experiment.
  public let run: Run
  /// The environments and the episodes under way.
  public let runners: EnvRunnerGroup
  /// Policy, value function and their optimizer.
  public internal(set) var learner: PPOLearner

  var lastUpdate: PPOUpdate?
  var trainedSteps = 0
  var trainedStepsLifetime = 0
  private var policy: PPORunnerPolicy

  /// Makes environments and learner; use `PPOConfig.build()`.
  /// - Throws: `TrainingError.callback`, `PPOLearnerError`, and what making environments throws.
  public init(_ config: PPOConfig, run: Run) throws {
    self.config = config
    self.run = run
    let seed = config.common.seed ?? 0
    runners = try EnvRunnerGroup(config, seed: seed)
    var seeds = PCG64(seed: seed)
    learner = try PPOLearner(
      observationSize: runners.observationSize, actionSpace: runners.actionSpace, settings: config.learner,
      seed: seeds.next())
    policy = try PPORunnerPolicy(config, observations: runners.observationSpace, actions: runners.actionSpace)
    runners.keep(policy.extraColumns)
    policy.policy = learner.policy
  }

  /// Samples a batch with the policy as it is, and learns from it.
  public func trainingStep(_ stopwatch: inout Stopwatch) throws {
    var batch: [EpisodeFragment] = []
    try stopwatch.time("env_runner_sampling_timer") {
      policy.policy = learner.policy
      let before = environmentSteps
      repeat {
        let size = SampleSize.steps(config.fragmentLength * config.common.environmentsPerRunner)
        batch += try runners.sample(size, weights: policyWeights) { observations, generator, taken in
          try policy.choose(observations, exploring: true, stepsTaken: taken, using: &generator)
        }
      } while environmentSteps - before < config.batchSize
    }
    // Callbacks may have taken all of it.
    guard batch.contains(where: { $0.length > 0 }) else { return }
    let update = try stopwatch.time("learner_update_timer") { try learner.update(batch) }
    lastUpdate = update
    trainedSteps += update.trainedStepCount
    trainedStepsLifetime += update.trainedStepCount
  }

  /// The policy's weights, for runners elsewhere.
  public var policyWeights: StateValue { learner.policy.state }
  /// The learning rate in use.
  public var learningRate: Double {
    get { learner.learningRate }
    set { learner.learningRate = newValue }
  }
  /// Weights, optimizer and the coefficient of the divergence.
  public var learnerState: StateValue { learner.state }
  /// Replaces weights and optimizer, or leaves them as they were.
  /// - Throws: `PPOLearnerError`.
  public func setLearnerState(_ state: StateValue) throws { try learner.restore(from: state) }
  /// The matrix library, which may decide on the last bits of its results.
  public var provenance: StateMap { ["blas": .string(LinearAlgebra.description)] }
}
