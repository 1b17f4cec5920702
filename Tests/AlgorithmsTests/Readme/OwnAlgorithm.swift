import Environments
import ReplayBuffers
import StateTree
import Training

// README
struct HillClimbingConfig: AlgorithmConfig { var common = CommonConfig() }

final class HillClimbing: Algorithm {
  let (config, run, runners): (HillClimbingConfig, Run, EnvRunnerGroup)
  var (weights, best) = ([0.0, 0, 0, 0], -Double.infinity)

  init(_ config: HillClimbingConfig, run: Run) throws {
    (self.config, self.run) = (config, run)
    runners = try EnvRunnerGroup(config, seed: config.common.seed ?? 0)
  }
  func trainingStep(_ stopwatch: inout Stopwatch) throws {
    var tried = weights
    let episodes = try runners.sample(.episodes(1), weights: .nil) { observations, generator, stepsTaken in
      if stepsTaken == 0 { tried = weights.map { $0 + generator.uniform(in: -1..<1) } }
      let push = zip(tried, observations.doubles() ?? []).reduce(0) { $0 + $1.0 * $1.1 }
      return ChosenActions(Tensor(vector: [push > 0 ? 1 : 0] as [Int64]))
    }
    let total = episodes.reduce(0) { $0 + ($1.rewards.doubles() ?? []).reduce(0, +) }
    if total >= best { (weights, best) = (tried, total) }
  }
  var learnerState: StateValue { ["weights": .tensor(Tensor(vector: weights)), "best": .double(best)] }
  func setLearnerState(_ state: StateValue) throws {
    let reader = try StateReader(state)
    (weights, best) = (try reader.vector("weights"), try reader.double("best"))
  }
}
// README ends

/// The README's call.
func climb() throws -> HillClimbing {
  // README
  let climber = try HillClimbing.build(HillClimbingConfig().environment("CartPole-v1").debugging(seed: 7))
  for _ in 0..<100 { try climber.train() }
  // README ends
  return climber
}
