public import StateTree

/// What one update of PPO found, under RLlib's names: the losses are those of the last minibatch, before its step.
/// - Source: RLlib's `ppo_torch_learner.py`, `compute_loss_for_module`, whose results have a window of 1.
public struct PPOUpdate: Sendable, Equatable {
  /// The mean of the clipped surrogate, negated (`policy_loss`).
  public internal(set) var policyLoss = 0.0
  /// The mean squared error of the values, each at most `vf_clip_param` (`vf_loss`).
  public internal(set) var valueLoss = 0.0
  /// The mean squared error of the values (`vf_loss_unclipped`).
  public internal(set) var unclippedValueLoss = 0.0
  /// How much of the variance of the value targets the values explain: 1 for all, at least -1; not a number for a
  /// minibatch of one step (`vf_explained_var`).
  public internal(set) var explainedVariance = 0.0
  /// The mean entropy of the policy (`entropy`).
  /// - Units: nats.
  public internal(set) var entropy = 0.0
  /// The mean divergence of the policy from the one that acted; 0 if `use_kl_loss` is off (`mean_kl_loss`).
  /// - Units: nats.
  public internal(set) var divergence = 0.0
  /// The weight of that divergence after the update (`curr_kl_coeff`).
  public internal(set) var divergenceCoefficient = 0.0
  /// The weight of the entropy (`curr_entropy_coeff`).
  public internal(set) var entropyCoefficient = 0.0
  /// What was minimised (`total_loss`).
  public internal(set) var totalLoss = 0.0
  /// The length of the gradient over all parameters, before it was clipped (`gradients_default_optimizer_global_norm`).
  public internal(set) var gradientNorm = 0.0
  /// How many gradient steps the update took.
  public internal(set) var minibatchCount = 0
  /// How many steps they were taken of, each counted as often as it was used (`num_module_steps_trained`).
  public internal(set) var trainedStepCount = 0

  /// The losses and coefficients under RLlib's keys.
  public var results: StateMap {
    [
      "policy_loss": .double(policyLoss), "vf_loss": .double(valueLoss),
      "vf_loss_unclipped": .double(unclippedValueLoss), "vf_explained_var": .double(explainedVariance),
      "entropy": .double(entropy), "mean_kl_loss": .double(divergence),
      "curr_kl_coeff": .double(divergenceCoefficient), "curr_entropy_coeff": .double(entropyCoefficient),
      "total_loss": .double(totalLoss), "gradients_default_optimizer_global_norm": .double(gradientNorm),
    ]
  }
}
