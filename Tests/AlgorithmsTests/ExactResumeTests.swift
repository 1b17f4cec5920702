import Algorithms
import Checkpoints
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

/// Remembers what it saw on runners and on the algorithm, and logs it through windows and averages.
struct Memory: SavedCallback, Checkpointable {
  static let registeredName = "Memory"
  private var steps = 0
  private var iterations = 0

  init() {}
  private enum CodingKeys: CodingKey {}
  func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: CodingKeys.self) }
  init(from decoder: any Decoder) throws {}

  mutating func onEpisodeStep(_ context: inout EpisodeContext) throws {
    steps += 1
    context.episode.customData["seen"] = .integer(steps)
    try context.metricsLogger.log(Double(steps), at: "seen_mean", reduce: .mean, window: 7, clearOnReduce: false)
    try context.metricsLogger.log(context.episode.lastReward, at: "reward_ema", reduce: .ema, emaCoefficient: 0.1)
    try context.metricsLogger.log(1, at: "steps_lifetime", reduce: .lifetimeSum)
  }
  mutating func onTrainResult(_ context: inout TrainResultContext) throws {
    iterations += 1
    try context.metricsLogger.log(Double(iterations), at: "memory/last_three", window: 3, clearOnReduce: false)
    try context.metricsLogger.log(Double(iterations), at: "memory/ema", reduce: .ema, emaCoefficient: 0.5)
    context.result["memory/iterations"] = Double(iterations)
  }

  var state: StateValue { ["steps": .integer(steps), "iterations": .integer(iterations)] }
  mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    (steps, iterations) = (try reader.count("steps"), try reader.count("iterations"))
  }
  func checkInvariants() throws {}
}

/// A small, quick PPO: updates of 64 steps.
func smallPPO(_ environment: String, runners: Int = 0, environments: Int = 1) -> PPOConfig {
  PPOConfig().environment(environment).envRunners(runners: runners, environments: environments)
    .training(batchSize: 64, epochs: 2, minibatchSize: 16, hiddenLayers: [8]).debugging(seed: 7)
}

func resumeServices() -> TrainingServices {
  var services = testServices()
  services.registry = .shipped.registering(Memory.self)
  return services
}

/// The state of every component of a checkpoint, the replay buffer's whole.
func components(_ algorithm: some Algorithm) throws -> StateMap {
  StateMap(
    try algorithm.checkpointContents().parts.map { part in
      switch part.content {
      case .state(let state): (StateKey(part.name), state)
      case .buffer(let snapshot): (StateKey(part.name), snapshot.selfContainedState)
      case .omitted(let reason): (StateKey(part.name), .string(reason))
      }
    })
}

func train(_ algorithm: some Algorithm, _ iterations: Int) throws -> [TrainingResult] {
  try (0..<iterations).map { _ in try algorithm.train().withoutTimes }
}

@Suite struct ExactResumeTests {
  /// Trains five iterations straight, and two with a checkpoint behind them that three others go on from.
  /// - Returns: the results of the straight run.
  private func checkResume<A: Algorithm>(
    _ config: A.Config, as type: A.Type, components expected: [String]
  ) throws -> [TrainingResult] {
    let straight = try A.build(config, services: resumeServices())
    let results = try train(straight, 5)
    let end = try components(straight)
    #expect(Set(end.keys.map(\.string)) == Set(expected))
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      do {
        let first = try A.build(config, services: resumeServices())
        #expect(try train(first, 2) == Array(results[..<2]))
        try first.save(to: path)
      }
      let resumed = try A.restore(from: path, services: resumeServices())
      let report = try #require(resumed.restoreReport)
      #expect(report.isExact, "\(report)")
      let proven = expected.filter { $0.contains("runner") || $0.contains("buffer") }
      #expect(report.proofs.count { $0.proof == .confirmed } == proven.count)
      #expect(try train(resumed, 3) == Array(results[2...]))
      #expect(try components(resumed) == end)
    }
    return results
  }

  static let policies = [
    smallPPO("CartPole-v1"), smallPPO("Pendulum-v1", environments: 2), smallPPO("CartPole-v1", runners: 2),
    smallPPO("Pendulum-v1").evaluation(interval: 1, duration: 30, unit: .timesteps),
  ]

  @Test(arguments: policies)
  func `PPO goes on bit for bit, with discrete and continuous actions`(_ config: PPOConfig) throws {
    let runners = config.common.runners == 0 ? ["env_runner"] : ["env_runner/1", "env_runner/2"]
    let evaluation = config.common.evaluation.interval == nil ? [] : ["eval_env_runner"]
    let results = try checkResume(
      config.callbacks(Memory()), as: PPO.self,
      components: ["algorithm_state", "learner_group/learner"] + runners + evaluation)
    #expect(results[4]["learners/default_policy/policy_loss"] != results[3]["learners/default_policy/policy_loss"])
    #expect(results[4]["memory/iterations"] == 5)
    // The window of three over all five iterations: no iteration empties it.
    #expect(results[4]["memory/last_three"] == 4)
    #expect(results[4]["env_runners/steps_lifetime"] == results[4]["num_env_steps_sampled_lifetime"])
  }

  static let placements = [
    smallConfig().envRunners(runners: 2),
    smallConfig(environments: 2, nStep: .drawn(from: 1..<4)).envRunners(runners: 2),
  ]

  @Test(arguments: placements)
  func `DQN goes on bit for bit with two runners in threads and an evaluation every iteration`(
    _ config: DQNConfig
  ) throws {
    let results = try checkResume(
      config.callbacks(Memory()).evaluation(interval: 1, duration: 3, runners: 2), as: DQN.self,
      components: [
        "algorithm_state", "learner_group/learner", "env_runner/1", "env_runner/2", "eval_env_runner/1",
        "eval_env_runner/2", "replay_buffer",
      ])
    #expect(results[4]["learners/default_policy/qf_loss"] != nil)
    #expect(results[4]["evaluation/env_runners/num_episodes"] == 3)
    #expect(results[4]["evaluation/env_runners/num_episodes_lifetime"] == 15)
  }

  @Test(arguments: [0, 1, 2], [false, true])
  func `evaluation changes nothing in training`(_ runners: Int, _ isParallel: Bool) throws {
    guard runners > 0 || !isParallel else { return }
    let config = smallConfig().envRunners(runners: 2).callbacks(Memory())
    let alone = try config.build(services: resumeServices())
    let evaluated = try config.evaluation(interval: 1, duration: 3, runners: runners, isParallel: isParallel)
      .build(services: resumeServices())
    for result in try train(alone, 3) {
      var other = try evaluated.train().withoutTimes
      #expect(other["evaluation/env_runners/episode_return_mean"] != nil)
      other.set(nil, at: "evaluation")
      #expect(other == result)
    }
    var (with, without) = (try components(evaluated), try components(alone))
    for key in with.keys where key.string.hasPrefix("eval_") { with[key] = nil }
    // The algorithm's own state counts evaluated episodes and holds what was logged of them.
    (with["algorithm_state"], without["algorithm_state"]) = (nil, nil)
    #expect(with == without)
  }
}
