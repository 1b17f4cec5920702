import Environments
import NeuralNetworks
import ReplayBuffers
import StateTree
import Testing

@testable import Algorithms

@Suite struct PPOLearnerTests {
  @Test func `Parameters have RLlib's names and shapes`() throws {
    let learner = try PPOLearner(
      observationSize: 4, actionSpace: .discrete(count: 2), settings: PPOLearnerSettings(), seed: 1)
    let module = try StateReader(learner.state).reader("rl_module")
    // The names in the module of RLlib 2.60.0 without the constants `log_std_clip_param_const`.
    let names: [StateKey] = [
      "encoder.actor_encoder.net.mlp.0.weight", "encoder.actor_encoder.net.mlp.0.bias",
      "encoder.actor_encoder.net.mlp.2.weight", "encoder.actor_encoder.net.mlp.2.bias", "pi.net.mlp.0.weight",
      "pi.net.mlp.0.bias", "encoder.critic_encoder.net.mlp.0.weight", "encoder.critic_encoder.net.mlp.0.bias",
      "encoder.critic_encoder.net.mlp.2.weight", "encoder.critic_encoder.net.mlp.2.bias", "vf.net.mlp.0.weight",
      "vf.net.mlp.0.bias",
    ]
    #expect(module.map.keys == names)
    let encoder = [[256, 4], [256], [256, 256], [256]]
    #expect(try names.map { try module.tensor($0).shape } == encoder + [[2, 256], [2]] + encoder + [[1, 256], [1]])
    #expect(learner.trainableParameterCount == 134_915)
    #expect(learner.learningRate == 5e-5 && learner.divergenceCoefficient == 0.2)
  }

