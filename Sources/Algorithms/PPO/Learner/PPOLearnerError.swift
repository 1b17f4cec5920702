public import NeuralNetworks
public import StateTree

/// Why a PPO learner, or a policy of it, cannot do what was asked.
public enum PPOLearnerError: Error, Sendable, Equatable {
  /// A setting that no learner can have, under RLlib's name.
  case invalidSetting(String, found: String, expected: String)
  /// Observations to act on, or to value, that do not fit the network.
  case observationMismatch(expected: String, found: String)
  /// An output of the policy or the value function that is not a finite number.
  case invalidOutput(Double)
  /// No step to learn from.
  case emptyBatch
  /// A part of a fragment of a batch that does not fit the network or the other parts.
  case fragmentMismatch(fragment: Int, part: String, expected: String, found: String)
  /// An action that is none of the network's.
  case invalidAction(fragment: Int, step: Int, found: String, expected: String)
  /// A number of a batch that is not finite.
  case notFinite(fragment: Int, part: String, step: Int, value: Double)
  /// A number that is not finite any more.
  case diverged(quantity: String, value: Double, updateCount: Int, learningRate: Double)
  /// What network and optimizer say.
  case network(NetworkError)
  /// Saved state that is not a learner's.
  case state(StateTreeError)
}
