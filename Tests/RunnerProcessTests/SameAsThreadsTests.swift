import Algorithms
import Checkpoints
import Environments
import FileSystemsTestSupport
@testable import RunnerTestProgram
import StateTree
import SystemPackage
import Testing
@testable import Training

/// Where runners live makes no difference.
@Suite struct SameAsThreadsTests {
  /// What results say that is no time.
  private static let compared = [
    "env_runners/episode_return_mean", "env_runners/episode_len_mean", "env_runners/num_episodes",
    "env_runners/num_env_steps_sampled", "env_runners/counted", "env_runners/runner_index",
  ]

  private func expectSame<C: AlgorithmConfig, A: Algorithm>(
    _ type: A.Type, _ threads: C, _ processes: C
  ) throws where A.Config == C {
    let callback = CountSteps(key: "counted")
    let one = try A.build(threads.callbacks(callback), services: quietServices())
    let other = try A.build(processes.callbacks(callback), services: quietServices())
    #expect(one.runners.processes.isEmpty && other.runners.processes.count == 2)
    for _ in 0..<5 {
      let (a, b) = (try one.train(), try other.train())
      for key in Self.compared { #expect(a.value(at: key) == b.value(at: key), "\(key)") }
    }
    // An episode of Pendulum-v1 has 200 steps.
    let last = try #require(other.lastResult)
    for key in Self.compared { #expect(last.value(at: key) != nil, "\(key)") }
    #expect(try wholeState(one) == wholeState(other))
    #expect(other.runners.faults == RunnerFaults(healthy: 2))
  }

  @Test func `two processes give what two threads give, bit for bit, with DQN`() throws {
    try expectSame(DQN.self, smallDQN().threads(), smallDQN().processes())
  }

  @Test func `two processes give what two threads give, bit for bit, with PPO`() throws {
    try expectSame(PPO.self, smallPPO().threads(), smallPPO().processes())
    try expectSame(PPO.self, smallPPO().threads("Pendulum-v1"), smallPPO().processes("Pendulum-v1"))
  }

  @Test func `an evaluation in processes measures what one in threads does`() throws {
    func evaluated(_ config: DQNConfig) throws -> StateMap {
      let dqn = try config.evaluation(duration: 5, runners: 2).envRunners(runners: 0).build(services: quietServices())
      _ = try dqn.train()
      return try dqn.evaluate()
    }
    let metrics = try evaluated(smallDQN().processes())
    #expect(metrics == (try evaluated(smallDQN().threads())))
    #expect(metrics["env_runners"]?["num_episodes"] == .integer(5))
  }

  @Test func `a run with two processes goes on from a checkpoint bit for bit`() throws {
    let config = smallPPO().processes().callbacks(CountSteps(key: "counted"))
    try withTemporaryDirectory { path in
      let straight = try config.build(services: quietServices())
      for _ in 0..<4 { try straight.train() }
      let first = try config.build(services: quietServices())
      for _ in 0..<2 { try first.train() }
      try first.save(to: path.appending("run"))
      try first.stop()
      let resumed = try PPO.restore(from: path.appending("run"), services: quietServices()) {
        $0.processes()
      }
      let isExact = try #require(resumed.restoreReport).isExact
      #expect(isExact)
      for _ in 0..<2 { try resumed.train() }
      #expect(try wholeState(resumed) == wholeState(straight))
    }
  }

  @Test(.timeLimit(.minutes(10))) func `processes start at the same time`() throws {
    try withTemporaryDirectory { path in
      // Here it is CartPole-v1; there neither of two is made before the other is about to be.
      var catalogue = EnvironmentCatalogue()
      try catalogue.addFamily(prefix: "meeting:") { _ in CartPole() }
      let dqn = try smallDQN().processes().environment("meeting:\(path)", in: catalogue)
        .build(services: quietServices())
      try dqn.train()
      #expect(dqn.runners.faults == RunnerFaults(healthy: 2))
    }
  }
}
