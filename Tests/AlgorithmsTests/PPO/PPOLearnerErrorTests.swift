import Environments
import NeuralNetworks
import ReplayBuffers
import StateTree
import Testing

@testable import Algorithms

@Suite struct PPOLearnerErrorTests {
  @Test(
    arguments: [
      (
        PPOLearnerError.invalidSetting("gamma", found: "1.5", expected: "0 to 1"),
        "the setting gamma is 1.5, expected 0 to 1"
      ),
      (
        .observationMismatch(expected: "real numbers of shape [n, 4], n at least 1", found: "float32 [3]"),
        "the observations are float32 [3], expected real numbers of shape [n, 4], n at least 1; "
          + "give observations of the space the learner was made for"
      ),
      (
        .invalidOutput(.infinity),
        "an output of the network is inf, expected finite numbers; look for observations that are not finite, or go back "
          + "to an earlier checkpoint"
      ),
      (.emptyBatch, "the batch has no steps; sample at least one before an update"),
      (
        .fragmentMismatch(fragment: 2, part: "obs", expected: "real numbers of shape [6, 4]", found: "float32 [5, 4]"),
        "obs of fragment 2: float32 [5, 4], expected real numbers of shape [6, 4]; "
          + "give fragments that were sampled with this learner's policy in the spaces it was made for"
      ),
      (
        .invalidAction(fragment: 1, step: 3, found: "2", expected: "0 to 1"),
        "the action in step 3 of fragment 1 is 2, expected 0 to 1; "
          + "give the policy's own actions, before they were clipped or stretched for the environment"
      ),
      (
        .notFinite(fragment: 0, part: "rewards", step: 7, value: -.infinity),
        "rewards of fragment 0 holds -inf in step 7, expected finite numbers; look into the environment for what gives it"
      ),
      (
        .diverged(quantity: "total_loss", value: .infinity, updateCount: 12, learningRate: 5e-5),
        "total_loss is inf after 12 gradient steps at the learning rate 5e-05: training diverged; go back to an earlier "
          + "checkpoint and lower lr, num_epochs or grad_clip, and look for rewards that are too large"
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
    ] as [(PPOLearnerError, String)])
  func `Messages say what, where and what to do`(error: PPOLearnerError, message: String) {
    #expect(error.description == message)
  }

  private static let notNegative = "a finite number of at least 0"
  private static let positive = "a finite number above 0"

  @Test(
    arguments: [
      (Mistake("lr") { $0.learningRate = .nan }, "nan", PPOLearnerErrorTests.notNegative),
      (Mistake("gamma") { $0.gamma = 1.5 }, "1.5", "0 to 1"),
      (Mistake("lambda") { $0.lambda = -0.1 }, "-0.1", "0 to 1"),
      (Mistake("num_epochs") { $0.epochs = 0 }, "0", "at least 1"),
      (Mistake("minibatch_size") { $0.minibatchSize = 0 }, "0", "at least 1, or none for the whole batch"),
      (Mistake("clip_param") { $0.ratioClip = 0 }, "0.0", PPOLearnerErrorTests.positive),
      (Mistake("vf_clip_param") { $0.valueClip = .infinity }, "inf", PPOLearnerErrorTests.positive),
      (Mistake("vf_loss_coeff") { $0.valueLossCoefficient = -1 }, "-1.0", PPOLearnerErrorTests.notNegative),
      (Mistake("entropy_coeff") { $0.entropyCoefficient = -1 }, "-1.0", PPOLearnerErrorTests.notNegative),
      (Mistake("kl_coeff") { $0.divergenceCoefficient = .nan }, "nan", PPOLearnerErrorTests.notNegative),
      (Mistake("kl_target") { $0.divergenceTarget = 0 }, "0.0", PPOLearnerErrorTests.positive),
      (Mistake("log_std_clip_param") { $0.logDeviationClip = -1 }, "-1.0", PPOLearnerErrorTests.notNegative),
      (Mistake("adam_epsilon") { $0.adamEpsilon = 1e-50 }, "1e-50", "a finite number above 0 in float32 too"),
      (Mistake("grad_clip") { $0.gradientClip = 0 }, "0.0", "a finite number above 0, or none for no clipping"),
      (Mistake("fcnet_hiddens") { $0.hiddenLayers = [] }, "[]", "the width of at least one layer, each at least 1"),
    ] as [(Mistake<PPOLearnerSettings>, String, String)])
  func `Settings that no learner has are refused`(mistake: Mistake<PPOLearnerSettings>, found: String, expected: String)
  {
    var settings = PPOLearnerSettings()
    mistake.make(&settings)
    let error = PPOLearnerError.invalidSetting(mistake.testDescription, found: found, expected: expected)
    #expect(throws: error) { try PPOExamples.learner(PPOExamples.discrete, settings) }
    #expect(throws: error) {
      try PPOPolicy(observationSize: 4, actionSpace: PPOExamples.discrete, settings: settings)
    }
  }

