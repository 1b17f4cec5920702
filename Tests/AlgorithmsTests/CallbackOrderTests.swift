import Algorithms
import Checkpoints
import Environments
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

/// Writes down every event it sees.
struct Recorder: Callback {
  let name: String
  let log: Log

  func note(_ event: String) { log.add("\(name) \(event)") }
  mutating func onAlgorithmInit(_ context: inout AlgorithmContext) { note("init") }
  mutating func onTrainResult(_ context: inout TrainResultContext) { note("result \(context.algorithm.iteration)") }
  mutating func onCheckpointLoaded(_ context: inout CheckpointLoadedContext) {
    note("loaded \(context.algorithm.iteration)")
  }
  mutating func onEnvironmentCreated(_ context: inout EnvironmentContext) {
    note("environment \(context.environmentIndex)")
  }
  mutating func onEpisodeCreated(_ context: inout EpisodeContext) { note("created \(context.environmentIndex)") }
  mutating func onEpisodeStart(_ context: inout EpisodeContext) { note("start \(context.environmentIndex)") }
  mutating func onEpisodeStep(_ context: inout EpisodeContext) {
    note("step \(context.environmentIndex) \(context.episode.length)\(context.episode.isDone ? " done" : "")")
  }
  mutating func onEpisodeEnd(_ context: inout EpisodeContext) { note("end \(context.environmentIndex)") }
  mutating func onSampleEnd(_ context: inout SampleContext) { note("sample \(context.samples.map(\.length))") }
}

/// Ends an episode after each two steps of environment 0, three of environment 1 and so on.
struct Counting: Environment {
  var length: Int
  var time = 0
  var observationSpace: Space { .box(dataType: .float32, shape: [1], low: [0], high: [100]) }
  var actionSpace: Space { .discrete(count: 2) }
  mutating func reset(seed: UInt64?) throws -> Tensor {
    time = 0
    if let seed { length = 2 + Int(seed - 7) }
    return Tensor(vector: [Float(0)])
  }
  mutating func step(_ action: Tensor) throws -> EnvironmentStep {
    time += 1
    return EnvironmentStep(
      observation: Tensor(vector: [Float(time)]), reward: 1, isTerminated: time == length, isTruncated: false)
  }
  var state: StateValue { ["length": .integer(length), "time": .integer(time)] }
  mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    (length, time) = (try reader.int("length"), try reader.int("time"))
  }
  func checkInvariants() throws {}
}

func countingConfig(environments: Int = 1) throws -> DQNConfig {
  var catalogue = EnvironmentCatalogue.standard
  try catalogue.add("Counting-v0") { Counting(length: 2) }
  return smallConfig(environments: environments).environment("Counting-v0", in: catalogue).reporting(minimumSteps: 0)
}

@Suite struct CallbackOrderTests {
  @Test func `events come in RLlib's order`() throws {
    let log = Log()
    let config = try countingConfig(environments: 2).envRunners(fragmentLength: 4)
      .callbacks(Recorder(name: "a", log: log))
    let dqn = try config.build(services: testServices())
    try dqn.train()
    #expect(
      log.all.map { String($0.dropFirst(2)) } == [
        "environment 0", "environment 1", "init",
        // The first sample: created for all, reset, start for all.
        "created 0", "created 1", "start 0", "start 1",
        "step 0 1", "step 1 1",
        // A last step: step, end, and at once the successor, which starts at the next vector step.
        "step 0 2 done", "end 0", "created 0", "step 1 2",
        "start 0", "step 1 3 done", "end 1", "created 1",
        "step 0 1", "start 1",
        "step 0 2 done", "end 0", "created 0", "step 1 1",
        "sample [2, 3, 2, 1]", "result 1",
      ])
  }

  @Test func `callbacks come first and closures second, each in the order given`() throws {
    let log = Log()
    let config = try countingConfig().callbacks(
      Recorder(name: "a", log: log), MadeForEach { Recorder(name: "b", log: log) },
      onTrainResult: { _ in log.add("c result 1") }
    ).addingCallbacks(Recorder(name: "d", log: log), onTrainResult: { _ in log.add("e result 1") })
    let dqn = try config.build(services: testServices())
    try dqn.train()
    #expect(log.all.filter { $0.hasSuffix("result 1") } == ["a", "b", "d", "c", "e"].map { "\($0) result 1" })
    #expect(log.all.filter { $0.hasSuffix(" init") } == ["a init", "b init", "d init"])
  }

  @Test func `what a callback changes in result and samples is what counts`() throws {
    let config = try countingConfig().envRunners(fragmentLength: 4).callbacks(
      onTrainResult: { context in
        context.result["mine/number"] = 42
        context.result["env_runners/episode_return_mean"] = nil
      },
      onSampleEnd: { $0.samples.removeLast() })
    let dqn = try config.build(services: testServices())
    let result = try dqn.train()
    #expect(result["mine/number"] == 42)
    #expect(result["env_runners/episode_return_mean"] == nil)
    #expect(result["env_runners/episode_return_max"] == 2)
    #expect(dqn.lastResult == result)
    #expect(dqn.replayBuffer.count == 2)
  }

  @Test func `a struct is copied for the algorithm and the runner, a factory asked for each`() throws {
    struct Counter: Callback {
      let log: Log
      var steps = 0
      mutating func onEpisodeStep(_ context: inout EpisodeContext) { steps += 1 }
      mutating func onSampleEnd(_ context: inout SampleContext) { log.add("runner \(steps)") }
      mutating func onTrainResult(_ context: inout TrainResultContext) { log.add("algorithm \(steps)") }
    }
    let log = Log()
    let made = Log()
    let dqn = try countingConfig().callbacks(
      Counter(log: log),
      MadeForEach {
        made.add("made")
        return Counter(log: Log())
      }
    ).build(services: testServices())
    try dqn.train()
    #expect(log.all == ["runner 1", "algorithm 0"])
    #expect(made.all.count == 2)
  }

  @Test func `custom data stays with its episode and is saved`() throws {
    try withTemporaryDirectory { directory in
      let config = try countingConfig().envRunners(environments: 2, fragmentLength: 1).callbacks(
        onEpisodeStep: { $0.episode.customData["seen"] = .integer($0.episode.length) })
      let dqn = try config.build(services: testServices())
      try dqn.train()
      try dqn.save(to: directory.appending("run"))
      #expect(wholeState(dqn)["runner"]?["episodes"]?.first?["custom_data"] == ["seen": 1])
      let again = try DQN.restore(from: directory.appending("run/checkpoint_000001"), options: dryRun()) {
        $0.environment("Counting-v0", in: config.common.catalogue)
      }
      #expect(wholeState(again)["runner"] == wholeState(dqn)["runner"])
      #expect(again.restoreReport?.lostClosures == ["on_episode_step"])
      #expect(throws: TrainingError.self) { try again.train() }
    }
  }

  private func dryRun() -> RestoreOptions {
    var options = RestoreOptions()
    options.destination = .dryRun
    return options
  }
}

extension StateValue {
  /// The first element of a list.
  var first: StateValue? {
    guard case .array(let elements) = self else { return nil }
    return elements.first
  }
}
