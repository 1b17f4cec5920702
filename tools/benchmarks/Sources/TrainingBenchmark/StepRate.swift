import Algorithms
import NeuralNetworks
import ReplayBuffers
import Training

/// Plain DQN on CartPole-v1 as the peers run it: batch 32, network (256, 256) with ReLU, uniform buffer of 50,000,
/// neither double nor dueling, n-step 1, one update a step.
enum StepRate {
  static let warmUp = 1000

  static func measure(steps: Int) throws {
    var config = DQNConfig().environment("CartPole-v1").training(
      learningRate: 5e-4, learningStarts: 100, doubleQ: false, dueling: false, hiddenLayers: [256, 256],
      activation: .relu, replayBuffer: .uniform(capacity: 50_000))
    config.common.seed = 0
    let dqn = try config.build()
    while dqn.environmentSteps < 100 + warmUp { _ = try dqn.train() }
    let first = dqn.environmentSteps
    let elapsed = try ContinuousClock().measure {
      while dqn.environmentSteps < first + steps { _ = try dqn.train() }
    }
    print("{\"peer\": \"rlbuf\", \"steps_per_second\": \(Double(dqn.environmentSteps - first) / elapsed.seconds)}")
  }
}
