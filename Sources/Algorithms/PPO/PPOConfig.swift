public import Environments
public import NeuralNetworks
public import Training

/// The configuration of PPO, with RLlib's defaults.
///
/// ```swift
/// let config = PPOConfig().environment("Acrobot-v1").training(learningRate: 3e-4)
/// ```
/// - Source: RLlib's `ppo.py`. Deviation: no runners beside the one that trains (`num_env_runners` is 0, not 2).
public struct PPOConfig: AlgorithmConfig {
  /// The name in `params.json`.
  public static let algorithm = "PPO"

  /// The settings of every algorithm.
  public var common = CommonConfig()
  /// Networks, loss and optimizer.
  public var learner = PPOLearnerSettings()
  /// Steps of an update (`train_batch_size_per_learner`). Default 4,000.
  public var batchSize = 4000
  /// How continuous actions become those of the environment (`normalize_actions`, `clip_actions`). Default: stretched.
  public var actionMapping = ActionMapping.stretched

  /// RLlib's defaults.
  public init() {}

  /// How many steps of each environment make a fragment: as set, else the batch shared out.
  public var fragmentLength: Int {
    let environments = common.environmentsPerRunner * max(1, common.runners)
    return common.fragmentLength ?? (batchSize + environments - 1) / environments
  }

  /// Sets how it learns; what is not given stays. The names are those of the properties.
  public func training(
    learningRate: Double? = nil, gamma: Double? = nil, lambda: Double? = nil, batchSize: Int? = nil,
    epochs: Int? = nil, minibatchSize: Int? = nil, ratioClip: Double? = nil, valueClip: Double? = nil,
    valueLossCoefficient: Double? = nil, entropyCoefficient: Double? = nil, divergenceCoefficient: Double? = nil,
    divergenceTarget: Double? = nil, gradientClip: Double? = nil, hiddenLayers: [Int]? = nil,
    activation: Activation? = nil
  ) -> PPOConfig {
    var config = self
    if let learningRate { config.learner.learningRate = learningRate }
    if let gamma { config.learner.gamma = gamma }
    if let lambda { config.learner.lambda = lambda }
    if let batchSize { config.batchSize = batchSize }
    if let epochs { config.learner.epochs = epochs }
    if let minibatchSize { config.learner.minibatchSize = minibatchSize }
    if let ratioClip { config.learner.ratioClip = ratioClip }
    if let valueClip { config.learner.valueClip = valueClip }
    if let valueLossCoefficient { config.learner.valueLossCoefficient = valueLossCoefficient }
    if let entropyCoefficient { config.learner.entropyCoefficient = entropyCoefficient }
    if let divergenceCoefficient { config.learner.divergenceCoefficient = divergenceCoefficient }
    if let divergenceTarget { config.learner.divergenceTarget = divergenceTarget }
    if let gradientClip { config.learner.gradientClip = gradientClip }
    if let hiddenLayers { config.learner.hiddenLayers = hiddenLayers }
    if let activation { config.learner.activation = activation }
    return config
  }

  /// Makes the algorithm and calls `onAlgorithmInit`.
  /// - Throws: `TrainingError`, and what making environments and the experiment throws.
  public func build(services: TrainingServices = TrainingServices()) throws -> PPO {
    try PPO.build(self, services: services)
  }
}
