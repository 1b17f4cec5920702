import NeuralNetworks
import StateTree
import Testing

@Suite struct ParameterBlockTests {
  /// Two networks and a vector in one block.
  private struct Made {
    let first: MultilayerPerceptron
    let second: MultilayerPerceptron
    var table = ParameterTable()

    init() throws {
      first = try MultilayerPerceptron(inputSize: 2, hiddenLayers: [3], outputSize: 1, activation: .tanh)
      second = try MultilayerPerceptron(inputSize: 2, hiddenLayers: [4], outputSize: 2, activation: .tanh, at: 15)
      for (index, layer) in first.layers.enumerated() { table.append(layer, named: "first.\(index)") }
      table.append(vector: 13..<15, named: "vector")
      for (index, layer) in second.layers.enumerated() { table.append(layer, named: "second.\(index)") }
    }
  }

  @Test func `Networks in one block compute what they compute alone, and leave the rest of the gradient`() throws {
    let made = try Made()
    #expect(made.first.parameterRange == 0..<13 && made.second.parameterRange == 15..<37)
    var generator = PCG64(seed: 3)
    let block = made.table.randomBlock(using: &generator)
    #expect(block.count == 37 && block[13] == 0 && block[14] == 0)
    let alone = try MultilayerPerceptron(inputSize: 2, hiddenLayers: [4], outputSize: 2, activation: .tanh)
    let inputs: [Float] = [0.5, -1, 0.25, 2, 9, 9]
    var (a, b) = (Activations(for: made.second), Activations(for: alone))
    a.setInputs(inputs, rows: [1, 0])
    b.setInputs(try Tensor([Float(0.25), 2, 0.5, -1], shape: [2, 2]), count: 2)
    made.second.forward(parameters: block, &a)
    alone.forward(parameters: Array(block[15...]), &b)
    var (whole, part) = ([Float](repeating: 7, count: 37), [Float](repeating: 7, count: 22))
    for item in 0..<2 {
      for output in 0..<2 {
        #expect(a.output(output, item: item) == b.output(output, item: item))
        a.setOutputGradient(Float(item + output), output: output, item: item)
        b.setOutputGradient(Float(item + output), output: output, item: item)
      }
    }
    made.second.backward(parameters: block, gradient: &whole, &a)
    alone.backward(parameters: Array(block[15...]), gradient: &part, &b)
    #expect(Array(whole[15...]) == part && whole[..<15] == ArraySlice(repeating: 7, count: 15))
    var copy = Activations(for: made.first)
    copy.setInputs(of: a)
    made.first.forward(parameters: block, &copy)
    var own = Activations(for: made.first)
    own.setInputs(inputs, rows: [1, 0])
    made.first.forward(parameters: block, &own)
    #expect(copy.output(0, item: 0) == own.output(0, item: 0) && copy.output(0, item: 1) == own.output(0, item: 1))
  }

  @Test func `Each tensor is shortened on its own`() throws {
    let made = try Made()
    var gradient = [Float](repeating: 0, count: 37)
    gradient[0] = 3
    gradient[1] = -4
    gradient[13] = 0.3
    gradient[20] = -2
    ParameterBlock.clipTensors(&gradient, of: made.table, to: 1)
    #expect(abs(gradient[0] - 0.6) < 1e-6 && abs(gradient[1] + 0.8) < 1e-6)
    #expect(gradient[13] == 0.3 && gradient[20] == -1)
  }

  @Test func `Each number is brought between the bounds, and what is none stays`() {
    var gradient: [Float] = [0.5, -0.5, 2, -2, .nan]
    ParameterBlock.clipValues(&gradient, to: 1)
    #expect(Array(gradient[..<4]) == [0.5, -0.5, 1, -1] && gradient[4].isNaN)
  }
}
