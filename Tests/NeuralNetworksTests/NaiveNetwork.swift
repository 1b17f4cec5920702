import Glibc
import NeuralNetworks
import StateTree
import Testing

/// A perceptron in plain loops and float64, item by item: slow and easy to believe.
struct NaiveNetwork {
  let network: MultilayerPerceptron
  var parameters: [Double]

  /// The outputs of one item.
  func outputs(_ input: [Double]) -> [Double] {
    var values = input
    for layer in network.layers {
      values = (0..<layer.outputs).map { output in
        var sum = parameters[layer.biases.lowerBound + output]
        for index in 0..<layer.inputs {
          sum += parameters[layer.weights.lowerBound + output * layer.inputs + index] * values[index]
        }
        switch layer.activation {
        case .tanh: return tanh(sum)
        case .relu: return max(sum, 0)
        case .linear: return sum
        }
      }
    }
    return values
  }
}

/// A network with random parameters, and random inputs for it.
struct Example: CustomTestStringConvertible {
  var inputSize = 4
  var hiddenLayers = [8, 6]
  var outputSize = 3
  var activation: Activation
  var count: Int
  var seed: UInt64 = 11

  var testDescription: String {
    "\(inputSize)-\(hiddenLayers)-\(outputSize) \(activation), \(count) items, seed \(seed)"
  }

  static let all = Activation.allCases.flatMap { activation in
    [
      Example(activation: activation, count: 1), Example(activation: activation, count: 2),
      Example(activation: activation, count: 5),
      Example(inputSize: 1, hiddenLayers: [], outputSize: 1, activation: activation, count: 3),
      Example(inputSize: 3, hiddenLayers: [17], outputSize: 2, activation: activation, count: 33, seed: 12),
    ]
  }

  struct Made {
    let network: MultilayerPerceptron
    let parameters: [Float]
    let inputs: [Float]
    let naive: NaiveNetwork
  }

  func make() throws -> Made {
    let network = try MultilayerPerceptron(
      inputSize: inputSize, hiddenLayers: hiddenLayers, outputSize: outputSize, activation: activation)
    var generator = PCG64(seed: seed)
    let parameters = (0..<network.parameterCount).map { _ in Float(generator.uniform(in: -1..<1)) }
    let inputs = (0..<inputSize * count).map { _ in Float(generator.uniform(in: -1..<1)) }
    return Made(
      network: network, parameters: parameters, inputs: inputs,
      naive: NaiveNetwork(network: network, parameters: parameters.map { Double($0) }))
  }

  func input(_ item: Int, of inputs: [Float]) -> [Double] {
    inputs[item * inputSize..<(item + 1) * inputSize].map { Double($0) }
  }
}
