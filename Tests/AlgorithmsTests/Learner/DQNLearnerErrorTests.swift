import NeuralNetworks
import StateTree
import Testing

@testable import Algorithms
@testable import ReplayBuffers

/// A change to something right that makes it wrong.
struct Mistake<Value>: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let make: @Sendable (inout Value) -> Void

  init(_ name: String, _ make: @escaping @Sendable (inout Value) -> Void) {
    testDescription = name
    self.make = make
  }
}

@Suite struct DQNLearnerErrorTests {
  @Test(arguments: [
    (
      DQNLearnerError.invalidSetting("gamma", found: "1.5", expected: "0 to 1"),
      "the setting gamma is 1.5, expected 0 to 1"
    ),
    (
      .sampleMismatch(part: "obs", expected: "32 rows of 4", found: "float32 [32, 3]"),
      "obs of the sample: float32 [32, 3], expected 32 rows of 4; "
        + "give samples of a buffer whose spaces are those the learner was made for"
    ),
    (
      .invalidAction(item: 3, action: 2, actionCount: 2),
      "item 3 of the sample has the action 2, expected 0 to 1; "
        + "give samples of a buffer whose spaces are those the learner was made for"
    ),
    (
      .diverged(quantity: "qf_loss", value: .infinity, updateCount: 12, learningRate: 5e-4),
      "qf_loss is inf after 12 updates at the learning rate 0.0005: training diverged; go back to an earlier checkpoint "
        + "and lower lr or grad_clip, and look for rewards and observations that are not finite"
    ),
    (
      .network(.invalidSize(layer: 0, inputs: 0, outputs: 8)),
      "layer 0 would have 0 inputs and 8 outputs; a layer has at least one of each, and a network at most 2147483647 "
        + "parameters"
    ),
    (
      .state(.missingKey(path: "learner/optimizer")),
      "learner/optimizer is missing; the state was written by another version or another kind of object"
    ),
  ])
  func `Messages say what, where and what to do`(error: DQNLearnerError, message: String) {
    #expect(error.description == message)
  }

