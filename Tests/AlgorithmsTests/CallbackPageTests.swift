import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing
import Training

/// The samples of RLlib's callback page, in Swift, with their results. Where they print, these write into a log.
@Suite struct CallbackPageTests {
  @Test func `a closure prints the return of each episode`() throws {
    let log = Log()
    let dqn = try countingConfig().reporting(minimumSteps: 7).callbacks(
      onEpisodeEnd: { log.add("Episode done. R=\($0.episode.totalReward)") }
    ).build(services: testServices())
    let result = try dqn.train()
    // Seven steps are three episodes of two and the beginning of another.
    #expect(log.all == ["Episode done. R=2.0", "Episode done. R=2.0", "Episode done. R=2.0"])
    #expect(result["env_runners/episode_return_mean"] == 2)
  }

  @Test func `the return is that of the whole episode, however many fragments it came in`() throws {
    let log = Log()
    let dqn = try smallConfig().envRunners(fragmentLength: 3).reporting(minimumSteps: 200).callbacks(
      onEpisodeEnd: { log.add("\($0.episode.totalReward) \($0.episode.length)") }
    ).build(services: testServices())
    let result = try dqn.train()
    let returns = log.all.compactMap { $0.split(separator: " ").first.flatMap { Double($0) } }
    // CartPole pays 1 a step.
    #expect(log.all == returns.map { "\($0) \(Int($0))" })
    #expect(returns.count >= 3 && returns.allSatisfy { $0 > 3 })
    #expect(result["env_runners/episode_return_max"] == returns.max())
    #expect(result["env_runners/episode_return_mean"] == returns.reduce(0, +) / Double(returns.count))
  }

  /// The page's stateful callback.
  struct ReturnSum: Callback {
    let log: Log
    var overallSum = 0.0
    mutating func onEpisodeEnd(_ context: inout EpisodeContext) {
      overallSum += context.episode.totalReward
      log.add("Episode done. R=\(context.episode.totalReward) Global SUM=\(overallSum)")
    }
  }

  @Test func `a callback keeps the sum over all episodes`() throws {
    let log = Log()
    let dqn = try countingConfig().reporting(minimumSteps: 3).callbacks(ReturnSum(log: log))
      .build(services: testServices())
    for _ in 0..<2 { try dqn.train() }
    #expect(
      log.all == [
        "Episode done. R=2.0 Global SUM=2.0", "Episode done. R=2.0 Global SUM=4.0", "Episode done. R=2.0 Global SUM=6.0",
      ])
  }

  /// A callback of the page's chain.
  struct Line: Callback {
    let text: String
    let log: Log
    mutating func onTrainResult(_ context: inout TrainResultContext) { log.add(text) }
  }

  @Test func `a chain prints its four lines in order`() throws {
    let log = Log()
    let dqn = try countingConfig().callbacks(
      Line(text: "Callback class 1", log: log), Line(text: "Callback class 2", log: log),
      onTrainResult: { _ in log.add("Callback lambda 1") }
    ).addingCallbacks(onTrainResult: { _ in log.add("Callback lambda 2") }).build(services: testServices())
    try dqn.train()
    #expect(log.all == ["Callback class 1", "Callback class 2", "Callback lambda 1", "Callback lambda 2"])
  }

  @Test func `the replay buffer is written every second iteration and read when a checkpoint is loaded`() throws {
    try withTemporaryDirectory { directory in
      let (run, buffers) = (directory.appending("run"), directory.appending("buffers"))
      let config = smallConfig().callbacks(
        RestoreReplayBuffer(from: buffers), DumpReplayBuffer(every: .iterations(2), to: buffers))
      let saved: StateValue
      do {
        let dqn = try config.build(services: testServices())
        for _ in 0..<4 { try dqn.train() }
        try dqn.save(to: run, replayBuffer: .omit)
        try dqn.stop()
        saved = dqn.replayBuffer.state
      }
      #expect(
        try POSIXFileSystem().list(buffers, follow: .never).map(\.name.string).sorted()
          == ["iteration-000002.msgpack.zst", "iteration-000004.msgpack.zst"])
      let resumed = try DQN.restore(from: run, services: testServices())
      #expect(resumed.replayBuffer.state == saved)
      #expect(resumed.restoreReport?.isExact == true)
    }
  }

  @Test func `the angle of Acrobot's first joint is logged by PPO`() throws {
    let angles = EpisodeAngles(runners: 1)
    let ppo = try PPOConfig().environment("Acrobot-v1")
      .training(batchSize: 1000, epochs: 1, minibatchSize: 500, hiddenLayers: [8]).debugging(seed: 1)
      .callbacks(LogAcrobotAngle(), onEpisodeStep: angles.step, onEpisodeEnd: angles.end)
      .build(services: testServices())
    for _ in 0..<2 { try ppo.train() }
    let mean = try #require(ppo.lastResult?["env_runners/theta1_mean"])
    #expect((mean - (angles.mean ?? .nan)).magnitude < 1e-4)
    #expect(angles.count >= 4)
  }
}