  @Test func `Settings are coded under RLlib's names and start with its defaults`() throws {
    let state = try StateReader(StateValue(encoding: PPOLearnerSettings()))
    #expect(
      state.map == [
        "lr": 5e-5, "gamma": 0.99, "lambda": 1.0, "num_epochs": 30, "minibatch_size": 128,
        "shuffle_batch_per_epoch": true, "clip_param": 0.3, "vf_clip_param": 10.0, "vf_loss_coeff": 1.0,
        "entropy_coeff": 0.0, "use_kl_loss": true, "kl_coeff": 0.2, "kl_target": 0.01, "grad_clip_by": "global_norm",
        "fcnet_hiddens": [256, 256], "fcnet_activation": "tanh", "free_log_std": false, "log_std_clip_param": 20.0,
        "adam_epsilon": 1e-8,
      ])
    #expect(try StateValue(encoding: PPOLearnerSettings()).decode(PPOLearnerSettings.self) == PPOLearnerSettings())
  }

  @Test(arguments: [PPOExamples.discrete, PPOExamples.box])
  func `A learner comes back from its state bit for bit and goes on alike`(space: Space) throws {
    var learner = try PPOExamples.learner(space)
    for seed in 0..<3 { _ = try learner.update(PPOExamples.fragments(learner, seed: UInt64(seed))) }
    learner.learningRate = 0.003
    // Exact in the middle of a run: the order of later epochs and the weight of the divergence come back too.
    #expect(learner.divergenceCoefficient != learner.settings.divergenceCoefficient)
    var restored = try PPOExamples.learner(space, seed: 77)
    #expect(restored.state != learner.state)
    try restored.restore(from: learner.state)
    #expect(restored.state == learner.state)
    for seed in 3..<8 {
      let fragments = try PPOExamples.fragments(learner, seed: UInt64(seed))
      #expect(try restored.update(fragments) == learner.update(fragments))
      #expect(restored.state == learner.state)
    }
    #expect(learner.updateCount == 8 * 7 && restored.updateCount == learner.updateCount)
    try restored.checkInvariants()
  }

  @Test func `The same seed and fragments give the same bits, another seed others`() throws {
    var settings = PPOExamples.settings()
    settings.hiddenLayers = [64, 64]
    var learners = try [4, 4, 5].map { try PPOExamples.learner(PPOExamples.discrete, settings, seed: $0) }
    #expect(learners[0].state == learners[1].state && learners[0].state != learners[2].state)
    for seed in 0..<5 {
      let fragments = try PPOExamples.fragments(learners[0], lengths: [30, 20], seed: UInt64(seed))
      #expect(try learners[0].update(fragments) == learners[1].update(fragments))
    }
    #expect(learners[0].state == learners[1].state)
  }

  @Test func `A copy learns on its own, and so does a policy stay as it was taken`() throws {
    var learner = try PPOExamples.learner()
    let fragments = try PPOExamples.fragments(learner)
    _ = try learner.update(fragments)
    let (before, policy) = (learner.state, learner.policy)
    let weights = policy.state
    var copy = learner
    _ = try copy.update(fragments)
    #expect(learner.state == before && copy.state != before && policy.state == weights)
    #expect(copy.policy.state != weights)
    _ = try learner.update(fragments)
    #expect(learner.state == copy.state)
  }

  @Test func `An update counts its minibatches and steps, and reports RLlib's keys`() throws {
    var learner = try PPOExamples.learner()
    // 14 steps, twice, by 4: seven minibatches.
    let update = try learner.update(PPOExamples.fragments(learner))
    #expect(update.minibatchCount == 7 && update.trainedStepCount == 28 && learner.updateCount == 7)
    #expect(update.results["total_loss"] == .double(update.totalLoss) && update.results.count == 10)
    #expect(update.results["curr_kl_coeff"] == .double(learner.divergenceCoefficient))
    let sum = update.policyLoss + update.valueLoss - 0.01 * update.entropy + 0.2 * update.divergence
    #expect(abs(update.totalLoss - sum) < 1e-12)
  }

  @Test func `The first step sees ratios of 1 and no divergence`() throws {
    var settings = PPOExamples.settings()
    settings.epochs = 1
    settings.minibatchSize = nil
    for space in [PPOExamples.discrete, PPOExamples.box] {
      var learner = try PPOExamples.learner(space, settings)
      let update = try learner.update(PPOExamples.fragments(learner))
      // The surrogate is the mean of standardised advantages then.
      #expect(abs(update.policyLoss) < 1e-6 && abs(update.divergence) < 1e-12 && update.minibatchCount == 1)
      #expect(update.divergenceCoefficient == 0.1 && update.entropyCoefficient == 0.01)
    }
  }

  @Test func `The weight of the divergence rises above twice the target and falls below half of it`() throws {
    for (target, factor) in [(1e-9, 1.5), (100, 0.5)] {
      var settings = PPOExamples.settings()
      settings.divergenceTarget = target
      var learner = try PPOExamples.learner(PPOExamples.discrete, settings)
      for step in 1...3 {
        _ = try learner.update(PPOExamples.fragments(learner))
        let expected = (0..<step).reduce(0.2) { weight, _ in weight * factor }
        #expect(learner.divergenceCoefficient == expected)
      }
    }
  }

  @Test func `Fragments may come in any order and in pieces without steps`() throws {
    var settings = PPOExamples.settings()
    settings.epochs = 1
    settings.minibatchSize = nil
    let learner = try PPOExamples.learner(PPOExamples.discrete, settings)
    var fragments = try PPOExamples.fragments(learner)
    var (a, b) = (learner, learner)
    let first = try a.update(fragments)
    var empty = fragments[0]
    empty.observations = empty.observations.rows(0..<1)
    empty.actions = empty.actions.rows(0..<0)
    empty.rewards = empty.rewards.rows(0..<0)
    fragments.append(empty)
    let second = try b.update(fragments.reversed())
    #expect(abs(first.totalLoss - second.totalLoss) < 1e-6 && abs(first.gradientNorm - second.gradientNorm) < 1e-5)
  }

  @Test func `A minibatch of one step has no explained variance`() throws {
    var settings = PPOExamples.settings()
    settings.minibatchSize = 1
    var learner = try PPOExamples.learner(PPOExamples.discrete, settings)
    #expect(try learner.update(PPOExamples.fragments(learner, lengths: [1])).explainedVariance.isNaN)
  }

  @Test(arguments: [true, false])
  func `What pays is learned`(isDiscrete: Bool) throws {
    var settings = PPOExamples.settings()
    settings.epochs = 5
    settings.minibatchSize = 32
    settings.learningRate = 0.003
    var learner = try PPOExamples.learner(isDiscrete ? PPOExamples.discrete : PPOExamples.box, settings)
    var generator = PCG64(seed: 3)
    var means: [Float] = []
    for _ in 0..<40 {
      var policy = learner.policy
      let fragments = try (0..<64).map { _ in
        let numbers = generator.uniform(in: -1..<1, count: 8).map { Float($0) }
        let observations = try Tensor(numbers, shape: [2, 4])
        let decision = try policy.act(observations.rows(0..<1), using: &generator)
        let action = try #require(decision.actions.doubles())
        // The action to take: the sign of the first number, or that number itself and nothing else.
        let goal = isDiscrete ? (numbers[0] > 0 ? 1 : -1) : numbers[0]
        let distance = action.enumerated().map { abs(Float($1) - ($0 == 0 ? goal : 0)) }.reduce(0, +)
        return PPOExamples.fragment(observations, decision, rewards: [-distance], isTerminated: true)
      }
      means.append(try fragments.reduce(0) { $0 + (try $1.rewards.scalars(as: Float.self)[0]) } / 64)
      _ = try learner.update(fragments)
    }
    #expect(means[0] < -0.7 && means[39] > (isDiscrete ? -0.15 : -0.6), "\(means)")
  }
}
