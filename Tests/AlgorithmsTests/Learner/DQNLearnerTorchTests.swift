import NeuralNetworks
import StateTree
import Testing

@testable import Algorithms

/// Every number of several updates against torch, within 5e-6 of the greatest in its tensor.
@Suite struct DQNLearnerTorchTests {
  @Test func `There are cases with and without each switch`() {
    let settings = TorchFixture.shared.cases.map(\.settings)
    #expect(settings.count == 10)
    for activation in ["tanh", "relu"] { #expect(settings.contains { $0.activation == activation }) }
    for flag in [true, false] {
      #expect(settings.contains { $0.dueling == flag } && settings.contains { $0.double_q == flag })
    }
    #expect(settings.contains { $0.grad_clip == nil } && settings.contains { $0.td_error_loss_fn == "mse" })
  }

  @Test(arguments: TorchFixture.shared.cases)
  func `Losses, errors and norms are torch's in every update`(torch: TorchCase) throws {
    var learner = try torch.learner()
    for update in torch.updates {
      let found = try learner.update(update.batch.sample(observationSize: 4))
      let truth = update.found
      expectClose(found.absoluteTDErrors, truth.td_error, "td_error")
      expectClose(
        [found.meanValue, found.leastValue, found.greatestValue], [truth.qf_mean, truth.qf_min, truth.qf_max], "qf")
      expectClose([found.loss], [truth.qf_loss], "qf_loss")
      expectClose([found.meanTDError], [truth.td_error_mean], "td_error_mean")
      expectClose([found.gradientNorm], [truth.gradients_default_optimizer_global_norm], "norm")
    }
  }

  @Test(arguments: TorchFixture.shared.cases)
  func `The gradient is torch's, clipped`(torch: TorchCase) throws {
    var learner = try torch.learner()
    let update = torch.updates[0]
    _ = try learner.update(update.batch.sample(observationSize: 4))
    let norm = update.found.gradients_default_optimizer_global_norm
    let factor = min(1, (torch.settings.grad_clip ?? .infinity) / (norm + 1e-6))
    if torch.settings.grad_clip == 0.05 { #expect(factor < 0.9, "a case in which clipping acts") }
    for entry in learner.network.table.entries {
      let truth = try #require(torch.gradients[entry.name]).map { Double($0) * factor }
      expectClose(learner.gradient[entry.range].map { Double($0) }, truth, entry.name)
    }
  }

  @Test(arguments: TorchFixture.shared.cases)
  func `Parameters are torch's after one step and after several, and so are Adam's moments`(torch: TorchCase) throws {
    var learner = try torch.learner()
    _ = try learner.update(torch.updates[0].batch.sample(observationSize: 4))
    try expectClose(learner.parameters, torch.after_one, learner, "after_one")
    for update in torch.updates.dropFirst() { _ = try learner.update(update.batch.sample(observationSize: 4)) }
    try expectClose(learner.parameters, torch.after, learner, "after")
    try expectClose(learner.optimizer.firstMoments, torch.exp_avg, learner, "exp_avg")
    try expectClose(learner.optimizer.secondMoments, torch.exp_avg_sq, learner, "exp_avg_sq")
    learner.updateTarget()
    try expectClose(learner.targetParameters, torch.target_after, learner, "target_after")
    #expect(try learner.greedyActions(Tensor(torch.probe, shape: [6, 4])) == torch.greedy)
  }

  private func expectClose(
    _ block: [Float], _ truth: TorchCase.Parameters, _ learner: DQNLearner, _ what: String
  ) throws {
    #expect(truth.count == learner.network.table.entries.count)
    for entry in learner.network.table.entries {
      let numbers = try #require(truth[entry.name]).map { Double($0) }
      expectClose(block[entry.range].map { Double($0) }, numbers, "\(what) \(entry.name)")
    }
  }

  private func expectClose(_ found: [Double], _ truth: [Double], _ what: String) {
    #expect(found.count == truth.count)
    let greatest = truth.reduce(0) { max($0, abs($1)) }
    for (index, (a, b)) in zip(found, truth).enumerated() {
      #expect(abs(a - b) <= 5e-6 * greatest, "\(what)[\(index)]: \(a), torch \(b)")
    }
  }
}
