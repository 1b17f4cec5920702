import Algorithms
import Checkpoints
import Environments
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import Synchronization
import SystemPackage
import Testing
import Training

/// CartPole whose state cannot be saved, as that of an environment of Python.
struct Forgetful: Environment {
  private var base = CartPole()
  private let seeds: Log

  init(_ seeds: Log) { self.seeds = seeds }

  var observationSpace: Space { base.observationSpace }
  var actionSpace: Space { base.actionSpace }
  var inexactBecause: String? { "Forgetful-v0 keeps its state elsewhere" }
  mutating func reset(seed: UInt64?) throws -> Tensor {
    seeds.add(seed.map { "\($0)" } ?? "none")
    return base.reset(seed: seed)
  }
  mutating func step(_ action: Tensor) throws -> EnvironmentStep { try base.step(action) }
  var state: StateValue { ["environment": "Forgetful-v0"] }
  mutating func restore(from state: StateValue) throws { base = CartPole() }
  func checkInvariants() throws {}
}

/// CartPole that fails once, at its 30th step, if it is the one to fail.
struct Failing: Environment {
  struct Failure: Error, CustomStringConvertible { let description = "the cart derailed" }
  private var base = CartPole()
  private var stepsToFailure: Int?

  init(fails: Bool) { stepsToFailure = fails ? 30 : nil }

  var observationSpace: Space { base.observationSpace }
  var actionSpace: Space { base.actionSpace }
  mutating func reset(seed: UInt64?) throws -> Tensor { base.reset(seed: seed) }
  mutating func step(_ action: Tensor) throws -> EnvironmentStep {
    if let left = stepsToFailure {
      guard left > 0 else { throw Failure() }
      stepsToFailure = left - 1
    }
    return try base.step(action)
  }
  var state: StateValue { base.state }
  mutating func restore(from state: StateValue) throws { try base.restore(from: state) }
  func checkInvariants() throws { try base.checkInvariants() }
}

@Suite struct InexactResumeTests {
  private static let reason = "Forgetful-v0 keeps its state elsewhere"

  private func forgetful(_ seeds: Log, runners: Int, environments: Int = 2) throws -> DQNConfig {
    var catalogue = EnvironmentCatalogue.standard
    try catalogue.add("Forgetful-v0") { Forgetful(seeds) }
    return smallConfig(environments: environments).environment("Forgetful-v0", in: catalogue)
      .envRunners(runners: runners)
  }

