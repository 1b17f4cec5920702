internal import NeuralNetworks

extension PPOLearnerSettings {
  /// Checks what no learner can be made of.
  /// - Throws: `PPOLearnerError.invalidSetting`.
  func check() throws(PPOLearnerError) {
    let notNegative = "a finite number of at least 0"
    let positive = "a finite number above 0"
    try Self.check("lr", learningRate, learningRate >= 0, notNegative)
    try Self.check("gamma", gamma, gamma >= 0 && gamma <= 1, "0 to 1")
    try Self.check("lambda", lambda, lambda >= 0 && lambda <= 1, "0 to 1")
    try Self.check("clip_param", ratioClip, ratioClip > 0, positive)
    try Self.check("vf_clip_param", valueClip, valueClip > 0, positive)
    try Self.check("vf_loss_coeff", valueLossCoefficient, valueLossCoefficient >= 0, notNegative)
    try Self.check("entropy_coeff", entropyCoefficient, entropyCoefficient >= 0, notNegative)
    try Self.check("kl_coeff", divergenceCoefficient, divergenceCoefficient >= 0, notNegative)
    try Self.check("kl_target", divergenceTarget, divergenceTarget > 0, positive)
    try Self.check("log_std_clip_param", logDeviationClip, logDeviationClip >= 0, notNegative)
    try Self.check("adam_epsilon", adamEpsilon, Float(adamEpsilon) > 0, "\(positive) in float32 too")
    if let gradientClip {
      try Self.check("grad_clip", gradientClip, gradientClip > 0, "\(positive), or none for no clipping")
    }
    guard epochs > 0 else { throw .invalidSetting("num_epochs", found: "\(epochs)", expected: "at least 1") }
    if let minibatchSize, minibatchSize < 1 {
      throw .invalidSetting(
        "minibatch_size", found: "\(minibatchSize)", expected: "at least 1, or none for the whole batch")
    }
    guard !hiddenLayers.isEmpty, hiddenLayers.allSatisfy({ $0 > 0 }) else {
      throw .invalidSetting(
        "fcnet_hiddens", found: "\(hiddenLayers)", expected: "the width of at least one layer, each at least 1")
    }
  }

  private static func check(
    _ name: String, _ value: Double, _ isRight: Bool, _ expected: String
  ) throws(PPOLearnerError) {
    guard value.isFinite, isRight else { throw .invalidSetting(name, found: "\(value)", expected: expected) }
  }
}
