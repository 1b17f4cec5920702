public import Environments
internal import NeuralNetworks
public import ReplayBuffers
public import StateTree

/// The policy and the value function of PPO and the optimizer of both. A value: a copy learns on its own.
///
/// The same seed and the same fragments give the same bits on processors of one kind (`LinearAlgebra.description`).
/// - Source: Schulman et al. 2017, "Proximal Policy Optimization Algorithms"; RLlib's `ppo_learner.py` and
///   `ppo_torch_learner.py`.
public struct PPOLearner: Sendable {
  /// How it was made; the learning rate and the coefficients that count are the learner's own.
  public let settings: PPOLearnerSettings
  /// How many numbers an observation has.
  public let observationSize: Int
  /// How many gradient steps were taken.
  public internal(set) var updateCount = 0
  /// The weight of the divergence from the policy that acted in the next update (`curr_kl_coeff`), at first that of the
  /// settings.
  public internal(set) var divergenceCoefficient: Double
  /// The weight of the entropy in the next update (`curr_entropy_coeff`), at first that of the settings; a schedule sets
  /// it. A part of the settings, not of the state.
  public var entropyCoefficient: Double

  let network: PolicyValueNetwork
  let actionRows: ActionRows
  var parameters: [Float]
  var optimizer: Adam
  /// Draws the order of the epochs.
  var generator: PCG64
  // Room that is kept between calls; nothing in it outlasts one.
  var gradient: [Float]
  var policyActivations: Activations
  var valueActivations: Activations

  /// A learner with random weights.
  /// - Throws: `PPOLearnerError.invalidSetting`, also for a space that PPO has no distribution for: integers and boxes of
  ///   floating-point numbers have one; `.network` for sizes that no network has.
  public init(
    observationSize: Int, actionSpace: Space, settings: PPOLearnerSettings, seed: UInt64
  ) throws(PPOLearnerError) {
    try settings.check()
    self.settings = settings
    self.observationSize = observationSize
    actionRows = try ActionRows(actionSpace)
    network = try PolicyValueNetwork(
      observationSize: observationSize, distribution: actionRows.distribution, settings: settings)
    generator = PCG64(seed: seed)
    parameters = network.table.randomBlock(using: &generator)
    gradient = [Float](repeating: 0, count: parameters.count)
    policyActivations = Activations(for: network.policy.perceptron)
    valueActivations = Activations(for: network.value)
    divergenceCoefficient = settings.divergenceCoefficient
    entropyCoefficient = settings.entropyCoefficient
    do {
      optimizer = try Adam(
        parameterCount: parameters.count, learningRate: settings.learningRate, epsilon: settings.adamEpsilon)
    } catch {
      throw .network(error)
    }
  }

  /// How many numbers training changes (`num_trainable_parameters`).
  public var trainableParameterCount: Int { parameters.count }

  /// The step size of the next update (`default_optimizer_learning_rate`), at first that of the settings.
  ///
  /// Anything can be set; `update` refuses what is no step size.
  public var learningRate: Double {
    get { optimizer.learningRate }
    set { optimizer.learningRate = newValue }
  }

  /// The policy as it is now, to act with.
  public var policy: PPOPolicy {
    PPOPolicy(
      observationSize: observationSize, network: network.policy, actionRows: actionRows,
      parameters: Array(parameters[0..<network.policy.table.parameterCount]))
  }

  /// What the value function gives for each observation.
  /// - Shape: observations `[n, observationSize]`, or one observation without the first axis; the result `[n]`.
  /// - Throws: `PPOLearnerError.observationMismatch`, `.invalidOutput`.
  public mutating func values(_ observations: Tensor) throws(PPOLearnerError) -> [Float] {
    _ = try PPOPolicy.itemCount(of: observations, size: observationSize)
    return try values(of: observations.floats() ?? [])
  }

  /// Learns from sampled fragments: `num_epochs` times over all their steps, a gradient step a minibatch.
  ///
  /// Fragments have the columns that a `PolicyDecision` gives, `action_logp` and `action_dist_inputs`, and the policy's
  /// own actions. Values are computed here, with the weights as they are before. An episode may lie in several fragments,
  /// in any order.
  /// - Throws: `PPOLearnerError`; the learner is then as it was.
  public mutating func update(_ fragments: [EpisodeFragment]) throws(PPOLearnerError) -> PPOUpdate {
    var batch = try PPOBatch(fragments, observationSize: observationSize, actionRows: actionRows)
    var changed = self
    try changed.estimateAdvantages(of: &batch)
    let update = try changed.learn(from: batch)
    self = changed
    return update
  }

  mutating func estimateAdvantages(of batch: inout PPOBatch) throws(PPOLearnerError) {
    let values = try values(of: batch.observations)
    let bootstraps = try self.values(of: batch.lastObservations)
    let estimation = AdvantageEstimation(gamma: settings.gamma, lambda: settings.lambda)
    var targets: [Float] = []
    targets.reserveCapacity(batch.count)
    for (part, bootstrap) in zip(batch.parts, bootstraps) {
      estimation.appendTargets(
        rewards: batch.rewards[part.steps], values: values[part.steps], bootstrap: bootstrap,
        isTerminated: part.isTerminated, to: &targets)
    }
    batch.advantages = AdvantageEstimation.standardized(targets: targets, values: values)
    batch.valueTargets = targets
  }

  private mutating func learn(from batch: PPOBatch) throws(PPOLearnerError) -> PPOUpdate {
    var minibatches = CyclicMinibatches(
      count: batch.count, size: settings.minibatchSize ?? batch.count, epochs: settings.epochs,
      isShuffled: settings.shufflesEpochs)
    var update = PPOUpdate()
    var loss = PPOLoss(learner: self)
    while minibatches.advance(using: &generator) {
      try step(batch, items: minibatches.minibatch, &loss)
      update.minibatchCount += 1
      update.trainedStepCount += minibatches.minibatch.count
    }
    loss.report(into: &update)
    if settings.usesDivergence { adapt(to: update.divergence) }
    update.divergenceCoefficient = divergenceCoefficient
    return update
  }

  /// - Source: RLlib's `_update_module_kl_coeff`; Schulman et al. 2017, section 4, with 2 and 1.5 exchanged.
  private mutating func adapt(to divergence: Double) {
    if divergence > 2 * settings.divergenceTarget {
      divergenceCoefficient *= 1.5
    } else if divergence < 0.5 * settings.divergenceTarget {
      divergenceCoefficient *= 0.5
    }
  }

  /// The values of rows of observations, some at a time, so that a large batch takes little room.
  private mutating func values(of observations: [Float]) throws(PPOLearnerError) -> [Float] {
    let rows = Array(0..<observations.count / observationSize)
    var values: [Float] = []
    values.reserveCapacity(rows.count)
    for start in stride(from: 0, to: rows.count, by: 256) {
      let part = rows[start..<min(start + 256, rows.count)]
      valueActivations.setInputs(observations, rows: part)
      network.value.forward(parameters: parameters, &valueActivations)
      for item in 0..<part.count { values.append(valueActivations.output(0, item: item)) }
    }
    if let wrong = values.first(where: { !$0.isFinite }) { throw .invalidOutput(Double(wrong)) }
    return values
  }
}
