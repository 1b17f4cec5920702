public import NeuralNetworks
public import ReplayBuffers
public import Training

/// The configuration of DQN, with RLlib's defaults.
///
/// ```swift
/// let config = DQNConfig().environment("CartPole-v1").training(nStep: .drawn(from: 2..<5))
/// ```
/// - Source: RLlib's `dqn.py`. Deviation: `n_step` as a range is half open in both, `[2, 5]` draws 2, 3 and 4.
public struct DQNConfig: AlgorithmConfig {
  /// The name in `params.json`.
  public static let algorithm = "DQN"

  /// The settings of every algorithm.
  public var common = CommonConfig()
  /// Networks, loss and optimizer.
  public var learner = DQNLearnerSettings()
  /// Items of an update (`train_batch_size`). Default 32.
  public var batchSize = 32
  /// How many steps a return sums (`n_step`). Default 1.
  public var nStep = NStep.fixed(1)
  /// The share of random actions over lifetime environment steps (`epsilon`). Default 1.0 to 0.05 over 10,000.
  public var epsilon = LinearSchedule(from: 1.0, to: 0.05, over: 10_000)
  /// Environment steps from one move of the target network to the next (`target_network_update_freq`). Default 500.
  public var targetUpdatePeriod = 500
  /// Environment steps before the first update (`num_steps_sampled_before_learning_starts`). Default 1,000.
  public var learningStarts = 1000
  /// The replay buffer (`replay_buffer_config`). Default: prioritized, 50,000 steps, alpha 0.6, beta 0.4.
  public var replayBuffer = ReplayBufferConfig.prioritized()

  /// Makes a replay buffer of one's own, which takes the place of `replayBuffer`, from schema and seed; nil, the default,
  /// for one that ships. Not saved: give it again to restore.
  public var bufferFactory: (@Sendable (BufferSchema, UInt64) throws -> any EpisodeBuffer)?

  /// RLlib's defaults.
  public init() { common.minimumStepsPerIteration = 1000 }

  /// How many steps of each environment make a fragment: as set, else the largest n of n-step returns.
  public var fragmentLength: Int { common.fragmentLength ?? nStep.configuredBound }

  /// Sets how it learns; what is not given stays. The names are those of the properties.
  public func training(
    learningRate: Double? = nil, gamma: Double? = nil, batchSize: Int? = nil, nStep: NStep? = nil,
    epsilon: LinearSchedule? = nil, targetUpdatePeriod: Int? = nil, tau: Double? = nil, learningStarts: Int? = nil,
    doubleQ: Bool? = nil, dueling: Bool? = nil, loss: RegressionLoss? = nil, gradientClip: Double? = nil,
    hiddenLayers: [Int]? = nil, activation: Activation? = nil, replayBuffer: ReplayBufferConfig? = nil
  ) -> DQNConfig {
    var config = self
    if let learningRate { config.learner.learningRate = learningRate }
    if let gamma { config.learner.gamma = gamma }
    if let batchSize { config.batchSize = batchSize }
    if let nStep { config.nStep = nStep }
    if let epsilon { config.epsilon = epsilon }
    if let targetUpdatePeriod { config.targetUpdatePeriod = targetUpdatePeriod }
    if let tau { config.learner.tau = tau }
    if let learningStarts { config.learningStarts = learningStarts }
    if let doubleQ { config.learner.doubleQ = doubleQ }
    if let dueling { config.learner.dueling = dueling }
    if let loss { config.learner.loss = loss }
    if let gradientClip { config.learner.gradientClip = gradientClip }
    if let hiddenLayers { config.learner.hiddenLayers = hiddenLayers }
    if let activation { config.learner.activation = activation }
    if let replayBuffer { config.replayBuffer = replayBuffer }
    return config
  }

  /// Sets a replay buffer of one's own, made from schema and seed, in the place of those that ship.
  ///
  /// It is not in `params.json`: give it again to restore, which is refused with another type of buffer.
  public func ownReplayBuffer(
    _ make: @escaping @Sendable (BufferSchema, UInt64) throws -> any EpisodeBuffer
  ) -> DQNConfig {
    var config = self
    config.bufferFactory = make
    return config
  }

  /// An empty buffer.
  func makeBuffer(schema: BufferSchema, seed: UInt64) throws -> any EpisodeBuffer {
    try bufferFactory?(schema, seed) ?? replayBuffer.makeBuffer(schema: schema, seed: seed)
  }

  /// Makes the algorithm and calls `onAlgorithmInit`.
  /// - Throws: `TrainingError`, and what making environments and the experiment throws.
  public func build(services: TrainingServices = TrainingServices()) throws -> DQN {
    try DQN.build(self, services: services)
  }
}

/// Which replay buffer, and how large (`replay_buffer_config`).
public struct ReplayBufferConfig: Sendable, Hashable {
  /// How steps are drawn, by the name of the buffer in files.
  public enum Kind: String, Sendable, Hashable, CaseIterable, ConfigValue {
    /// Evenly.
    case uniform = "EpisodeReplayBuffer"
    /// In proportion to a power of their priorities.
    case prioritized = "PrioritizedEpisodeReplayBuffer"
  }

  /// How steps are drawn.
  public var kind: Kind
  /// The most steps held; one episode may be longer.
  public var capacity: Int
  /// How strongly priorities act.
  public var alpha: Double
  /// How much of the preference the weights correct.
  public var beta: Double

  /// A buffer whose steps are drawn evenly.
  public static func uniform(capacity: Int = 50_000) -> ReplayBufferConfig {
    ReplayBufferConfig(kind: .uniform, capacity: capacity, alpha: 0.6, beta: 0.4)
  }

  /// A buffer whose steps are drawn by priority.
  public static func prioritized(
    capacity: Int = 50_000, alpha: Double = 0.6, beta: Double = 0.4
  ) -> ReplayBufferConfig {
    ReplayBufferConfig(kind: .prioritized, capacity: capacity, alpha: alpha, beta: beta)
  }
}
