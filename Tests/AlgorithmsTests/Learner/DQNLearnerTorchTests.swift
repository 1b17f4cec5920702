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
      #expect(settings.contains { $0.dueling == flag } && settings.contains { $0.doubleQ == flag })
    }
    #expect(settings.contains { $0.gradClip == nil } && settings.contains { $0.tdErrorLossFn == "mse" })
  }

  @Test(arguments: TorchFixture.shared.cases)
  func `Losses, errors and norms are torch's in every update`(torch: TorchCase) throws {
    var learner = try torch.learner()
    for update in torch.updates {
      let found = try learner.update(update.batch.sample(observationSize: 4))
      let truth = update.found
      expectClose(found.absoluteTDErrors, truth.tdError, "td_error")
      expectClose(
        [found.meanValue, found.leastValue, found.greatestValue], [truth.qfMean, truth.qfMin, truth.qfMax], "qf")
      expectClose([found.loss], [truth.qfLoss], "qf_loss")
      expectClose([found.meanTDError], [truth.tdErrorMean], "td_error_mean")
      expectClose([found.gradientNorm], [truth.gradientsDefaultOptimizerGlobalNorm], "norm")
    }
  }

  @Test(arguments: TorchFixture.shared.cases)
  func `The gradient is torch's, clipped`(torch: TorchCase) throws {
    var learner = try torch.learner()
    let update = torch.updates[0]
    _ = try learner.update(update.batch.sample(observationSize: 4))
    let norm = update.found.gradientsDefaultOptimizerGlobalNorm
    let factor = min(1, (torch.settings.gradClip ?? .infinity) / (norm + 1e-6))
    if torch.settings.gradClip == 0.05 { #expect(factor < 0.9, "a case in which clipping acts") }
    for entry in learner.network.table.entries {
      let truth = try #require(torch.gradients[entry.name]).map { Double($0) * factor }
      expectClose(learner.gradient[entry.range].map { Double($0) }, truth, entry.name)
    }
  }

  @Test(arguments: TorchFixture.shared.cases)
  func `Parameters are torch's after one step and after several, and so are Adam's moments`(torch: TorchCase) throws {
    var learner = try torch.learner()
    _ = try learner.update(torch.updates[0].batch.sample(observationSize: 4))
    try expectClose(learner.parameters, torch.afterOne, learner, "after_one")
    for update in torch.updates.dropFirst() { _ = try learner.update(update.batch.sample(observationSize: 4)) }
    try expectClose(learner.parameters, torch.after, learner, "after")
    try expectClose(learner.optimizer.firstMoments, torch.expAvg, learner, "exp_avg")
    try expectClose(learner.optimizer.secondMoments, torch.expAvgSq, learner, "exp_avg_sq")
    learner.updateTarget()
    try expectClose(learner.targetParameters, torch.targetAfter, learner, "target_after")
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
