internal import NeuralNetworks

extension PPOLearner {
  /// Takes one gradient step on some items of a batch.
  mutating func step(_ batch: PPOBatch, items: [Int], _ loss: inout PPOLoss) throws(PPOLearnerError) {
    forward(batch, items)
    loss.begin(count: items.count)
    network.policy.clearGradient(&gradient)
    for (place, item) in items.enumerated() {
      network.policy.read(item: place, of: policyActivations, parameters: parameters, into: &loss.inputs)
      loss.addPolicy(item, of: batch, network.policy.distribution)
      network.policy.setGradient(
        loss.inputGradient, item: place, in: &policyActivations, parameters: parameters, &gradient)
      let slope = loss.addValue(valueActivations.output(0, item: place), item, of: batch)
      valueActivations.setOutputGradient(slope, output: 0, item: place)
    }
    guard loss.total.isFinite else { throw diverged("total_loss", loss.total) }
    network.policy.perceptron.backward(parameters: parameters, gradient: &gradient, &policyActivations)
    network.value.backward(parameters: parameters, gradient: &gradient, &valueActivations)
    let norm = ParameterBlock.norm(gradient)
    guard norm.isFinite else { throw diverged("gradients_default_optimizer_global_norm", norm) }
    loss.end(gradientNorm: norm)
    clip(norm: norm)
    try move()
  }

  private mutating func forward(_ batch: PPOBatch, _ items: [Int]) {
    policyActivations.setInputs(batch.observations, rows: items[...])
    valueActivations.setInputs(of: policyActivations)
    network.policy.perceptron.forward(parameters: parameters, &policyActivations)
    network.value.forward(parameters: parameters, &valueActivations)
  }

  private mutating func clip(norm: Double) {
    guard let bound = settings.gradientClip else { return }
    switch settings.gradientClipping {
    case .value: ParameterBlock.clipValues(&gradient, to: bound)
    case .norm: ParameterBlock.clipTensors(&gradient, of: network.table, to: bound)
    case .globalNorm: ParameterBlock.clip(&gradient, norm: norm, to: bound)
    }
  }

  private mutating func move() throws(PPOLearnerError) {
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

  private func diverged(_ quantity: String, _ value: Double) -> PPOLearnerError {
    .diverged(quantity: quantity, value: value, updateCount: updateCount, learningRate: learningRate)
  }
}
