internal import NeuralNetworks

extension DQNLearnerSettings {
  /// Checks what no learner can be made of.
  /// - Throws: `DQNLearnerError.invalidSetting`.
  func check() throws(DQNLearnerError) {
    try Self.check("lr", learningRate, learningRate >= 0, "a finite number of at least 0")
    try Self.check("gamma", gamma, gamma >= 0 && gamma <= 1, "0 to 1")
    try Self.check("tau", tau, tau >= 0 && tau <= 1, "0 to 1")
    try Self.check("adam_epsilon", adamEpsilon, Float(adamEpsilon) > 0, "a finite number above 0 in float32 too")
    if let gradientClip {
      try Self.check("grad_clip", gradientClip, gradientClip > 0, "a finite number above 0, or none for no clipping")
    }
    guard !hiddenLayers.isEmpty, hiddenLayers.allSatisfy({ $0 > 0 }) else {
      throw .invalidSetting(
        "fcnet_hiddens", found: "\(hiddenLayers)", expected: "the width of at least one layer, each at least 1")
    }
  }

  private static func check(
    _ name: String, _ value: Double, _ isRight: Bool, _ expected: String
  ) throws(DQNLearnerError) {
    guard value.isFinite, isRight else { throw .invalidSetting(name, found: "\(value)", expected: expected) }
  }
}
