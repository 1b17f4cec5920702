import NeuralNetworks
import StateTree
import Testing

@testable import Algorithms
@testable import ReplayBuffers

@Suite struct DQNLearnerTests {
  @Test func `Parameters have RLlib's names and shapes`() throws {
    let learner = try DQNLearner(observationSize: 4, actionCount: 2, settings: DQNLearnerSettings(), seed: 1)
    let module = try StateReader(learner.state).reader("rl_module")
    // The names in a checkpoint of RLlib 2.60.0 without the constants `log_std_clip_param_const`.
    let names: [StateKey] = [
      "encoder.net.mlp.0.weight", "encoder.net.mlp.0.bias", "encoder.net.mlp.2.weight", "encoder.net.mlp.2.bias",
      "af.net.mlp.0.weight", "af.net.mlp.0.bias", "vf.net.mlp.0.weight", "vf.net.mlp.0.bias",
    ]
    #expect(module.map.keys == names + names.map { StateKey("_target_" + $0.string) })
    let shapes = try names.map { try module.tensor($0).shape }
    #expect(shapes == [[256, 4], [256], [256, 256], [256], [2, 256], [2], [1, 256], [1]])
    #expect(learner.trainableParameterCount == 67_843)
    let optimizer = try StateReader(learner.state).reader("optimizer")
    #expect(try optimizer.double("lr") == 5e-4)
    #expect(try optimizer.reader("state").map.keys == names)
    for name in names {
      #expect(try module.tensor(name) == module.tensor(StateKey("_target_" + name.string)))
    }
  }

