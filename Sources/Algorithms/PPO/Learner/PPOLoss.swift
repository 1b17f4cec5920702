internal import NeuralNetworks

/// The loss of PPO over the items of one minibatch: its gradients item by item, and its sums.
/// - Source: RLlib's `compute_loss_for_module` in `ppo_torch_learner.py`; Schulman et al. 2017, equations 7 to 9.
struct PPOLoss {
  private let settings: PPOLearnerSettings
  private let divergenceCoefficient: Double
  private let entropyCoefficient: Double
  private(set) var gradientNorm = 0.0
  private var count = 0
  // Sums over the items.
  private var surrogate = 0.0
  private var squaredError = 0.0
  private var clippedError = 0.0
  private var entropy = 0.0
  private var divergence = 0.0
  // For the variances of targets and errors.
  private var target = 0.0
  private var squaredTarget = 0.0
  private var error = 0.0

  /// The inputs of the distribution of the item that is being added, and the gradient with respect to them.
  var inputs: [Float]
  private(set) var inputGradient: [Float]

  init(learner: PPOLearner) {
    settings = learner.settings
    divergenceCoefficient = settings.usesDivergence ? learner.divergenceCoefficient : 0
    entropyCoefficient = learner.entropyCoefficient
    inputs = [Float](repeating: 0, count: learner.actionRows.distribution.inputCount)
    inputGradient = inputs
  }

  /// Begins a minibatch.
  mutating func begin(count: Int) {
    self.count = count
    (surrogate, squaredError, clippedError, entropy, divergence) = (0, 0, 0, 0, 0)
    (target, squaredTarget, error) = (0, 0, 0)
  }

  /// Ends it with the length of its gradient.
  mutating func end(gradientNorm: Double) { self.gradientNorm = gradientNorm }

  /// Adds what the policy gives for an item, whose `inputs` are set, and sets `inputGradient`.
  mutating func addPolicy(_ item: Int, of batch: PPOBatch, _ distribution: ActionDistribution) {
    let (size, width) = (distribution.actionSize, distribution.inputCount)
    let action = batch.actions.span.extracting(item * size..<(item + 1) * size)
    let old = batch.inputs.span.extracting(item * width..<(item + 1) * width)
    let current = inputs
    let terms = distribution.terms(action: action, old: old, new: current.span)
    let ratio = ActionDistribution.ratio(terms.logProbability, to: Double(batch.logProbabilities[item]))
    let advantage = Double(batch.advantages[item])
    let clipped = advantage * min(max(ratio, 1 - settings.ratioClip), 1 + settings.ratioClip)
    surrogate += min(advantage * ratio, clipped)
    entropy += terms.entropy
    divergence += settings.usesDivergence ? terms.divergence : 0
    // Where clipping is what counts, the surrogate does not change with the ratio.
    let share = 1 / Double(count)
    let slopes = PolicySlopes(
      logProbability: advantage * ratio <= clipped ? -advantage * ratio * share : 0,
      entropy: -entropyCoefficient * share, divergence: divergenceCoefficient * share)
    var gradient = inputGradient.mutableSpan
    distribution.setGradient(slopes, terms, action: action, old: old, new: current.span, into: &gradient)
  }

  /// Adds what the value function gives for an item: the gradient with respect to that.
  mutating func addValue(_ value: Float, _ item: Int, of batch: PPOBatch) -> Float {
    let goal = Double(batch.valueTargets[item])
    let difference = Double(value) - goal
    let square = difference * difference
    squaredError += square
    clippedError += min(square, settings.valueClip)
    target += goal
    squaredTarget += goal * goal
    error += difference
    guard square <= settings.valueClip else { return 0 }
    return Float(settings.valueLossCoefficient * 2 * difference / Double(count))
  }

  /// What is minimised.
  var total: Double {
    let sum = -surrogate + settings.valueLossCoefficient * clippedError - entropyCoefficient * entropy
    return (sum + divergenceCoefficient * divergence) / Double(count)
  }

  /// - Source: RLlib's `explained_variance` in `utils/torch_utils.py`.
  private var explainedVariance: Double {
    guard count > 1 else { return .nan }
    let (items, others) = (Double(count), Double(count - 1))
    let targetVariance = (squaredTarget - target * target / items) / others
    let errorVariance = (squaredError - error * error / items) / others
    return max(-1, 1 - errorVariance / (targetVariance + 1e-6))
  }

  /// The means over the items of the last minibatch.
  func report(into update: inout PPOUpdate) {
    let items = Double(count)
    update.policyLoss = -surrogate / items
    update.valueLoss = clippedError / items
    update.unclippedValueLoss = squaredError / items
    update.explainedVariance = explainedVariance
    update.entropy = entropy / items
    update.divergence = divergence / items
    update.entropyCoefficient = entropyCoefficient
    update.totalLoss = total
    update.gradientNorm = gradientNorm
  }
}
