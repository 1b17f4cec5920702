public import NeuralNetworks

/// How a DQN network is built and trained, with RLlib's defaults; coded under RLlib's names.
/// - Source: RLlib's `DQNConfig` in `algorithms/dqn/dqn.py` and `DefaultModelConfig`.
public struct DQNLearnerSettings: Codable, Sendable, Hashable {
  /// The step size of Adam (`lr`).
  /// - Units: 5e-4 by default.
  public var learningRate = 5e-4
  /// How much the value of the next step counts (`gamma`).
  /// - Units: 0.99 by default.
  public var gamma = 0.99
  /// The longest gradient over all parameters, or nil for any length (`grad_clip` by `global_norm`).
  /// - Units: 40 by default.
  public var gradientClip: Double? = 40
  /// The widths of the hidden layers (`fcnet_hiddens`).
  /// - Units: 256 and 256 by default.
  public var hiddenLayers = [256, 256]
  /// What the hidden layers apply (`fcnet_activation`).
  public var activation = Activation.tanh
  /// Whether the online network chooses the action whose value the target network gives (`double_q`).
  /// - Source: van Hasselt, Guez and Silver 2016, "Deep Reinforcement Learning with Double Q-learning", equation 4.
  public var doubleQ = true
  /// Whether values are the sum of a state's value and centred advantages (`dueling`).
  /// - Source: Wang et al. 2016, "Dueling Network Architectures for Deep Reinforcement Learning", equation 9.
  public var dueling = true
  /// What a TD error costs (`td_error_loss_fn`).
  public var loss = RegressionLoss.huber
  /// How far the target network moves to the online one at an update (`tau`).
  /// - Units: 0 to 1; 1 by default, a copy.
  public var tau = 1.0
  /// What Adam adds to the root of the second moment (`adam_epsilon`).
  /// - Units: above 0; 1e-8 by default, torch's own default, which RLlib uses.
  public var adamEpsilon = 1e-8

  /// RLlib's defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case learningRate = "lr"
    case gamma
    case gradientClip = "grad_clip"
    case hiddenLayers = "fcnet_hiddens"
    case activation = "fcnet_activation"
    case doubleQ = "double_q"
    case dueling
    case loss = "td_error_loss_fn"
    case tau
    case adamEpsilon = "adam_epsilon"
  }
}
