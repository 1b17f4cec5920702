import NeuralNetworks
import StateTree
import Testing

@Suite struct MultilayerPerceptronTests {
  @Test(arguments: Example.all)
  func `Outputs are those of plain loops in float64`(example: Example) throws {
    let made = try example.make()
    var activations = Activations(for: made.network)
    activations.setInputs(try Tensor(made.inputs, shape: [example.count, example.inputSize]), count: example.count)
    made.network.forward(parameters: made.parameters, &activations)
    for item in 0..<example.count {
      let expected = made.naive.outputs(example.input(item, of: made.inputs))
      for output in 0..<example.outputSize {
        #expect(abs(Double(activations.output(output, item: item)) - expected[output]) < 3e-6)
      }
    }
  }

  @Test(arguments: Example.all)
  func `Gradients are finite differences, for every parameter`(example: Example) throws {
    let made = try example.make()
    var generator = PCG64(seed: example.seed + 1)
    // What is differentiated: a weighted sum of all outputs of all items.
    let slopes = (0..<example.count * example.outputSize).map { _ in Float(generator.uniform(in: -1..<1)) }
    var activations = Activations(for: made.network)
    activations.setInputs(try Tensor(made.inputs, shape: [example.count, example.inputSize]), count: example.count)
    made.network.forward(parameters: made.parameters, &activations)
    for item in 0..<example.count {
      for output in 0..<example.outputSize {
        activations.setOutputGradient(slopes[item * example.outputSize + output], output: output, item: item)
      }
    }
    var gradient = [Float](repeating: .nan, count: made.network.parameterCount)
    made.network.backward(parameters: made.parameters, gradient: &gradient, &activations)
    for index in gradient.indices {
      let difference = finiteDifference(made, example, slopes, at: index)
      #expect(abs(Double(gradient[index]) - difference) < 1e-5 * max(1, abs(difference)), "parameter \(index)")
    }
  }

  private func finiteDifference(
    _ made: Example.Made, _ example: Example, _ slopes: [Float], at index: Int
  ) -> Double {
    let width = 1e-6
    func sum(_ shift: Double) -> Double {
      var naive = made.naive
      naive.parameters[index] += shift
      var sum = 0.0
      for item in 0..<example.count {
        let outputs = naive.outputs(example.input(item, of: made.inputs))
        for output in outputs.indices { sum += Double(slopes[item * example.outputSize + output]) * outputs[output] }
      }
      return sum
    }
    return (sum(width) - sum(-width)) / (2 * width)
  }

  @Test func `A smaller batch after a larger one gives the same bits as alone`() throws {
    let example = Example(activation: .tanh, count: 5)
    let made = try example.make()
    let small = try Tensor(made.inputs, shape: [5, 4]).rows(1..<3)
    var fresh = Activations(for: made.network)
    fresh.setInputs(small, count: 2)
    made.network.forward(parameters: made.parameters, &fresh)
    var used = Activations(for: made.network)
    used.setInputs(try Tensor(made.inputs, shape: [5, 4]), count: 5)
    made.network.forward(parameters: made.parameters, &used)
    used.setInputs(small, count: 2)
    made.network.forward(parameters: made.parameters, &used)
    for item in 0..<2 {
      for output in 0..<3 { #expect(fresh.output(output, item: item) == used.output(output, item: item)) }
    }
  }

  @Test func `Inputs of other types are the same numbers`() throws {
    let made = try Example(activation: .relu, count: 2).make()
    let integers = try Tensor([UInt8(0), 1, 2, 3, 4, 5, 6, 7], shape: [2, 4])
    var (a, b) = (Activations(for: made.network), Activations(for: made.network))
    a.setInputs(integers, count: 2)
    b.setInputs(try Tensor((0..<8).map { Float($0) }, shape: [2, 4]), count: 2)
    made.network.forward(parameters: made.parameters, &a)
    made.network.forward(parameters: made.parameters, &b)
    #expect(a.output(1, item: 1) == b.output(1, item: 1))
  }

  @Test func `Every layer lies behind the one before it`() throws {
    let network = try MultilayerPerceptron(inputSize: 4, hiddenLayers: [8, 6], outputSize: 3, activation: .relu)
    #expect(network.layers.map(\.weights) == [0..<32, 40..<88, 94..<112])
    #expect(network.layers.map(\.biases) == [32..<40, 88..<94, 112..<115])
    #expect(network.layers.map(\.activation) == [.relu, .relu, .linear])
    #expect(network.parameterCount == 115)
  }

  @Test(arguments: [
    (0, [8], 2, NetworkError.invalidSize(layer: 0, inputs: 0, outputs: 8)),
    (4, [8, 0], 2, .invalidSize(layer: 1, inputs: 8, outputs: 0)),
    (4, [], -1, .invalidSize(layer: 0, inputs: 4, outputs: -1)),
    (4, [Int.max], 2, .invalidSize(layer: 0, inputs: 4, outputs: .max)),
    (65536, [65536], 2, .invalidSize(layer: 0, inputs: 65536, outputs: 65536)),
  ])
  func `Sizes that no network has are refused`(inputs: Int, hidden: [Int], outputs: Int, expected: NetworkError) {
    #expect(throws: expected) {
      try MultilayerPerceptron(inputSize: inputs, hiddenLayers: hidden, outputSize: outputs, activation: .tanh)
    }
  }

  @Test func `A supervised problem is learned`() throws {
    // The product of two signs: no line separates it.
    let network = try MultilayerPerceptron(inputSize: 2, hiddenLayers: [16], outputSize: 1, activation: .tanh)
    var table = ParameterTable()
    for (index, layer) in network.layers.enumerated() { table.append(layer, named: "\(index)") }
    var generator = PCG64(seed: 3)
    var parameters = table.randomBlock(using: &generator)
    var gradient = parameters
    var adam = try Adam(parameterCount: parameters.count, learningRate: 0.02)
    var activations = Activations(for: network)
    let inputs = try Tensor([Float(-1), -1, -1, 1, 1, -1, 1, 1], shape: [4, 2])
    let targets: [Float] = [1, -1, -1, 1]
    var losses: [Float] = []
    for _ in 0..<200 {
      activations.setInputs(inputs, count: 4)
      network.forward(parameters: parameters, &activations)
      var loss: Float = 0
      for item in 0..<4 {
        let difference = activations.output(0, item: item) - targets[item]
        loss += RegressionLoss.squared.value(difference) / 4
        activations.setOutputGradient(RegressionLoss.squared.derivative(difference) / 4, output: 0, item: item)
      }
      losses.append(loss)
      network.backward(parameters: parameters, gradient: &gradient, &activations)
      try adam.step(&parameters, gradient: gradient)
    }
    #expect(losses[0] > 0.5)
    #expect(losses[199] < 0.01)
  }
}
