import Algorithms
import Training

/// What empty callbacks cost: on sampling alone, and in a whole run.
enum CallbackCost {
  /// Nanoseconds an event: sampling with one empty callback, of whose events there is one a step and three an episode,
  /// against sampling with none, each taken in turn.
  static func measure(steps: Int) throws {
    var differences: [Double] = []
    let plain = try Sampler(PolicyRate.config)
    let called = try Sampler(PolicyRate.config.callbacks(Empty(), Empty(), Empty(), Empty(), Empty(), Empty(), Empty(), Empty()))
    for _ in 0..<7 {
      let (without, with) = (try plain.rate(steps: steps), try called.rate(steps: steps))
      differences.append((1 / with - 1 / without) * 1e9 / 8)
    }
    print("{\"nanoseconds\": \(differences.median)}")
  }

  /// How many times longer an iteration of DQN takes with 12 empty callbacks.
  static func measureRun(iterations: Int) throws {
    var plainConfig = DQNConfig().environment("CartPole-v1")
    plainConfig.common.seed = 0
    let calledConfig = plainConfig.callbacks(
      Empty(), Empty(), Empty(), Empty(), Empty(), Empty(), Empty(), Empty(), Empty(), Empty(), Empty(), Empty())
    let (plain, called) = (try plainConfig.build(), try calledConfig.build())
    for _ in 0..<3 { _ = (try plain.train(), try called.train()) }
    var ratios: [Double] = []
    for _ in 0..<iterations {
      let without = try ContinuousClock().measure { _ = try plain.train() }
      let with = try ContinuousClock().measure { _ = try called.train() }
      ratios.append(with.seconds / without.seconds)
    }
    print("{\"ratio\": \(ratios.median)}")
  }
}

/// Does nothing at any event.
struct Empty: Callback {}
