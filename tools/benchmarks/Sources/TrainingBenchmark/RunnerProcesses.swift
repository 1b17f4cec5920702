import Algorithms
import BenchmarkData
import Environments
import Foundation
import ReplayBuffers
import Training

/// Runners in child processes: how much faster two are than one, and what is left of many that were killed.
enum RunnerProcesses {
  /// CartPole-v1 with steps of 1 ms.
  private static let slow = "SlowCartPole-v1"
  static let environments: EnvironmentCatalogue = {
    var catalogue = EnvironmentCatalogue.standard
    try? catalogue.add(slow) { Slow(CartPole(), stepDuration: .milliseconds(1)) }
    return catalogue
  }()

  /// Steps per second of sampling alone, in turn with one runner and with two.
  static func measureSpeedup(rounds: Int, steps: Int) throws {
    let groups = try (1...2).map { count in
      let ppo = try PPOConfig().environment(slow, in: environments).envRunners(runners: count, placement: .processes)
        .debugging(seed: 0).build()
      _ = try sample(ppo, steps: 100)
      return ppo
    }
    var rates: [[Double]] = [[], []]
    for _ in 0..<rounds {
      for (index, ppo) in groups.enumerated() { rates[index].append(try sample(ppo, steps: steps)) }
    }
    let ratio = zip(rates[1], rates[0]).map { $0 / $1 }.median
    print("{\"ours\": \(rates[1].median), \"peer\": \(rates[0].median), \"ratio\": \(ratio)}")
  }

  private static func sample(_ ppo: PPO, steps: Int) throws -> Double {
    let before = ppo.environmentSteps
    let elapsed = try ContinuousClock().measure {
      _ = try ppo.runners.sample(.steps(steps / ppo.runners.count), weights: ppo.policyWeights) { _, _, _ in
        throw TrainingError.brokenInvariant("runners in processes have a policy of their own")
      }
    }
    return Double(ppo.environmentSteps - before) / elapsed.seconds
  }

  /// Trains with four runners until so many of them were killed by somebody else, and prints that it
  /// has begun and what came of it.
  static func train(untilKilled count: Int) throws {
    let config = DQNConfig().environment("CartPole-v1")
      .envRunners(runners: 4, placement: .processes, environments: 2, fragmentLength: 10)
      .training(hiddenLayers: [32]).reporting(minimumSteps: 400).debugging(seed: 0)
    let dqn = try config.build(services: TrainingServices(warn: { _ in }))
    // Whoever kills them waits for this.
    print("begun")
    fflush(nil)
    var (sampled, wrong) = (0, 0)
    while dqn.runners.faults.restarts < count {
      let steps = Int(try dqn.train()["env_runners/num_env_steps_sampled"] ?? 0)
      sampled += steps
      // At least what an iteration is to have, and less than one more sample of all runners.
      if !(400..<400 + 80).contains(steps) { wrong += 1 }
    }
    let runners = dqn.runners.processes
    let (restarts, healthy) = (dqn.runners.faults.restarts, dqn.runners.faults.healthy)
    try dqn.stop()
    let left = runners.count { FileManager.default.fileExists(atPath: "/proc/\($0)") }
    let isRight = wrong == 0 && sampled == dqn.environmentSteps && sampled == dqn.insertionCount
    print(
      """
      {"restarts": \(restarts), "healthy": \(healthy), "left": \(left), "steps": \(dqn.environmentSteps), \
      "right": \(isRight), "iterations": \(dqn.iteration)}
      """)
  }
}
