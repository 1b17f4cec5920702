public import NeuralNetworks
public import ReplayBuffers
public import StateTree
public import Training

extension DQNConfig {
  /// All settings by RLlib's names.
  public static let settings: [ConfigSetting<DQNConfig>] =
    commonSettings + [
      ConfigSetting("lr", \.learner.learningRate), ConfigSetting("gamma", \.learner.gamma),
      ConfigSetting("train_batch_size", \.batchSize), ConfigSetting("n_step", \.nStep),
      ConfigSetting("epsilon", \.epsilon), ConfigSetting("target_network_update_freq", \.targetUpdatePeriod),
      ConfigSetting("tau", \.learner.tau),
      ConfigSetting("num_steps_sampled_before_learning_starts", \.learningStarts),
      ConfigSetting("double_q", \.learner.doubleQ), ConfigSetting("dueling", \.learner.dueling),
      ConfigSetting("td_error_loss_fn", \.learner.loss), ConfigSetting("grad_clip", \.learner.gradientClip),
      ConfigSetting("adam_epsilon", \.learner.adamEpsilon),
      ConfigSetting("model_config/fcnet_hiddens", \.learner.hiddenLayers),
      ConfigSetting("model_config/fcnet_activation", \.learner.activation),
      ConfigSetting("replay_buffer_config/type", \.replayBuffer.kind),
      ConfigSetting("replay_buffer_config/capacity", \.replayBuffer.capacity),
      ConfigSetting("replay_buffer_config/alpha", \.replayBuffer.alpha),
      ConfigSetting("replay_buffer_config/beta", \.replayBuffer.beta),
    ]

  /// The component that keeps its own value when it is restored.
  public static func component(keeping setting: String) -> String? {
    switch setting {
    case "env", "num_envs_per_env_runner", "seed": "env_runner"
    case "dueling", "model_config/fcnet_hiddens", "model_config/fcnet_activation": "learner_group/learner"
    case "replay_buffer_config/type", "replay_buffer_config/capacity", "replay_buffer_config/alpha": "replay_buffer"
    default: nil
    }
  }

  /// Checks that the settings go together.
  /// - Throws: `TrainingError.invalidSetting` with the remedy.
  public func validate() throws(TrainingError) {
    try validateCommon()
    let learner = learner
    let positive = "a number above 0"
    try Self.require(learner.learningRate > 0 && learner.learningRate.isFinite, "lr", learner.learningRate, positive)
    try Self.require((0...1).contains(learner.gamma), "gamma", learner.gamma, "0 to 1")
    try Self.require((0...1).contains(learner.tau), "tau", learner.tau, "0 to 1")
    let clip = learner.gradientClip ?? 1
    try Self.require(clip > 0 && clip.isFinite, "grad_clip", clip, "\(positive), or null")
    try validateNetwork()
    try Self.require((1...1 << 24).contains(batchSize), "train_batch_size", batchSize, "1 to 2^24")
    let bound = nStep.configuredBound
    try Self.require(bound <= 1 << 32, "n_step", bound, "at most 2^32")
    try Self.require(targetUpdatePeriod >= 1, "target_network_update_freq", targetUpdatePeriod, "1 or more")
    try Self.require(
      (0...1 << 53).contains(learningStarts), "num_steps_sampled_before_learning_starts", learningStarts, "0 to 2^53")
    try Self.require(
      epsilon.points.allSatisfy { (0...1).contains($0.value) }, "epsilon", epsilon.points.map(\.value),
      "values from 0 to 1")
    try validateReplay()
  }

  /// The networks fit a machine: a file could ask for any.
  private func validateNetwork() throws(TrainingError) {
    let widths = learner.hiddenLayers
    try Self.require(
      (1...64).contains(widths.count) && widths.allSatisfy { (1...1 << 16).contains($0) }
        && zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } <= 1 << 28,
      "model_config/fcnet_hiddens", widths, "1 to 64 widths of 1 to 65536, with at most 2^28 weights between them")
  }

  private func validateReplay() throws(TrainingError) {
    try Self.require(
      fragmentLength >= nStep.configuredBound, "rollout_fragment_length", fragmentLength,
      "at least n_step, \(nStep.configuredBound), so that a fragment holds a whole return; or auto")
    let replay = replayBuffer
    try Self.require(replay.capacity >= 1, "replay_buffer_config/capacity", replay.capacity, "1 or more")
    try Self.require(
      replay.alpha >= 0 && replay.alpha.isFinite, "replay_buffer_config/alpha", replay.alpha, "0 or more")
    try Self.require(
      replay.beta >= 0 && replay.beta.isFinite, "replay_buffer_config/beta", replay.beta, "0 or more")
    try Self.require(
      replay.capacity >= batchSize, "replay_buffer_config/capacity", replay.capacity,
      "at least train_batch_size, \(batchSize)")
  }
}

extension NStep: ConfigValue {
  /// The number of steps, or the bounds as RLlib has them, the upper one never drawn: `[2, 5]` for 2 to 4.
  public var configState: StateValue {
    switch self {
    case .fixed(let count): .integer(count)
    case .drawn(let range): .array([.integer(range.lowerBound), .integer(range.upperBound)])
    }
  }

  /// From a number above 0, or from two bounds.
  public init?(configState: StateValue) {
    if let count = Int(configState: configState) {
      guard count > 0 else { return nil }
      self = .fixed(count)
    } else if let bounds = [Int](configState: configState), bounds.count == 2, bounds[0] > 0, bounds[0] < bounds[1] {
      self = .drawn(from: bounds[0]..<bounds[1])
    } else {
      return nil
    }
  }

  /// Words for it.
  public static var expectation: String { "a number above 0, or [low, high] of which high is never drawn" }

  /// RLlib's `"auto"` fragment: n, or the upper bound of a range although it is never drawn.
  var configuredBound: Int {
    switch self {
    case .fixed(let count): count
    case .drawn(let range): range.upperBound
    }
  }
}

/// A setting by its name, as RLlib spells it.
extension Activation: ConfigValue {}
/// A setting by its name, as RLlib spells it.
extension RegressionLoss: ConfigValue {}
