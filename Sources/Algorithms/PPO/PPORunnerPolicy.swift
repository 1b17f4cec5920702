public import Environments
internal import NeuralNetworks
internal import ReplayBuffers
internal import StateTree
public import Training

/// What PPO acts by: the policy, and how its actions become those of the environment.
struct PPORunnerPolicy: RunnerPolicy {
  /// `action_logp` and `action_dist_inputs`, which the update needs.
  let extraColumns: [ColumnSchema]
  var policy: PPOPolicy
  private let actions: Space
  private let mapping: ActionMapping

  /// A policy that has no weights yet.
  init(_ config: PPOConfig, observations: Space, actions: Space) throws {
    policy = try PPOPolicy(
      observationSize: observations.shape.reduce(1, *), actionSpace: actions, settings: config.learner)
    self.actions = actions
    mapping = config.actionMapping
    extraColumns = [
      ColumnSchema(PPOBatch.logProbabilityColumn.string, .float32),
      ColumnSchema(
        PPOBatch.inputsColumn.string, .float32, shape: [policy.actionRows.distribution.inputCount]),
    ]
  }

  mutating func choose(
    _ observations: Tensor, exploring: Bool, stepsTaken: Int, using generator: inout PCG64
  ) throws -> ChosenActions {
    let decision = try exploring
      ? policy.act(observations, using: &generator) : policy.likeliestActions(observations)
    return ChosenActions(
      decision.actions, forEnvironments: try actions.environmentActions(of: decision.actions, mapping),
      extras: [decision.logProbabilities, decision.distributionInputs])
  }

  mutating func restore(from state: StateValue) throws { try policy.restore(from: state) }
}

extension PPOConfig {
  /// A policy for runners elsewhere, before it has weights.
  /// - Throws: `PPOLearnerError`.
  public func makePolicy(observations: Space, actions: Space) throws -> any RunnerPolicy {
    try PPORunnerPolicy(self, observations: observations, actions: actions)
  }

  /// True, as in RLlib: an evaluation draws its actions.
  public static var evaluationExplores: Bool { true }
}
