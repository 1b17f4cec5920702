import NeuralNetworks
import StateTree
import Testing

@Suite struct ParameterTableTests {
  let network: MultilayerPerceptron
  let table: ParameterTable

  init() throws {
    network = try MultilayerPerceptron(inputSize: 2, hiddenLayers: [3], outputSize: 4, activation: .tanh)
    var table = ParameterTable()
    table.append(network.layers[0], named: "encoder.0")
    table.append(network.layers[1], outputs: 0..<3, named: "af")
    table.append(network.layers[1], outputs: 3..<4, named: "vf")
    self.table = table
  }

  @Test func `Every number of the block belongs to one tensor`() {
    #expect(
      table.entries.map(\.name) == [
        "encoder.0.weight", "encoder.0.bias", "af.weight", "af.bias", "vf.weight", "vf.bias",
      ])
    #expect(table.entries.map(\.shape) == [[3, 2], [3], [3, 3], [3], [1, 3], [1]])
    #expect(table.parameterCount == network.parameterCount)
    var owners = [Int](repeating: 0, count: network.parameterCount)
    for entry in table.entries { for index in entry.range { owners[index] += 1 } }
    #expect(owners.allSatisfy { $0 == 1 })
    #expect(table.place(of: 24)?.name == "vf.bias" && table.place(of: 24)?.index == 0)
    #expect(table.place(of: 19)?.name == "vf.weight" && table.place(of: 19)?.index == 1)
    #expect(table.place(of: 25) == nil)
  }

  @Test func `Initial parameters fill -1/sqrt(inputs) to 1/sqrt(inputs), alike for a seed`() throws {
    let layer = try MultilayerPerceptron(inputSize: 16, hiddenLayers: [], outputSize: 500, activation: .tanh).layers[0]
    var table = ParameterTable()
    table.append(layer, named: "layer")
    var generator = PCG64(seed: 1)
    let block = table.randomBlock(using: &generator)
    for range in [layer.weights, layer.biases] {
      let part = block[range]
      #expect(part.allSatisfy { abs($0) <= 0.25 })
      #expect((part.max() ?? 0) > 0.24 && (part.min() ?? 0) < -0.24)
      #expect(abs(part.reduce(0, +) / Float(part.count)) < 0.02)
    }
    var same = PCG64(seed: 1)
    var other = PCG64(seed: 2)
    #expect(table.randomBlock(using: &same) == block)
    #expect(table.randomBlock(using: &other) != block)
  }

  @Test func `Blocks come back from their state bit for bit`() throws {
    var generator = PCG64(seed: 4)
    let block = table.randomBlock(using: &generator)
    let state = table.state(of: block, prefix: "_target_")
    #expect(state.keys.first == "_target_encoder.0.weight")
    #expect(try table.block(from: StateReader(.map(state)), prefix: "_target_") == block)
  }

  @Test func `An optimizer comes back from its state and goes on alike`() throws {
    var generator = PCG64(seed: 4)
    var parameters = table.randomBlock(using: &generator)
    var adam = try Adam(parameterCount: parameters.count, learningRate: 0.1)
    for _ in 0..<3 { try adam.step(&parameters, gradient: table.randomBlock(using: &generator)) }
    var restored = try Adam(parameterCount: parameters.count)
    try table.restore(&restored, from: StateReader(table.state(of: adam)))
    #expect(restored == adam)
  }

  @Test func `State that does not fit is refused and named`() throws {
    let block = [Float](repeating: 0.5, count: 25)
    var wrong = table.state(of: block)
    wrong["af.bias"] = .tensor(Tensor(vector: [Float(1), 2]))
    #expect(throws: NetworkError.tensorMismatch(path: "af.bias", expected: "float32 [3]", found: "float32 [2]")) {
      try table.block(from: StateReader(.map(wrong)))
    }
    wrong["af.bias"] = .tensor(Tensor(vector: [1.0, 2, 3]))
    #expect(throws: NetworkError.tensorMismatch(path: "af.bias", expected: "float32 [3]", found: "float64 [3]")) {
      try table.block(from: StateReader(.map(wrong)))
    }
    wrong["af.bias"] = .tensor(Tensor(vector: [Float(1), -.infinity, 2]))
    #expect(throws: NetworkError.notFinite(path: "af.bias", index: 1, value: -.infinity)) {
      try table.block(from: StateReader(.map(wrong)))
    }
    wrong["af.bias"] = nil
    #expect(throws: NetworkError.state(.missingKey(path: "af.bias"))) {
      try table.block(from: StateReader(.map(wrong)))
    }
  }

  @Test func `An optimizer's state that does not fit changes nothing`() throws {
    var adam = try Adam(parameterCount: 25, learningRate: 0.1)
    let before = adam
    var state = try StateReader(table.state(of: adam)).map
    state["state"] = try replacing("af.bias", "step", by: 7, in: state)
    #expect(throws: NetworkError.unequalSteps(path: "state/af.bias/step", expected: 0, found: 7)) {
      try table.restore(&adam, from: StateReader(.map(state)))
    }
    state = try StateReader(table.state(of: before)).map
    state["state"] = try replacing(
      "vf.bias", "exp_avg_sq", by: .tensor(Tensor(vector: [Float(-1)])), in: state)
    #expect(throws: NetworkError.self) { try table.restore(&adam, from: StateReader(.map(state))) }
    #expect(adam == before)
  }

  private func replacing(
    _ entry: StateKey, _ key: StateKey, by value: StateValue, in state: StateMap
  ) throws -> StateValue {
    var moments = try StateReader(.map(state)).reader("state").map
    var one = try StateReader(.map(moments)).reader(entry).map
    one[key] = value
    moments[entry] = .map(one)
    return .map(moments)
  }
}
