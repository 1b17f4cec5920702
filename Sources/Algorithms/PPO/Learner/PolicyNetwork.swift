internal import NeuralNetworks

/// The policy of RLlib's default PPO module: an encoder of hidden layers and a linear head for the inputs of the
/// distribution of actions.
/// - Source: RLlib's `ppo_catalog.py`, `TorchMLPHead` and `TorchFreeLogStdMLPHead` in `core/models/torch/heads.py`.
struct PolicyNetwork: Sendable {
  let perceptron: MultilayerPerceptron
  let distribution: ActionDistribution
  let table: ParameterTable
  /// Where log standard deviations lie that depend on no observation.
  private let freeLogDeviations: Range<Int>?
  private let logDeviationClip: Float

  init(
    observationSize: Int, distribution: ActionDistribution, settings: PPOLearnerSettings
  ) throws(NetworkError) {
    self.distribution = distribution
    logDeviationClip = Float(settings.logDeviationClip)
    var outputs = distribution.inputCount
    var free = 0
    if case .gaussian(let gaussian) = distribution, settings.freeLogDeviations {
      free = gaussian.dimensions
      outputs -= free
    }
    perceptron = try MultilayerPerceptron(
      inputSize: observationSize, hiddenLayers: settings.hiddenLayers, outputSize: outputs,
      activation: settings.activation)
    var table = ParameterTable()
    table.append(encoder: perceptron, named: "encoder.actor_encoder", head: "pi")
    let end = perceptron.parameterRange.upperBound
    freeLogDeviations = free > 0 ? end..<end + free : nil
    if let freeLogDeviations { table.append(vector: freeLogDeviations, named: "pi.log_std") }
    self.table = table
  }

  /// Reads the inputs of the distribution of an item, log standard deviations clipped.
  /// - Shape: row `[distribution.inputCount]`.
  func read(item: Int, of activations: Activations, parameters: [Float], into row: inout [Float]) {
    for index in 0..<perceptron.outputSize { row[index] = activations.output(index, item: item) }
    if let freeLogDeviations {
      for (index, place) in freeLogDeviations.enumerated() { row[perceptron.outputSize + index] = parameters[place] }
    }
    guard case .gaussian(let gaussian) = distribution else { return }
    // In this order the bounds let NaN through.
    for index in gaussian.dimensions..<row.count {
      row[index] = max(min(row[index], logDeviationClip), -logDeviationClip)
    }
  }

  /// Sets the gradient of the outputs of an item, and adds to that of parameters which are inputs of the distribution
  /// themselves. Nothing flows where a log standard deviation was clipped.
  /// - Shape: row `[distribution.inputCount]`.
  func setGradient(
    _ row: [Float], item: Int, in activations: inout Activations, parameters: [Float], _ gradient: inout [Float]
  ) {
    let firstDeviation = if case .gaussian(let gaussian) = distribution { gaussian.dimensions } else { row.count }
    for index in 0..<perceptron.outputSize {
      let flows = index < firstDeviation || abs(activations.output(index, item: item)) <= logDeviationClip
      activations.setOutputGradient(flows ? row[index] : 0, output: index, item: item)
    }
    guard let freeLogDeviations else { return }
    for (index, place) in freeLogDeviations.enumerated() where abs(parameters[place]) <= logDeviationClip {
      gradient[place] += row[firstDeviation + index]
    }
  }

  /// Sets the gradient to zero where `setGradient` adds to it.
  func clearGradient(_ gradient: inout [Float]) {
    for place in freeLogDeviations ?? 0..<0 { gradient[place] = 0 }
  }
}

extension ParameterTable {
  /// Names the layers of a network as RLlib does: all but the last are an encoder, the last is a head.
  mutating func append(encoder perceptron: MultilayerPerceptron, named encoder: String, head: String) {
    for (index, layer) in perceptron.layers.dropLast().enumerated() {
      // torch counts the activations between the layers too.
      append(layer, named: "\(encoder).net.mlp.\(2 * index)")
    }
    append(perceptron.layers[perceptron.layers.count - 1], named: "\(head).net.mlp.0")
  }
}