  @Test(arguments: [
    Space.discrete(count: 0), .discrete(count: 1 << 25), .box(dataType: .int32, shape: [1], low: [0], high: [9]),
    .box(dataType: .float32, shape: [2], low: [0], high: [1]), .box(dataType: .float32, shape: [0], low: [], high: []),
  ])
  func `Spaces that PPO has no distribution for are refused`(space: Space) {
    #expect(
      throws: PPOLearnerError.invalidSetting(
        "action_space", found: "\(space)", expected: "integers, at least one, or a box of floating-point numbers")
    ) {
      try PPOExamples.learner(space)
    }
  }

  @Test func `A network without inputs is refused`() {
    #expect(throws: PPOLearnerError.network(.invalidSize(layer: 0, inputs: 0, outputs: 8))) {
      try PPOLearner(observationSize: 0, actionSpace: PPOExamples.box, settings: PPOExamples.settings(), seed: 1)
    }
  }

  @Test(
    arguments: [
      Mistake("obs") { $0.observations = $0.observations.rows(0..<3) },
      Mistake("obs") { $0.observationParts = [:] },
      Mistake("actions") { $0.actions = Tensor(vector: [Float(0), 0, 0]) },
      Mistake("actions") { $0.actions = $0.actions.rows(0..<2) },
      Mistake("rewards") { $0.rewards = (try? Tensor(zeros: .complex64, shape: [3])) ?? $0.rewards },
      Mistake("action_logp") { $0.extraColumns["action_logp"] = nil },
      Mistake("action_logp") { $0.extraColumns["action_logp"] = $0.rewards.rows(0..<2) },
      Mistake("action_dist_inputs") { $0.extraColumns["action_dist_inputs"] = $0.rewards },
    ] as [Mistake<EpisodeFragment>])
  func `Fragments that do not fit are refused, and nothing changes`(mistake: Mistake<EpisodeFragment>) throws {
    for space in [PPOExamples.discrete, PPOExamples.box] {
      var learner = try PPOExamples.learner(space)
      let before = learner.state
      var fragments = try PPOExamples.fragments(learner)
      mistake.make(&fragments[1])
      let error = #expect(throws: PPOLearnerError.self) { try learner.update(fragments) }
      guard case .fragmentMismatch(1, mistake.testDescription, _, _)? = error else { throw try #require(error) }
      #expect(learner.state == before)
    }
  }

  @Test(
    arguments: [
      Mistake("rewards") { $0.rewards = Tensor(vector: [Float(0), .nan, 0]) },
      Mistake("action_logp") { $0.extraColumns["action_logp"] = Tensor(vector: [Float(0), .infinity, 0]) },
      Mistake("obs") {
        var numbers = [Float](repeating: 0, count: 16)
        numbers[6] = .nan
        $0.observations = (try? Tensor(numbers, shape: [4, 4])) ?? $0.observations
      },
    ] as [Mistake<EpisodeFragment>])
  func `Numbers that are not finite are refused with their place, and nothing changes`(
    mistake: Mistake<EpisodeFragment>
  ) throws {
    var learner = try PPOExamples.learner()
    let before = learner.state
    var fragments = try PPOExamples.fragments(learner)
    mistake.make(&fragments[1])
    let error = #expect(throws: PPOLearnerError.self) { try learner.update(fragments) }
    guard case .notFinite(1, mistake.testDescription, 1, _)? = error else { throw try #require(error) }
    #expect(learner.state == before)
  }

  @Test(arguments: [Int64(-2), 2])
  func `Actions of other spaces are refused`(action: Int64) throws {
    var learner = try PPOExamples.learner()
    var fragments = try PPOExamples.fragments(learner)
    fragments[0].actions = Tensor(vector: [0, 1, action, 0, -1])
    let error = PPOLearnerError.invalidAction(fragment: 0, step: 2, found: "\(action)", expected: "-1 to 1")
    #expect(throws: error) { try learner.update(fragments) }
  }

  @Test func `Continuous actions that are not finite are refused`() throws {
    var learner = try PPOExamples.learner(PPOExamples.box)
    var fragments = try PPOExamples.fragments(learner)
    fragments[1].actions = try Tensor([Float(0), 0, 0, -.infinity, 0, 0], shape: [3, 1, 2])
    let error = PPOLearnerError.notFinite(fragment: 1, part: "actions", step: 1, value: -.infinity)
    #expect(throws: error) { try learner.update(fragments) }
  }

  @Test func `A batch without steps is refused`() throws {
    var learner = try PPOExamples.learner()
    #expect(throws: PPOLearnerError.emptyBatch) { try learner.update([]) }
  }

  @Test func `A learner that diverges in the midst of an update stays as it was before`() throws {
    var learner = try PPOExamples.learner()
    var fragments = try PPOExamples.fragments(learner)
    // Ratios beyond float64: where the advantage is negative, no clipping bounds the loss.
    for index in fragments.indices {
      let logarithms = [Float](repeating: -1e4, count: fragments[index].length)
      fragments[index].extraColumns["action_logp"] = Tensor(vector: logarithms)
    }
    let before = learner.state
    let error = #expect(throws: PPOLearnerError.self) { try learner.update(fragments) }
    guard case .diverged("total_loss", .infinity, _, 0.01)? = error else { throw try #require(error) }
    #expect(learner.state == before)
    learner.learningRate = 1e39
    let sound = try PPOExamples.fragments(learner)
    let second = #expect(throws: PPOLearnerError.self) { try learner.update(sound) }
    guard case .diverged(let quantity, _, 0, 1e39)? = second else { throw try #require(second) }
    #expect(quantity.contains(".weight["))
    learner.learningRate = 0.01
    #expect(learner.state == before)
    try learner.checkInvariants()
  }

  @Test func `A learning rate that is no step size is refused by the next update`() throws {
    var learner = try PPOExamples.learner()
    let fragments = try PPOExamples.fragments(learner)
    learner.learningRate = -1
    let error = NetworkError.invalidSetting("lr", found: "-1.0", expected: "a finite number of at least 0")
    #expect(throws: PPOLearnerError.network(error)) { try learner.update(fragments) }
    #expect(throws: PPOLearnerError.network(error)) { try learner.checkInvariants() }
  }

  @Test func `State of another network is refused with both shapes, and nothing changes`() throws {
    var learner = try PPOExamples.learner()
    let before = learner.state
    var settings = PPOExamples.settings()
    settings.hiddenLayers = [8, 5]
    let other = try PPOExamples.learner(PPOExamples.discrete, settings)
    let error = NetworkError.tensorMismatch(
      path: "learner/rl_module/encoder.actor_encoder.net.mlp.2.weight", expected: "float32 [6, 8]",
      found: "float32 [5, 8]")
    #expect(throws: PPOLearnerError.network(error)) { try learner.restore(from: other.state) }
    for key in ["rl_module", "optimizer", "curr_kl_coeff", "generator", "num_updates"] as [StateKey] {
      var state = try StateReader(before).map
      state[key] = nil
      let missing = StateTreeError.missingKey(path: "learner/\(key.string)")
      #expect(throws: PPOLearnerError.state(missing)) { try learner.restore(from: .map(state)) }
    }
    var state = try StateReader(before).map
    state["curr_kl_coeff"] = -1.0
    let wrong = StateTreeError.invalidValue(
      path: "learner/curr_kl_coeff", found: "-1.0", expected: "a finite number of at least 0")
    #expect(throws: PPOLearnerError.state(wrong)) { try learner.restore(from: .map(state)) }
    #expect(learner.state == before)
  }
}
