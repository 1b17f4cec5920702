/// Layers one behind the other. It holds no numbers: parameters are one block, `[Float]`, so that an optimizer, a norm
/// or a target network is one loop over it. Several networks can lie in one block, one behind the other.
public struct MultilayerPerceptron: Sendable, Hashable {
  /// The layers, from input to output.
  public let layers: [LinearLayer]

  /// Hidden layers that all apply `activation`, and an output layer that applies nothing; the parameters begin at
  /// `offset` of their block.
  /// - Throws: `NetworkError.invalidSize`, `.libraryMissing`.
  /// - Precondition: `offset` is not negative.
  public init(
    inputSize: Int, hiddenLayers: [Int], outputSize: Int, activation: Activation, at offset: Int = 0
  ) throws(NetworkError) {
    precondition(offset >= 0, "a place in a block, found \(offset)")
    try LinearAlgebra.load()
    let sizes = [inputSize] + hiddenLayers + [outputSize]
    var layers: [LinearLayer] = []
    for index in 0..<sizes.count - 1 {
      let (inputs, outputs) = (sizes[index], sizes[index + 1])
      let offset = layers.last?.biases.upperBound ?? offset
      guard inputs > 0, outputs > 0, Self.isCountable(inputs, outputs, behind: offset) else {
        throw .invalidSize(layer: index, inputs: inputs, outputs: outputs)
      }
      let isLast = index == sizes.count - 2
      layers.append(
        LinearLayer(inputs: inputs, outputs: outputs, activation: isLast ? .linear : activation, at: offset))
    }
    self.layers = layers
  }

  /// The most parameters of a network: what OpenBLAS's 32-bit integers count.
  public static let greatestParameterCount = Int(Int32.max)

  private static func isCountable(_ inputs: Int, _ outputs: Int, behind offset: Int) -> Bool {
    let (weights, overflow) = inputs.multipliedReportingOverflow(by: outputs)
    return !overflow && max(weights, outputs) <= greatestParameterCount
      && offset + weights + outputs <= greatestParameterCount
  }

  /// How many numbers one item has.
  public var inputSize: Int { layers[0].inputs }
  /// How many numbers come out for one item.
  public var outputSize: Int { layers[layers.count - 1].outputs }
  /// Where the parameters lie in their block.
  public var parameterRange: Range<Int> { layers[0].weights.lowerBound..<layers[layers.count - 1].biases.upperBound }
  /// How many parameters there are.
  public var parameterCount: Int { parameterRange.count }

  /// Computes the outputs of the items that `activations` holds, and everything `backward` needs.
  /// - Precondition: `parameters` hold `parameterRange` and `activations` are this network's.
  public func forward(parameters: [Float], _ activations: inout Activations) {
    precondition(parameters.count >= parameterRange.upperBound, "the parameters of this network")
    for (index, layer) in layers.enumerated() {
      // Taken out while it is written, so that nothing is copied.
      var output: [Float] = []
      swap(&output, &activations.values[index + 1])
      layer.forward(activations.values[index], count: activations.count, parameters: parameters, into: &output)
      swap(&output, &activations.values[index + 1])
    }
  }

  /// Computes the gradient of the parameters from that of the outputs, which it uses up. What lies beside them in the
  /// block of gradients stays.
  /// - Precondition: `forward` was called with the same parameters, `gradient` is a block like theirs, and the gradient
  ///   of the outputs is set.
  public func backward(parameters: [Float], gradient: inout [Float], _ activations: inout Activations) {
    precondition(
      parameters.count >= parameterRange.upperBound && gradient.count == parameters.count, "this network's parameters")
    for (index, layer) in layers.enumerated().reversed() {
      var delta: [Float] = []
      swap(&delta, &activations.gradients[index])
      layer.backward(
        &delta, output: activations.values[index + 1], input: activations.values[index], count: activations.count,
        gradient: &gradient)
      if index > 0 {
        layer.backwardToInput(
          delta, count: activations.count, parameters: parameters, into: &activations.gradients[index - 1])
      }
      swap(&delta, &activations.gradients[index])
    }
  }
}
