import Algorithms
import ReplayBuffers
import Testing
import Training

/// A short piece of learning; `tools/learn` holds five whole runs to RLlib's bar.
@Suite struct LearningTests {
  private func returns(seed: UInt64, iterations: Int) throws -> [Double] {
    let dqn = try DQNConfig().environment("CartPole-v1")
      .training(
        learningRate: 1e-3, nStep: .fixed(3), epsilon: LinearSchedule(from: 1, to: 0.05, over: 4000), hiddenLayers: [64])
      .debugging(seed: seed).reporting(smoothingEpisodes: 20).build(services: testServices())
    return try (0..<iterations).map { _ in try dqn.train()["env_runners/episode_return_mean"] ?? 0 }
  }

  @Test(arguments: [0, 2, 5] as [UInt64])
  func `sixteen thousand steps lift the mean return of CartPole from chance to a hundred`(seed: UInt64) throws {
    let returns = try returns(seed: seed, iterations: 16)
    #expect(returns[0] < 40, "a policy that knows nothing balances for about 22 steps: \(returns)")
    #expect(returns.contains { $0 >= 100 }, "seed \(seed): \(returns)")
  }

  @Test func `the same seed learns the same, another seed something else`() throws {
    let first = try returns(seed: 1, iterations: 3)
    #expect(try returns(seed: 1, iterations: 3) == first)
    #expect(try returns(seed: 3, iterations: 3) != first)
  }
}