  @Test(
    arguments: [
      (Mistake("lr") { $0.learningRate = .nan }, "nan", "a finite number of at least 0"),
      (Mistake("lr") { $0.learningRate = -1 }, "-1.0", "a finite number of at least 0"),
      (Mistake("gamma") { $0.gamma = 1.5 }, "1.5", "0 to 1"),
      (Mistake("tau") { $0.tau = -0.1 }, "-0.1", "0 to 1"),
      (Mistake("adam_epsilon") { $0.adamEpsilon = 1e-50 }, "1e-50", "a finite number above 0 in float32 too"),
      (Mistake("grad_clip") { $0.gradientClip = 0 }, "0.0", "a finite number above 0, or none for no clipping"),
      (Mistake("fcnet_hiddens") { $0.hiddenLayers = [] }, "[]", "the width of at least one layer, each at least 1"),
      (
        Mistake("fcnet_hiddens") { $0.hiddenLayers = [8, 0] }, "[8, 0]",
        "the width of at least one layer, each at least 1"
      ),
    ] as [(Mistake<DQNLearnerSettings>, String, String)])
  func `Settings that no learner has are refused`(mistake: Mistake<DQNLearnerSettings>, found: String, expected: String)
  {
    var settings = DQNLearnerSettings()
    mistake.make(&settings)
    #expect(throws: DQNLearnerError.invalidSetting(mistake.testDescription, found: found, expected: expected)) {
      try LearnerExamples.learner(settings)
    }
  }

  @Test func `A network without actions is refused`() {
    #expect(throws: DQNLearnerError.invalidSetting("action_space", found: "0 actions", expected: "at least 1")) {
      try DQNLearner(observationSize: 4, actionCount: 0, settings: DQNLearnerSettings(), seed: 0)
    }
  }

  @Test(
    arguments: [
      Mistake("obs") { $0.observations = $0.observations.rows(0..<4) }, Mistake("obs") { $0.steps = [] },
      Mistake("new_obs") { $0.nextObservations = Tensor(vector: [Float(1)]) },
      Mistake("actions") { $0.actions = Tensor(vector: [Float(1), 1, 1, 1, 1]) },
      Mistake("rewards") { $0.rewards.removeLast() }, Mistake("terminateds") { $0.isTerminated.removeLast() },
      Mistake("n_step") { $0.nSteps.removeLast() }, Mistake("n_step") { $0.nSteps[0] = 0 },
      Mistake("weights") { $0.weights.removeLast() },
    ] as [Mistake<EpisodeSample>])
  func `Samples that do not fit are refused, and nothing changes`(mistake: Mistake<EpisodeSample>) throws {
    var learner = try LearnerExamples.learner()
    let before = learner.state
    var sample = try LearnerExamples.sample()
    mistake.make(&sample)
    let error = #expect(throws: DQNLearnerError.self) { try learner.update(sample) }
    guard case .sampleMismatch(mistake.testDescription, _, _)? = error else { throw try #require(error) }
    #expect(learner.state == before)
  }

  @Test(arguments: [Int64(-1), 3])
  func `Actions of other spaces are refused`(action: Int64) throws {
    var learner = try LearnerExamples.learner()
    var sample = try LearnerExamples.sample()
    sample.actions = Tensor(vector: [0, 1, action, 0, 1])
    #expect(throws: DQNLearnerError.invalidAction(item: 2, action: action, actionCount: 3)) {
      try learner.update(sample)
    }
  }

  @Test(
    arguments: [
      Mistake("a reward") { $0.rewards[1] = .nan }, Mistake("a reward without end") { $0.rewards[1] = .infinity },
      Mistake("a weight") { $0.weights[0] = .nan },
      Mistake("an observation") { $0.observations = $0.observations.first(.nan) },
      Mistake("a next observation") { $0.nextObservations = $0.nextObservations.first(.infinity) },
    ] as [Mistake<EpisodeSample>])
  func `A loss that is no finite number is refused, and nothing changes`(mistake: Mistake<EpisodeSample>) throws {
    var learner = try LearnerExamples.learner(LearnerExamples.settings(.relu, doubleQ: false))
    let before = learner.state
    var sample = try LearnerExamples.sample()
    mistake.make(&sample)
    let error = #expect(throws: DQNLearnerError.self) { try learner.update(sample) }
    guard case .diverged("qf_loss", let value, 0, 0.01)? = error else { throw try #require(error) }
    #expect(!value.isFinite)
    #expect(learner.state == before)
  }

  @Test func `A weight that is no finite number any more is named`() throws {
    var learner = try LearnerExamples.learner()
    learner.learningRate = 1e39
    let sample = try LearnerExamples.sample()
    let error = #expect(throws: DQNLearnerError.self) { try learner.update(sample) }
    guard case .diverged(let quantity, _, 0, 1e39)? = error else { throw try #require(error) }
    #expect(quantity.hasPrefix("encoder.net.mlp.0.weight["))
    #expect(throws: DQNLearnerError.self) { try learner.checkInvariants() }
    #expect(throws: DQNLearnerError.self) { try learner.greedyActions(sample.observations) }
  }

  @Test func `A learning rate that is no step size is refused by the next update`() throws {
    var learner = try LearnerExamples.learner()
    learner.learningRate = -1
    let error = NetworkError.invalidSetting("lr", found: "-1.0", expected: "a finite number of at least 0")
    #expect(throws: DQNLearnerError.network(error)) { try learner.update(LearnerExamples.sample()) }
  }

  @Test func `State of another network is refused with both shapes, and nothing changes`() throws {
    var learner = try LearnerExamples.learner()
    let before = learner.state
    var settings = LearnerExamples.settings()
    settings.hiddenLayers = [8, 5]
    let other = try LearnerExamples.learner(settings)
    let error = NetworkError.tensorMismatch(
      path: "learner/rl_module/encoder.net.mlp.2.weight", expected: "float32 [6, 8]", found: "float32 [5, 8]")
    #expect(throws: DQNLearnerError.network(error)) { try learner.restore(from: other.state) }
    #expect(throws: DQNLearnerError.state(.missingKey(path: "learner/rl_module"))) { try learner.restore(from: [:]) }
    #expect(learner.state == before)
  }

  @Test(arguments: [[2, 3], [3], [0, 4], []])
  func `Observations of another size get no action`(shape: [Int]) throws {
    var learner = try LearnerExamples.learner()
    let tensor = try Tensor(zeros: .float32, shape: shape)
    let error = DQNLearnerError.sampleMismatch(
      part: "observations", expected: "real numbers of shape [n, 4], n at least 1", found: tensor.summary)
    #expect(throws: error) { try learner.greedyActions(tensor) }
  }
}

extension Tensor {
  /// The same with another first number.
  fileprivate func first(_ number: Float) -> Tensor {
    var numbers: [Float] = (try? scalars()) ?? []
    numbers[0] = number
    return (try? Tensor(numbers, shape: shape)) ?? self
  }
}
