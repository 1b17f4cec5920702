import Algorithms
import Training

/// PPO on CartPole-v1 with RLlib's defaults, batch 4,000, 30 epochs of minibatches of 128, networks (256, 256), one
/// runner: environment steps per second of training, and of sampling alone.
enum PolicyRate {
  static func measure(iterations: Int) throws {
    let ppo = try config.build()
    _ = try ppo.train()
    let first = ppo.environmentSteps
    let elapsed = try ContinuousClock().measure { for _ in 0..<iterations { _ = try ppo.train() } }
    print("{\"steps_per_second\": \(Double(ppo.environmentSteps - first) / elapsed.seconds)}")
  }

  /// Sampling as in training: fragments of 4,000 steps, actions drawn, with everything an update needs.
  static func measureSampling(steps: Int) throws {
    let rate = try Sampler(config).rate(steps: steps)
    print("{\"steps_per_second\": \(rate)}")
  }

  static var config: PPOConfig {
    var config = PPOConfig().environment("CartPole-v1")
    config.common.seed = 0
    return config
  }
}

/// A group of runners with the policy of an algorithm that does not learn.
struct Sampler {
  private let ppo: PPO

  init(_ config: PPOConfig) throws { ppo = try config.build() }

  /// Environment steps per second.
  func rate(steps: Int) throws -> Double {
    _ = try sample(4000)
    let first = ppo.environmentSteps
    let elapsed = try ContinuousClock().measure {
      while ppo.environmentSteps - first < steps { _ = try sample(4000) }
    }
    return Double(ppo.environmentSteps - first) / elapsed.seconds
  }

  private func sample(_ steps: Int) throws -> Int {
    var policy = ppo.learner.policy
    return try ppo.runners.sample(.steps(steps), weights: ppo.policyWeights) { observations, generator, _ in
      let decision = try policy.act(observations, using: &generator)
      return ChosenActions(
        decision.actions, extras: [decision.logProbabilities, decision.distributionInputs])
    }.count
  }
}
