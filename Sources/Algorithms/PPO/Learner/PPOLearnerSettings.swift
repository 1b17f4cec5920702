public import NeuralNetworks

/// How PPO's networks are built and trained, with RLlib's defaults; coded under RLlib's names.
/// - Source: RLlib's `PPOConfig` in `algorithms/ppo/ppo.py` and `DefaultModelConfig`. Left out are `use_critic` and
///   `use_gae`, which RLlib calls experimental, and shared layers (`vf_share_layers`), which PPO has not by default.
public struct PPOLearnerSettings: Codable, Sendable, Hashable {
  /// The step size of Adam (`lr`).
  /// - Units: 5e-5 by default.
  public var learningRate = 5e-5
  /// How much the value of the next step counts (`gamma`).
  /// - Units: 0.99 by default.
  public var gamma = 0.99
  /// How much the errors of later steps count in an advantage (`lambda`): 1 for rewards up to the end of the fragment, 0
  /// for one step.
  /// - Units: 0 to 1; 1 by default.
  public var lambda = 1.0
  /// How often an update goes over the batch (`num_epochs`).
  /// - Units: 30 by default.
  public var epochs = 30
  /// How many steps a gradient is taken of (`minibatch_size`); nil for the whole batch.
  /// - Units: 128 by default.
  public var minibatchSize: Int? = 128
  /// Whether each epoch after the first goes over the batch in another order (`shuffle_batch_per_epoch`).
  public var shufflesEpochs = true
  /// How far the probability of an action may move from the old one, as a ratio, before more is not rewarded
  /// (`clip_param`).
  /// - Units: above 0; 0.3 by default.
  public var ratioClip = 0.3
  /// The greatest squared error of a value that still teaches (`vf_clip_param`): where it is greater, the gradient of the
  /// value loss is zero, so that it must suit the scale of returns.
  /// - Units: above 0; 10 by default.
  public var valueClip = 10.0
  /// The weight of the value loss (`vf_loss_coeff`).
  /// - Units: 1 by default.
  public var valueLossCoefficient = 1.0
  /// The weight of the entropy, which is rewarded (`entropy_coeff`).
  /// - Units: 0 by default.
  public var entropyCoefficient = 0.0
  /// Whether the divergence from the old policy is punished (`use_kl_loss`).
  public var usesDivergence = true
  /// The weight of that divergence at the start (`kl_coeff`).
  /// - Units: 0.2 by default.
  public var divergenceCoefficient = 0.2
  /// The divergence to which that weight is steered (`kl_target`).
  /// - Units: nats, above 0; 0.01 by default.
  public var divergenceTarget = 0.01
  /// The bound of the gradient, or nil for none (`grad_clip`).
  /// - Units: above 0; nil by default.
  public var gradientClip: Double?
  /// What that bounds (`grad_clip_by`).
  public var gradientClipping = GradientClipping.globalNorm
  /// The widths of the hidden layers of policy and value network (`fcnet_hiddens`).
  /// - Units: 256 and 256 by default.
  public var hiddenLayers = [256, 256]
  /// What the hidden layers apply (`fcnet_activation`).
  public var activation = Activation.tanh
  /// Whether the log standard deviations of continuous actions are parameters of their own, the same for all
  /// observations, instead of outputs of the network (`free_log_std`); choices among actions have none.
  public var freeLogDeviations = false
  /// The greatest log standard deviation, and minus the least (`log_std_clip_param`).
  /// - Units: at least 0; 20 by default.
  public var logDeviationClip = 20.0
  /// What Adam adds to the root of the second moment (`adam_epsilon`).
  /// - Units: above 0; 1e-8 by default, torch's own default, which RLlib uses.
  public var adamEpsilon = 1e-8

  /// RLlib's defaults.
  public init() {}

  private enum CodingKeys: String, CodingKey {
    case learningRate = "lr"
    case gamma
    case lambda
    case epochs = "num_epochs"
    case minibatchSize = "minibatch_size"
    case shufflesEpochs = "shuffle_batch_per_epoch"
    case ratioClip = "clip_param"
    case valueClip = "vf_clip_param"
    case valueLossCoefficient = "vf_loss_coeff"
    case entropyCoefficient = "entropy_coeff"
    case usesDivergence = "use_kl_loss"
    case divergenceCoefficient = "kl_coeff"
    case divergenceTarget = "kl_target"
    case gradientClip = "grad_clip"
    case gradientClipping = "grad_clip_by"
    case hiddenLayers = "fcnet_hiddens"
    case activation = "fcnet_activation"
    case freeLogDeviations = "free_log_std"
    case logDeviationClip = "log_std_clip_param"
    case adamEpsilon = "adam_epsilon"
  }
}
