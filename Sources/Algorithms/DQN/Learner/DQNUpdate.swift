public import StateTree

/// What one gradient step of DQN found, under RLlib's names.
/// - Source: RLlib's `dqn_torch_learner.py`, `compute_loss_for_module`.
public struct DQNUpdate: Sendable, Equatable {
  /// The distance of each item's value from its target: the priorities of the items.
  /// - Shape: `[B]`, in the order of the sample.
  public let absoluteTDErrors: [Double]
  /// The weighted mean of the losses (`qf_loss`).
  public let loss: Double
  /// The mean value of the actions taken (`qf_mean`).
  public let meanValue: Double
  /// The least value of an action taken (`qf_min`).
  public let leastValue: Double
  /// The greatest value of an action taken (`qf_max`).
  public let greatestValue: Double
  /// The mean of `absoluteTDErrors` (`td_error_mean`).
  public let meanTDError: Double
  /// The length of the gradient over all parameters, before it was clipped (`gradients_default_optimizer_global_norm`).
  public let gradientNorm: Double

  /// The numbers under RLlib's keys, `total_loss` included, which is the only loss there is.
  public var results: StateMap {
    [
      "qf_loss": .double(loss), "qf_mean": .double(meanValue), "qf_min": .double(leastValue),
      "qf_max": .double(greatestValue), "td_error_mean": .double(meanTDError), "total_loss": .double(loss),
      "gradients_default_optimizer_global_norm": .double(gradientNorm),
    ]
  }
}
