public import Environments
internal import NeuralNetworks
public import StateTree

/// A policy to act with: that of a learner at some moment, without its value function. A value: a copy acts on its own.
public struct PPOPolicy: Sendable {
  /// How many numbers an observation has.
  public let observationSize: Int

  let network: PolicyNetwork
  let actionRows: ActionRows
  var parameters: [Float]
  // Room that is kept between calls; nothing in it outlasts one.
  private var activations: Activations
  private var inputs: [Float]
  private var action: [Float]

  /// A policy whose parameters are zeros, to restore one into.
  /// - Throws: `PPOLearnerError.invalidSetting`, `.network` for sizes that no network has.
  public init(observationSize: Int, actionSpace: Space, settings: PPOLearnerSettings) throws(PPOLearnerError) {
    try settings.check()
    let rows = try ActionRows(actionSpace)
    let network: PolicyNetwork
    do {
      network = try PolicyNetwork(
        observationSize: observationSize, distribution: rows.distribution, settings: settings)
    } catch {
      throw .network(error)
    }
    let parameters = [Float](repeating: 0, count: network.table.parameterCount)
    self.init(observationSize: observationSize, network: network, actionRows: rows, parameters: parameters)
  }

  init(observationSize: Int, network: PolicyNetwork, actionRows: ActionRows, parameters: [Float]) {
    self.observationSize = observationSize
    self.network = network
    self.actionRows = actionRows
    self.parameters = parameters
    activations = Activations(for: network.perceptron)
    inputs = [Float](repeating: 0, count: network.distribution.inputCount)
    action = [Float](repeating: 0, count: network.distribution.actionSize)
  }

  /// Draws an action for each observation, in their order (RLlib's `explore=True`).
  /// - Shape: observations `[n, observationSize]`, or one observation without the first axis.
  /// - Throws: `PPOLearnerError.observationMismatch`, `.invalidOutput` if one is not a finite number.
  public mutating func act(
    _ observations: Tensor, using generator: inout PCG64
  ) throws(PPOLearnerError) -> PolicyDecision {
    try decide(observations) { (distribution, inputs, action: inout MutableSpan<Float>) in
      distribution.sample(inputs, into: &action, using: &generator)
    }
  }

  /// The most likely action for each observation (RLlib's `explore=False`).
  /// - Shape: observations `[n, observationSize]`, or one observation without the first axis.
  /// - Throws: `PPOLearnerError.observationMismatch`, `.invalidOutput` if one is not a finite number.
  public mutating func likeliestActions(_ observations: Tensor) throws(PPOLearnerError) -> PolicyDecision {
    try decide(observations) { (distribution, inputs, action: inout MutableSpan<Float>) in
      distribution.mode(inputs, into: &action)
    }
  }

  private mutating func decide(
    _ observations: Tensor, _ choose: (ActionDistribution, Span<Float>, inout MutableSpan<Float>) -> Void
  ) throws(PPOLearnerError) -> PolicyDecision {
    let count = try Self.itemCount(of: observations, size: observationSize)
    activations.setInputs(observations, count: count)
    network.perceptron.forward(parameters: parameters, &activations)
    var (actions, allInputs, logProbabilities) = ([Float](), [Float](), [Float]())
    actions.reserveCapacity(count * action.count)
    allInputs.reserveCapacity(count * inputs.count)
    logProbabilities.reserveCapacity(count)
    for item in 0..<count {
      network.read(item: item, of: activations, parameters: parameters, into: &inputs)
      if let wrong = inputs.first(where: { !$0.isFinite }) {
        throw .invalidOutput(Double(wrong))
      }
      let (distribution, current) = (network.distribution, inputs)
      var span = action.mutableSpan
      choose(distribution, current.span, &span)
      logProbabilities.append(Float(distribution.logProbability(action.span, current.span)))
      actions += action
      allInputs += inputs
    }
    let rows = try? Tensor(allInputs, shape: [count, inputs.count])
    guard let rows else { preconditionFailure("as many numbers as the shape has") }
    return PolicyDecision(
      actions: actionRows.tensor(actions), logProbabilities: Tensor(vector: logProbabilities), distributionInputs: rows)
  }

  /// How many observations a tensor holds, if they are the network's.
  static func itemCount(of observations: Tensor, size: Int) throws(PPOLearnerError) -> Int {
    let isReal = observations.dataType.kind != .complex && observations.dataType.kind != .opaque
    if isReal, let count = observations.shape.first, count > 0, observations.shape.dropFirst().reduce(1, *) == size {
      return count
    }
    if isReal, observations.count == size { return 1 }
    throw .observationMismatch(
      expected: "real numbers of shape [n, \(size)], n at least 1", found: observations.summary)
  }
}

extension PPOPolicy: Checkpointable {
  /// The weights under the names of RLlib's module state, as its inference-only state has them.
  public var state: StateValue { .map(network.table.state(of: parameters)) }

  /// Takes the weights of a policy, or of a whole module, whose other tensors are left alone.
  /// - Throws: `PPOLearnerError.network` for tensors of other shapes or that are not finite, `.state` for what is
  ///   missing; the policy is then as it was.
  public mutating func restore(from state: StateValue) throws(PPOLearnerError) {
    do {
      parameters = try network.table.block(from: StateReader(state, at: ["policy"]))
    } catch let error as NetworkError {
      throw .network(error)
    } catch let error as StateTreeError {
      throw .state(error)
    } catch {
      preconditionFailure("no other error is thrown above")
    }
  }

  /// Checks that all weights are finite numbers.
  /// - Throws: `PPOLearnerError.network` naming the first that is not.
  public func checkInvariants() throws(PPOLearnerError) {
    do {
      try network.table.check(parameters)
    } catch {
      throw .network(error)
    }
  }
}
