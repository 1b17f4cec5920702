internal import NeuralNetworks

/// The network of RLlib's default DQN module: an encoder of hidden layers, a linear head of advantages and, if dueling,
/// one of the state's value.
///
/// Both heads are one layer here, the value the output behind the advantages, and apart only by name.
/// - Source: RLlib's `default_dqn_torch_rl_module.py`.
struct QNetwork: Sendable {
  let perceptron: MultilayerPerceptron
  let table: ParameterTable
  let actionCount: Int
  let isDueling: Bool

  init(observationSize: Int, actionCount: Int, settings: DQNLearnerSettings) throws(DQNLearnerError) {
    self.actionCount = actionCount
    isDueling = settings.dueling
    do {
      perceptron = try MultilayerPerceptron(
        inputSize: observationSize, hiddenLayers: settings.hiddenLayers,
        outputSize: actionCount + (settings.dueling ? 1 : 0), activation: settings.activation)
    } catch {
      throw .network(error)
    }
    var table = ParameterTable()
    for (index, layer) in perceptron.layers.dropLast().enumerated() {
      // torch counts the activations between the layers too.
      table.append(layer, named: "encoder.net.mlp.\(2 * index)")
    }
    let heads = perceptron.layers[perceptron.layers.count - 1]
    table.append(heads, outputs: 0..<actionCount, named: "af.net.mlp.0")
    if isDueling { table.append(heads, outputs: actionCount..<actionCount + 1, named: "vf.net.mlp.0") }
    self.table = table
  }

  /// The value of an action of an item.
  /// - Source: Wang et al. 2016, "Dueling Network Architectures for Deep Reinforcement Learning", equation 9.
  func value(_ action: Int, item: Int, in activations: Activations) -> Float {
    let output = activations.output(action, item: item)
    guard isDueling else { return output }
    return output - meanAdvantage(item, in: activations) + activations.output(actionCount, item: item)
  }

  /// The greatest value of an item and its action, the first of equal ones; nil if a value is not a number.
  func best(item: Int, in activations: Activations) -> (action: Int, value: Float)? {
    let mean = isDueling ? meanAdvantage(item, in: activations) : 0
    let base = isDueling ? activations.output(actionCount, item: item) : 0
    var best: (action: Int, value: Float)?
    for action in 0..<actionCount {
      let output = activations.output(action, item: item)
      let value = isDueling ? output - mean + base : output
      guard value.isFinite else { return nil }
      if value > best?.value ?? -.infinity { best = (action, value) }
    }
    return best
  }

  /// Sets the gradient of the outputs of an item for that of the value of one action.
  /// - Precondition: The gradient is clear.
  func setGradient(_ gradient: Float, action: Int, item: Int, in activations: inout Activations) {
    guard isDueling else { return activations.setOutputGradient(gradient, output: action, item: item) }
    let share = gradient / Float(actionCount)
    for other in 0..<actionCount {
      activations.setOutputGradient((other == action ? gradient : 0) - share, output: other, item: item)
    }
    activations.setOutputGradient(gradient, output: actionCount, item: item)
  }

  private func meanAdvantage(_ item: Int, in activations: Activations) -> Float {
    var sum: Float = 0
    for action in 0..<actionCount { sum += activations.output(action, item: item) }
    return sum / Float(actionCount)
  }
}
