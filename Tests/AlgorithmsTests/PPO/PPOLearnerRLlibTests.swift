import NeuralNetworks
import ReplayBuffers
import StateTree
import Testing

@testable import Algorithms

/// Every number of several updates against RLlib's learner, within 5e-6 of the greatest in its tensor.
@Suite struct PPOLearnerRLlibTests {
  @Test func `There are cases with and without each switch`() {
    let cases = PPOFixture.shared.cases
    let all = cases.map(\.learnerSettings)
    #expect(cases.count == 9 && Set(cases.map(\.settings.space)) == ["discrete", "box"])
    #expect(Set(all.map(\.activation)) == [.tanh, .relu] && Set(all.map(\.lambda)) == [0, 0.9, 0.95, 1])
    #expect(Set(all.filter { $0.gradientClip != nil }.map(\.gradientClipping)) == Set(GradientClipping.allCases))
    for flag in [true, false] {
      #expect(all.contains { $0.usesDivergence == flag } && all.contains { $0.freeLogDeviations == flag })
      #expect(
        all.contains { ($0.minibatchSize == nil) == flag } && all.contains { ($0.entropyCoefficient > 0) == flag })
    }
    // Every way the weight of the divergence can go.
    let steps = cases.filter(\.learnerSettings.usesDivergence).map {
      ($0.single.found["curr_kl_coeff"] ?? 0) / $0.learnerSettings.divergenceCoefficient
    }
    #expect(Set(steps.map { Int(($0 * 10).rounded()) }).isSuperset(of: [5, 15]))
    #expect(
      cases.contains {
        let before = $0.updates[0].found["curr_kl_coeff"] ?? 0
        return before > 0 && before == $0.updates[1].found["curr_kl_coeff"]
      })
  }

  @Test(arguments: PPOFixture.shared.cases)
  func `Values, value targets and advantages are RLlib's`(rllib: PPOCase) throws {
    var learner = try rllib.learner()
    let update = rllib.updates[0]
    var batch = try PPOBatch(
      update.fragments(rllib.actionSpace), observationSize: 4, actionRows: learner.actionRows)
    let values = try learner.values(Tensor(batch.observations, shape: [batch.count, 4]))
    expectClose(values, update.values, "values")
    try learner.estimateAdvantages(of: &batch)
    expectClose(batch.valueTargets, update.targets, "value_targets")
    expectClose(batch.advantages, update.advantages, "advantages")
  }

  @Test(arguments: PPOFixture.shared.cases)
  func `The gradient of the whole batch is RLlib's, clipped`(rllib: PPOCase) throws {
    var settings = rllib.learnerSettings
    settings.epochs = 1
    settings.minibatchSize = nil
    var learner = try rllib.learner(settings)
    let update = try learner.update(rllib.updates[0].fragments(rllib.actionSpace))
    try expectClose(update, rllib.single.found, rllib)
    if let bound = settings.gradientClip { #expect(update.gradientNorm > bound, "a case in which clipping acts") }
    // Adam's first moment after one step is a tenth of the gradient.
    try expectClose(learner.optimizer.firstMoments, rllib.single.firstMoments, learner, "gradient")
    try expectClose(learner.parameters, rllib.single.after, learner, "after")
  }

  @Test(arguments: PPOFixture.shared.cases)
  func `Losses, coefficients, weights and moments are RLlib's after several updates of several epochs`(
    rllib: PPOCase
  ) throws {
    var learner = try rllib.learner()
    for update in rllib.updates {
      let found = try learner.update(update.fragments(rllib.actionSpace))
      try expectClose(found, update.found, rllib)
      try expectClose(learner.parameters, update.after, learner, "after")
    }
    try expectClose(learner.optimizer.firstMoments, rllib.firstMoments, learner, "exp_avg")
    try expectClose(learner.optimizer.secondMoments, rllib.secondMoments, learner, "exp_avg_sq")
  }

  private func expectClose(_ update: PPOUpdate, _ truth: [String: Double], _ rllib: PPOCase) throws {
    // The coefficient is none of RLlib's results where the divergence is not used.
    #expect(truth.count == (rllib.learnerSettings.usesDivergence ? 8 : 7))
    // A mean of terms of both signs is as exact as the terms are large.
    let scale: Float = 1
    for (name, number) in truth {
      guard case .double(let found)? = update.results[StateKey(name)] else { throw PPOCase.Missing(name: name) }
      expectClose([Float(found), scale], [Float(number), scale], name)
    }
  }

  private func expectClose(
    _ block: [Float], _ truth: PPOCase.Parameters, _ learner: PPOLearner, _ what: String
  ) throws {
    #expect(truth.count == learner.network.table.entries.count)
    for entry in learner.network.table.entries {
      let numbers = try #require(truth[entry.name])
      expectClose(Array(block[entry.range]), numbers, "\(what) \(entry.name)")
    }
  }

  private func expectClose(_ found: [Float], _ truth: [Float], _ what: String) {
    #expect(found.count == truth.count)
    let greatest = truth.reduce(0) { max($0, abs($1)) }
    for (index, (a, b)) in zip(found, truth).enumerated() {
      #expect(abs(a - b) <= 5e-6 * greatest, "\(what)[\(index)]: \(a), RLlib \(b)")
    }
  }
}
