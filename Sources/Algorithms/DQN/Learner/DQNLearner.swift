internal import NeuralNetworks
public import ReplayBuffers
public import StateTree

/// The online and the target network of DQN and the optimizer between them. A value: a copy learns on its own.
///
/// The same seed and the same samples give the same bits on processors of one kind (`LinearAlgebra.description`).
/// - Source: Mnih et al. 2015, "Human-Level Control through Deep Reinforcement Learning"; RLlib's
///   `dqn_torch_learner.py`.
public struct DQNLearner: Sendable {
  /// How it was made; the learning rate that counts is `learningRate`.
  public let settings: DQNLearnerSettings
  /// How many numbers an observation has.
  public let observationSize: Int
  /// How many gradient steps were taken.
  public internal(set) var updateCount = 0
  /// How often the target network was moved (`num_target_updates`).
  public internal(set) var targetUpdateCount = 0

  let network: QNetwork
  var parameters: [Float]
  var targetParameters: [Float]
  var optimizer: Adam
  // Room that is kept between calls; nothing in it outlasts one.
  private(set) var gradient: [Float]
  private var activations: Activations
  private var actingActivations: Activations
  private var bootstraps: [Float] = []

  /// A learner with random weights, the target network equal to the online one.
  /// - Throws: `DQNLearnerError.invalidSetting`, `.network` for sizes that no network has.
  public init(
    observationSize: Int, actionCount: Int, settings: DQNLearnerSettings, seed: UInt64
  ) throws(DQNLearnerError) {
    try settings.check()
    guard actionCount > 0 else {
      throw .invalidSetting("action_space", found: "\(actionCount) actions", expected: "at least 1")
    }
    self.settings = settings
    self.observationSize = observationSize
    network = try QNetwork(observationSize: observationSize, actionCount: actionCount, settings: settings)
    var generator = PCG64(seed: seed)
    parameters = network.table.randomBlock(using: &generator)
    gradient = [Float](repeating: 0, count: parameters.count)
    targetParameters = gradient
    ParameterBlock.blend(&targetParameters, towards: parameters, by: 1)
    activations = Activations(for: network.perceptron)
    actingActivations = activations
    do {
      optimizer = try Adam(
        parameterCount: parameters.count, learningRate: settings.learningRate, epsilon: settings.adamEpsilon)
    } catch {
      throw .network(error)
    }
  }

  /// How many actions there are.
  public var actionCount: Int { network.actionCount }

  /// How many numbers training changes (`num_trainable_parameters`).
  public var trainableParameterCount: Int { parameters.count }

  /// The step size of the next update (`default_optimizer_learning_rate`), at first that of the settings.
  ///
  /// Anything can be set; `update` refuses what is no step size.
  public var learningRate: Double {
    get { optimizer.learningRate }
    set { optimizer.learningRate = newValue }
  }

  /// Moves the target network towards the online one by `settings.tau`.
  public mutating func updateTarget() {
    ParameterBlock.blend(&targetParameters, towards: parameters, by: settings.tau)
    targetUpdateCount += 1
  }

  /// The actions of greatest value, the first of equal ones.
  /// - Shape: observations `[n, observationSize]`, or one observation without the first axis.
  /// - Throws: `DQNLearnerError.sampleMismatch`, `.diverged` if a value is not a finite number.
  public mutating func greedyActions(_ observations: Tensor) throws(DQNLearnerError) -> [Int] {
    let count = try itemCount(of: observations)
    actingActivations.setInputs(observations, count: count)
    network.perceptron.forward(parameters: parameters, &actingActivations)
    var actions: [Int] = []
    actions.reserveCapacity(count)
    for item in 0..<count {
      guard let best = network.best(item: item, in: actingActivations) else {
        let outputs = (0..<actionCount).map { network.value($0, item: item, in: actingActivations) }
        throw diverged("the value of an action", Double(outputs.first { !$0.isFinite } ?? .nan))
      }
      actions.append(best.action)
    }
    return actions
  }

  /// Takes one gradient step on the mean of the weighted losses.
  ///
  /// The target of an item is `r + gamma^n * (1 - terminated) * Q_target(s', a')`, n being the item's own number of
  /// steps; truncation does not stop it.
  /// - Throws: `DQNLearnerError`. The learner is then as it was, except after `.diverged` of a weight, which only an
  ///   earlier checkpoint helps.
  public mutating func update(_ sample: EpisodeSample) throws(DQNLearnerError) -> DQNUpdate {
    let actions = try check(sample)
    try computeBootstraps(sample)
    activations.setInputs(sample.observations, count: sample.count)
    network.perceptron.forward(parameters: parameters, &activations)
    var tally = LossTally(count: sample.count)
    activations.clearOutputGradient()
    for item in 0..<sample.count {
      let value = network.value(actions[item], item: item, in: activations)
      let difference = value - target(of: item, in: sample)
      let weight = sample.weights[item]
      tally.add(value, difference, weight * settings.loss.value(difference))
      let slope = weight / Float(sample.count) * settings.loss.derivative(difference)
      network.setGradient(slope, action: actions[item], item: item, in: &activations)
    }
    guard tally.loss.isFinite else { throw diverged("qf_loss", tally.loss) }
    network.perceptron.backward(parameters: parameters, gradient: &gradient, &activations)
    let norm = ParameterBlock.norm(gradient)
    guard norm.isFinite else { throw diverged("gradients_default_optimizer_global_norm", norm) }
    if let longest = settings.gradientClip { ParameterBlock.clip(&gradient, norm: norm, to: longest) }
    try step()
    return tally.update(gradientNorm: norm)
  }

  private mutating func step() throws(DQNLearnerError) {
    do {
      try optimizer.step(&parameters, gradient: gradient)
      updateCount += 1
    } catch .notFinite(_, let index, let value) {
      let place = network.table.place(of: index)
      throw diverged(place.map { "\($0.name)[\($0.index)]" } ?? "a weight", Double(value))
    } catch {
      throw .network(error)
    }
  }

  /// The values of the next observations, before rewards and discounts.
  private mutating func computeBootstraps(_ sample: EpisodeSample) throws(DQNLearnerError) {
    activations.setInputs(sample.nextObservations, count: sample.count)
    bootstraps.removeAll(keepingCapacity: true)
    var choices: [Int] = []
    if settings.doubleQ {
      network.perceptron.forward(parameters: parameters, &activations)
      for item in 0..<sample.count { choices.append(network.best(item: item, in: activations)?.action ?? 0) }
    }
    network.perceptron.forward(parameters: targetParameters, &activations)
    for item in 0..<sample.count {
      let value =
        settings.doubleQ
        ? network.value(choices[item], item: item, in: activations)
        : network.best(item: item, in: activations)?.value ?? .nan
      bootstraps.append(value)
    }
  }

  private func target(of item: Int, in sample: EpisodeSample) -> Float {
    guard !sample.isTerminated[item] else { return sample.rewards[item] }
    var discount = 1.0
    for _ in 0..<sample.nSteps[item] { discount *= settings.gamma }
    return sample.rewards[item] + Float(discount) * bootstraps[item]
  }

  func diverged(_ quantity: String, _ value: Double) -> DQNLearnerError {
    .diverged(quantity: quantity, value: value, updateCount: updateCount, learningRate: learningRate)
  }
}
