import Algorithms
import StateTree
import Training

/// The README's settings of runners and evaluation.
func settings() -> DQNConfig {
  // README
  let config = DQNConfig().environment("CartPole-v1")
    .envRunners(runners: 2, placement: .threads)  // or .processes, of which one may die
    .faultTolerance(failure: .restart, error: .raise)  // the defaults
    .evaluation(interval: 5, duration: 10, runners: 1, isParallel: true)  // ten episodes, beside the next training
    .callbacks(onEvaluateEnd: { print($0.metrics["env_runners"]?["episode_return_mean"] ?? .nil) })
  // README ends
  return config
}