  @Test func `Settings are coded under RLlib's names and start with its defaults`() throws {
    let state = try StateReader(StateValue(encoding: DQNLearnerSettings()))
    #expect(
      state.map == [
        "lr": 5e-4, "gamma": 0.99, "grad_clip": 40.0, "fcnet_hiddens": [256, 256], "fcnet_activation": "tanh",
        "double_q": true, "dueling": true, "td_error_loss_fn": "huber", "tau": 1.0, "adam_epsilon": 1e-8,
      ])
    #expect(try StateValue(encoding: DQNLearnerSettings()).decode(DQNLearnerSettings.self) == DQNLearnerSettings())
  }

  @Test(arguments: DQNLearnerGradientTests.cases)
  func `A learner comes back from its state bit for bit and goes on alike`(settings: DQNLearnerSettings) throws {
    var learner = try LearnerExamples.learner(settings)
    for seed in 0..<4 { _ = try learner.update(LearnerExamples.sample(seed: UInt64(seed))) }
    learner.updateTarget()
    _ = try learner.update(LearnerExamples.sample(seed: 5))
    learner.learningRate = 0.003
    var restored = try LearnerExamples.learner(settings, seed: 77)
    #expect(restored.state != learner.state)
    try restored.restore(from: learner.state)
    #expect(restored.state == learner.state)
    for seed in 6..<12 {
      let sample = try LearnerExamples.sample(seed: UInt64(seed))
      #expect(try restored.update(sample) == learner.update(sample))
      restored.updateTarget()
      learner.updateTarget()
      #expect(restored.state == learner.state)
    }
    try restored.checkInvariants()
  }

  @Test func `The same seed and samples give the same bits`() throws {
    var settings = LearnerExamples.settings()
    settings.hiddenLayers = [64, 64]
    var learners = try (0..<2).map { _ in try LearnerExamples.learner(settings, seed: 4) }
    for seed in 0..<10 {
      let sample = try LearnerExamples.sample(count: 32, seed: UInt64(seed))
      #expect(try learners[0].update(sample) == learners[1].update(sample))
    }
    #expect(learners[0].state == learners[1].state)
    #expect(try LearnerExamples.learner(settings, seed: 5).state != LearnerExamples.learner(settings, seed: 4).state)
  }

  @Test func `A copy learns on its own`() throws {
    var learner = try LearnerExamples.learner()
    _ = try learner.update(LearnerExamples.sample())
    let before = learner.state
    var copy = learner
    _ = try copy.update(LearnerExamples.sample(seed: 2))
    copy.updateTarget()
    copy.learningRate = 1
    #expect(learner.state == before && copy.state != before)
    _ = try learner.update(LearnerExamples.sample(seed: 2))
    learner.updateTarget()
    learner.learningRate = 1
    #expect(learner.state == copy.state)
  }

  @Test func `Only termination stops the target, and each item has its own number of steps`() throws {
    var sample = try LearnerExamples.sample(count: 4)
    sample.rewards = [1, 1, 1, 1]
    sample.isTerminated = [true, false, false, false]
    sample.isTruncated = [false, true, false, false]
    sample.nSteps = [1, 1, 1, 3]
    sample.observations = try Tensor([Float](repeating: 0.5, count: 16), shape: [4, 4])
    sample.nextObservations = sample.observations
    sample.actions = Tensor(vector: [Int64(1), 1, 1, 1])
    var settings = LearnerExamples.settings()
    settings.gamma = 0.5
    var learner = try LearnerExamples.learner(settings)
    // Both networks are equal, so the best value and that of action 1 tell what each target must be.
    let value = try learner.update(sample).meanValue
    var other = try LearnerExamples.learner(settings)
    let best = try other.greedyActions(sample.observations.rows(0..<1))[0]
    sample.actions = Tensor(vector: [Int64](repeating: Int64(best), count: 4))
    let greatest = try other.update(sample).meanValue
    var fresh = try LearnerExamples.learner(settings)
    sample.actions = Tensor(vector: [Int64(1), 1, 1, 1])
    let errors = try fresh.update(sample).absoluteTDErrors
    let targets = [1, 1 + 0.5 * greatest, 1 + 0.5 * greatest, 1 + 0.125 * greatest]
    for (error, target) in zip(errors, targets) { #expect(abs(error - abs(value - target)) < 1e-6) }
  }

  @Test func `One observation alone gets the action it gets in a batch`() throws {
    var learner = try LearnerExamples.learner(seed: 2)
    // Until it prefers different actions at different places.
    for seed in 0..<100 { _ = try learner.update(LearnerExamples.sample(count: 32, seed: UInt64(seed % 4))) }
    let observations = try LearnerExamples.sample(count: 40).observations
    let together = try learner.greedyActions(observations)
    let alone = try (0..<40).map { try learner.greedyActions(observations.rows($0..<$0 + 1))[0] }
    #expect(together == alone && Set(alone).count > 1)
    #expect(try learner.greedyActions(observations.rows(0..<1).reshaped([4])) == [alone[0]])
  }

  @Test func `Of equal values the first is chosen`() throws {
    var learner = try LearnerExamples.learner(LearnerExamples.settings(.relu, dueling: false))
    var state = try StateReader(learner.state).map
    var module = try StateReader(.map(state)).reader("rl_module").map
    module["af.net.mlp.0.weight"] = .tensor(try Tensor(zeros: .float32, shape: [3, 6]))
    module["af.net.mlp.0.bias"] = .tensor(Tensor(vector: [Float(-1), 2, 2]))
    state["rl_module"] = .map(module)
    try learner.restore(from: .map(state))
    #expect(try learner.greedyActions(LearnerExamples.sample(count: 2).observations) == [1, 1])
  }

  @Test func `Returns of ended episodes are learned`() throws {
    var learner = try LearnerExamples.learner()
    var sample = try LearnerExamples.sample(count: 16)
    sample.isTerminated = sample.isTerminated.map { _ in true }
    let first = try learner.update(sample).loss
    for _ in 0..<300 { _ = try learner.update(sample) }
    let last = try learner.update(sample)
    #expect(first > 0.1 && last.loss < 0.02 * first)
    #expect(learner.updateCount == 302)
    #expect(last.results["total_loss"] == .double(last.loss) && last.results.count == 7)
  }
}
