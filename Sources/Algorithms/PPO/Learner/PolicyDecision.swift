public import StateTree

/// The actions that a policy chose for some observations, and what an update must know about the choice.
public struct PolicyDecision: Sendable, Equatable {
  /// The actions.
  /// - Shape: `[n] + action shape`; int64 of a discrete space, float32 of a box, neither clipped nor stretched to its
  ///   bounds.
  public let actions: Tensor
  /// The logarithms of their probabilities, or densities (`action_logp`).
  /// - Shape: `[n]`, float32.
  public let logProbabilities: Tensor
  /// The inputs of the distributions from which they come: logits, or means and log standard deviations
  /// (`action_dist_inputs`).
  /// - Shape: `[n, inputs]`, float32.
  public let distributionInputs: Tensor
}
