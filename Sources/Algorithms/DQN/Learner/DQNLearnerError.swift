public import NeuralNetworks
public import StateTree

/// Why a DQN learner cannot do what was asked.
public enum DQNLearnerError: Error, Sendable, Equatable {
  /// A setting that no learner can have, under RLlib's name.
  case invalidSetting(String, found: String, expected: String)
  /// A part of a sample, or observations to act on, that does not fit the network.
  case sampleMismatch(part: String, expected: String, found: String)
  /// An action that is none of the network's.
  case invalidAction(item: Int, action: Int64, actionCount: Int)
  /// A number that is not finite any more.
  case diverged(quantity: String, value: Double, updateCount: Int, learningRate: Double)
  /// What network and optimizer say.
  case network(NetworkError)
  /// Saved state that is not a learner's.
  case state(StateTreeError)
}
