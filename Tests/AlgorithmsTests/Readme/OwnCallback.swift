import Algorithms
import StateTree
import Training

/// The README's callback, and a configuration that has it.
func ownCallback() -> DQNConfig {
  // README
  struct CountFalls: Callback, Checkpointable {
    private var falls = 0

    mutating func onEpisodeEnd(_ context: inout EpisodeContext) throws {
      if context.episode.isTerminated { falls += 1 }
      try context.metricsLogger.log(Double(falls), at: "falls", reduce: .max)
      try context.metricsLogger.log(context.episode.totalReward, at: "return_of_ten", window: 10, clearOnReduce: false)
    }
    var state: StateValue { ["falls": .integer(falls)] }
    mutating func restore(from state: StateValue) throws { falls = try StateReader(state).count("falls") }
    func checkInvariants() throws {}
  }

  let config = DQNConfig().environment("CartPole-v1").callbacks(
    CountFalls(), onTrainResult: { context in print(context.result["env_runners/falls"] ?? 0) })
  // README ends
  return config
}
