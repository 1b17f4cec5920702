/// What a layer applies to each of its sums.
public enum Activation: String, Codable, Sendable, Hashable, CaseIterable {
  /// The hyperbolic tangent, RLlib's default (`fcnet_activation`).
  case tanh
  /// Zero below zero, the number itself above.
  case relu
  /// Nothing: what the last layer of a value function gives.
  case linear
}
