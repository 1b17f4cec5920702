public import Environments
public import Training

extension PPOConfig {
  /// All settings by RLlib's names.
  public static let settings: [ConfigSetting<PPOConfig>] =
    commonSettings + [
      ConfigSetting("lr", \.learner.learningRate), ConfigSetting("gamma", \.learner.gamma),
      ConfigSetting("train_batch_size_per_learner", \.batchSize), ConfigSetting("num_epochs", \.learner.epochs),
      ConfigSetting("minibatch_size", \.learner.minibatchSize),
      ConfigSetting("shuffle_batch_per_epoch", \.learner.shufflesEpochs), ConfigSetting("lambda", \.learner.lambda),
      ConfigSetting("clip_param", \.learner.ratioClip), ConfigSetting("vf_clip_param", \.learner.valueClip),
      ConfigSetting("vf_loss_coeff", \.learner.valueLossCoefficient),
      ConfigSetting("entropy_coeff", \.learner.entropyCoefficient),
      ConfigSetting("use_kl_loss", \.learner.usesDivergence),
      ConfigSetting("kl_coeff", \.learner.divergenceCoefficient),
      ConfigSetting("kl_target", \.learner.divergenceTarget), ConfigSetting("grad_clip", \.learner.gradientClip),
      ConfigSetting("grad_clip_by", \.learner.gradientClipping), ConfigSetting("adam_epsilon", \.learner.adamEpsilon),
      ConfigSetting("model_config/fcnet_hiddens", \.learner.hiddenLayers),
      ConfigSetting("model_config/fcnet_activation", \.learner.activation),
      ConfigSetting("model_config/free_log_std", \.learner.freeLogDeviations),
      ConfigSetting("model_config/log_std_clip_param", \.learner.logDeviationClip),
      ConfigSetting("action_mapping", \.actionMapping),
    ]

  /// The component that keeps its own value when it is restored.
  public static func component(keeping setting: String) -> String? {
    switch setting {
    case "env", "num_envs_per_env_runner", "seed", "num_env_runners": "env_runner"
    case "model_config/fcnet_hiddens", "model_config/fcnet_activation", "model_config/free_log_std":
      "learner_group/learner"
    default: nil
    }
  }

  /// Checks that the settings go together.
  /// - Throws: `TrainingError.invalidSetting` with the remedy.
  public func validate() throws(TrainingError) {
    try validateCommon()
    try Self.require((1...1 << 24).contains(batchSize), "train_batch_size_per_learner", batchSize, "1 to 2^24")
    let widths = learner.hiddenLayers
    try Self.require(
      (1...64).contains(widths.count) && widths.allSatisfy { (1...1 << 16).contains($0) }
        && zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } <= 1 << 28,
      "model_config/fcnet_hiddens", widths, "1 to 64 widths of 1 to 65536, with at most 2^28 weights between them")
    let minibatch = learner.minibatchSize ?? batchSize
    try Self.require(
      (1...batchSize).contains(minibatch), "minibatch_size", minibatch,
      "1 to train_batch_size_per_learner, \(batchSize)")
    do { try learner.check() } catch {
      guard case .invalidSetting(let name, let found, let expected) = error else {
        throw .invalidSetting(name: "learner", found: "\(error)", expected: "settings of a learner")
      }
      throw .invalidSetting(name: name, found: found, expected: expected)
    }
  }
}

/// A setting by its name, as RLlib spells it.
extension GradientClipping: ConfigValue {}
/// A setting by its name.
extension ActionMapping: ConfigValue {}
