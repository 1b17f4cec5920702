import Environments
import NeuralNetworks
import StateTree
import Testing

@testable import Algorithms

@Suite struct PPOPolicyTests {
  private func observations(_ count: Int, seed: UInt64 = 3) throws -> Tensor {
    var generator = PCG64(seed: seed)
    return try Tensor(generator.uniform(in: -3..<3, count: count * 4).map { Float($0) }, shape: [count, 4])
  }

  @Test(arguments: [PPOExamples.discrete, PPOExamples.box])
  func `One observation alone gets the action it gets in a batch`(space: Space) throws {
    var policy = try PPOExamples.learner(space).policy
    let observations = try observations(20)
    var (a, b) = (PCG64(seed: 5), PCG64(seed: 5))
    let together = try policy.act(observations, using: &a)
    for item in 0..<20 {
      // With and without the first axis.
      let row = observations.rows(item..<item + 1)
      let alone = try policy.act(item % 2 == 0 ? row : row.reshaped([4]), using: &b)
      // The kernels for one vector and for a matrix round on their own.
      let pairs = [(alone.actions, together.actions), (alone.distributionInputs, together.distributionInputs)]
      for (one, all) in pairs {
        let (found, truth) = (try #require(one.doubles()), try #require(all.rows(item..<item + 1).doubles()))
        for (x, y) in zip(found, truth) { #expect(abs(x - y) < 1e-6) }
      }
    }
    #expect(a == b)
  }

  @Test(arguments: [PPOExamples.discrete, PPOExamples.box])
  func `Actions have the space's shape, and their probabilities belong to the inputs`(space: Space) throws {
    let learner = try PPOExamples.learner(space)
    var policy = learner.policy
    var generator = PCG64(seed: 2)
    let decision = try policy.act(observations(30), using: &generator)
    #expect(decision.actions.shape == [30] + space.shape && decision.actions.dataType == space.dataType)
    let inputs: [Float] = try decision.distributionInputs.scalars()
    let found: [Float] = try decision.logProbabilities.scalars()
    let numbers = try #require(decision.actions.doubles())
    let distribution = learner.actionRows.distribution
    let width = distribution.inputCount
    for item in 0..<30 {
      var row = numbers[item * distribution.actionSize..<(item + 1) * distribution.actionSize].map { Float($0) }
      if case .discrete(_, let start) = space {
        #expect(space.contains(Tensor(vector: [Int64(row[0])]).withoutAxis))
        row[0] -= Float(start)
      }
      let truth = distribution.logProbability(row.span, Array(inputs[item * width..<(item + 1) * width]).span)
      #expect(found[item] == Float(truth))
    }
    #expect(Set(numbers).count >= 3)
  }

  @Test func `The likeliest action is the mode, the same at every call`() throws {
    var policy = try PPOExamples.learner().policy
    let decision = try policy.likeliestActions(observations(10))
    let actions: [Int64] = try decision.actions.scalars()
    let inputs: [Float] = try decision.distributionInputs.scalars()
    for (item, action) in actions.enumerated() {
      let logits = Array(inputs[item * 3..<item * 3 + 3])
      #expect(logits[Int(action) + 1] == logits.max())
    }
    #expect(try policy.likeliestActions(observations(10)) == decision)
    var gaussian = try PPOExamples.learner(PPOExamples.box).policy
    let means = try gaussian.likeliestActions(observations(2))
    let drawn = try means.actions.scalars(as: Float.self)
    let rows = try means.distributionInputs.scalars(as: Float.self)
    #expect(drawn == Array(rows[0..<2]) + Array(rows[4..<6]))
  }

  @Test(arguments: [true, false])
  func `Log standard deviations are clipped, and free ones are the same everywhere`(isFree: Bool) throws {
    var settings = PPOExamples.settings()
    settings.freeLogDeviations = isFree
    settings.logDeviationClip = 0.001
    let learner = try PPOExamples.learner(PPOExamples.box, settings)
    var policy = learner.policy
    let inputs: [Float] = try policy.likeliestActions(observations(8)).distributionInputs.scalars()
    let deviations = (0..<8).map { Array(inputs[$0 * 4 + 2..<$0 * 4 + 4]) }
    #expect(deviations.allSatisfy { $0.allSatisfy { abs($0) <= 0.001 } })
    #expect((Set(deviations) == [[0, 0]]) == isFree)
    #expect(learner.network.table.entries.contains { $0.name == "pi.log_std" } == isFree)
  }

  @Test func `A policy travels as state, also inside a whole module's`() throws {
    let learner = try PPOExamples.learner()
    var policy = learner.policy
    var other = try PPOPolicy(
      observationSize: 4, actionSpace: PPOExamples.discrete, settings: PPOExamples.settings())
    try other.checkInvariants()
    #expect(other.state != policy.state)
    try other.restore(from: policy.state)
    #expect(other.state == policy.state)
    #expect(try other.likeliestActions(observations(5)) == policy.likeliestActions(observations(5)))
    var third = try PPOExamples.learner(seed: 1).policy
    try third.restore(from: StateReader(learner.state).value("rl_module"))
    #expect(third.state == policy.state)
    let missing = StateTreeError.missingKey(path: "policy/encoder.actor_encoder.net.mlp.0.weight")
    #expect(throws: PPOLearnerError.network(.state(missing))) {
      try third.restore(from: [:])
    }
    #expect(third.state == policy.state)
  }

  @Test(arguments: [[2, 3], [3], [0, 4], []])
  func `Observations of another size get no action and no value`(shape: [Int]) throws {
    var learner = try PPOExamples.learner()
    var policy = learner.policy
    var generator = PCG64(seed: 0)
    let tensor = try Tensor(zeros: .float32, shape: shape)
    let error = PPOLearnerError.observationMismatch(
      expected: "real numbers of shape [n, 4], n at least 1", found: tensor.summary)
    #expect(throws: error) { try policy.act(tensor, using: &generator) }
    #expect(throws: error) { try policy.likeliestActions(tensor) }
    #expect(throws: error) { try learner.values(tensor) }
  }

  @Test func `An observation that is not finite gets no action and no value`() throws {
    var settings = PPOExamples.settings()
    settings.activation = .relu
    var learner = try PPOExamples.learner(PPOExamples.discrete, settings)
    var policy = learner.policy
    let tensor = Tensor(vector: [Float.nan, 0, 0, 0])
    for act in [{ try policy.likeliestActions(tensor) as Any }, { try learner.values(tensor) as Any }] {
      let error = #expect(throws: PPOLearnerError.self) { try act() }
      guard case .invalidOutput(let value)? = error else { throw try #require(error) }
      #expect(value.isNaN)
    }
  }
}

extension Tensor {
  /// The one number of a tensor of one.
  fileprivate var withoutAxis: Tensor { (try? reshaped([])) ?? self }
}