  @Test(arguments: [0, 2])
  func `where an environment cannot be saved its episode is given up, and checkpoint and report say so`(
    runners: Int
  ) throws {
    let seeds = Log()
    let config = try forgetful(seeds, runners: runners)
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      do {
        let dqn = try config.build(services: testServices())
        _ = try train(dqn, 2)
        try dqn.save(to: path)
      }
      #expect(try Checkpoint.open(path).manifest.inexactBecause == [Self.reason])
      var ends: [StateMap] = []
      for _ in 0..<2 {
        let (before, events) = (seeds.all.count, Log())
        let resumed = try DQN.restore(from: path, services: testServices()) {
          $0.environment("Forgetful-v0", in: config.common.catalogue).callbacks(Recorder(name: "a", log: events))
        }
        let report = try #require(resumed.restoreReport)
        #expect(report.inexactBecause == [Self.reason])
        #expect(
          report.warnings == [
            "the environments are reset before their next step, their episodes under way given up: \(Self.reason)"
          ])
        #expect(report.proofs.allSatisfy { $0.proof == .confirmed }, "\(report)")
        _ = try train(resumed, 2)
        // Each environment is seeded once, by the generator of its runner, and by nothing else.
        let drawn = seeds.all[before...].filter { $0 != "none" }
        #expect(drawn.count == 2 * max(1, runners) && Set(drawn).count == drawn.count, "\(drawn)")
        if runners == 0 {
          #expect(Array(events.all.dropFirst(4).prefix(4)) == ["a created 0", "a created 1", "a start 0", "a start 1"])
        }
        // What was under way in the buffer is truncated, so that one episode an environment is open.
        #expect(try openEpisodes(resumed) <= 2 * max(1, runners))
        ends.append(try components(resumed))
      }
      // What cannot go on exactly begins anew the same way each time.
      #expect(ends[0] == ends[1])
    }
  }

  private func openEpisodes(_ dqn: DQN) throws -> Int {
    let state = dqn.replayBuffer.snapshot().state()
    return try EpisodeTable(state: .init(try #require(state["episodes"]))).episodes.count { !$0.isDone }
  }

  /// Whether the Python that `RLBUF_PYTHON` names, or `python3`, has gymnasium.
  private static let hasGymnasium = (try? GymnasiumEnvironment("CartPole-v1")) != nil

  @Test(.enabled(if: hasGymnasium, "needs a Python with gymnasium: name one in RLBUF_PYTHON"), .timeLimit(.minutes(10)))
  func `a run in Python's Gymnasium goes on, the same way each time`() throws {
    let config = smallConfig(environments: 2).environment("gymnasium:CartPole-v1")
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      do {
        let dqn = try config.build(services: testServices())
        _ = try train(dqn, 2)
        try dqn.save(to: path)
      }
      var runs: [[TrainingResult]] = []
      for _ in 0..<2 {
        let resumed = try DQN.restore(from: path, services: testServices())
        #expect(resumed.restoreReport?.inexactBecause.first?.contains("inside Python") == true)
        runs.append(try train(resumed, 2))
      }
      #expect(runs[0] == runs[1])
      #expect(runs[0].last?["num_env_steps_sampled_lifetime"] == 240)
    }
  }

  @Test func `PPO goes on where an environment could not be saved`() throws {
    var catalogue = EnvironmentCatalogue.standard
    try catalogue.add("Forgetful-v0") { Forgetful(Log()) }
    let config = smallPPO("CartPole-v1").environment("Forgetful-v0", in: catalogue)
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      do {
        let ppo = try config.build(services: testServices())
        _ = try train(ppo, 1)
        try ppo.save(to: path)
      }
      let resumed = try PPO.restore(from: path, services: testServices()) {
        $0.environment("Forgetful-v0", in: catalogue)
      }
      #expect(resumed.restoreReport?.isExact == false)
      #expect(try resumed.train()["num_env_steps_sampled_lifetime"] == 128)
    }
  }

  @Test func `a checkpoint after a runner failed says so, and a restore repeats it`() throws {
    let made = TickCounter()
    var catalogue = EnvironmentCatalogue.standard
    // One that tells what all are like, then one a runner: runner 2 fails, of the run and of the run that is restored.
    try catalogue.add("Failing-v0") { Failing(fails: [3, 7].contains(made.next())) }
    let config = smallConfig().environment("Failing-v0", in: catalogue).envRunners(runners: 2)
      .faultTolerance(error: .restart)
    let reason = "runner 2 failed and was made anew: the cart derailed"
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      let warnings = Warnings()
      do {
        let dqn = try config.build(services: testServices(warnings: warnings))
        _ = try train(dqn, 2)
        try dqn.save(to: path)
      }
      #expect(warnings.all == [reason])
      #expect(try Checkpoint.open(path).manifest.inexactBecause == [reason])
      let resumed = try DQN.restore(from: path, services: testServices()) {
        $0.environment("Failing-v0", in: catalogue)
      }
      #expect(resumed.restoreReport?.inexactBecause == [reason])
      // It fails again: the one in its place names its episodes otherwise than both before it.
      #expect(try train(resumed, 2).last?["fault_tolerance/num_remote_worker_restarts"] == 1)
      // For one reason, however often.
      #expect(try resumed.checkpointContents().inexactBecause == [reason])
    }
  }

  @Test func `a runner that was left away is missing in the report`() throws {
    let made = TickCounter()
    var catalogue = EnvironmentCatalogue.standard
    try catalogue.add("Failing-v0") { Failing(fails: made.next() == 3) }
    let config = smallConfig().environment("Failing-v0", in: catalogue).envRunners(runners: 2)
      .faultTolerance(error: .ignore)
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      let steps: Int
      do {
        let dqn = try config.build(services: testServices())
        _ = try train(dqn, 2)
        steps = dqn.environmentSteps
        try dqn.save(to: path)
      }
      let reason = "runner 2 failed and was left away: the cart derailed"
      #expect(try Checkpoint.open(path).manifest.inexactBecause == [reason])
      let resumed = try DQN.restore(from: path, services: testServices()) {
        $0.environment("Failing-v0", in: catalogue)
      }
      let report = try #require(resumed.restoreReport)
      #expect(report.inexactBecause == [reason])
      #expect(report.missing == ["env_runner/2"])
      #expect(resumed.environmentSteps == steps)
      #expect(try resumed.train()["fault_tolerance/num_healthy_workers"] == 2)
    }
  }
}
