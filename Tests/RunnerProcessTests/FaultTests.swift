import Algorithms
import Environments
import FileSystemsTestSupport
import Foundation
@testable import RunnerTestProgram
import StateTree
import SystemPackage
import Testing
@testable import Training

/// Runners that die, hang, send nonsense or throw.
@Suite struct FaultTests {
  /// A run that tells which runners were made anew.
  private func watched(_ config: DQNConfig, _ lines: Lines, _ warnings: Lines = Lines()) throws -> DQN {
    let config = config.callbacks(onEnvRunnersRecreated: { context in
      lines.add("\(context.runnerIndices) \(context.isEvaluation)")
    })
    return try config.build(services: quietServices(warnings))
  }

  @Test(arguments: [SIGKILL, SIGSTOP]) func `a runner that is killed or stopped is made anew, and the run goes on`(
    signal: Int32
  ) throws {
    let (lines, warnings) = (Lines(), Lines())
    let dqn = try watched(smallDQN().processes().faultTolerance(sampleTimeout: 5), lines, warnings)
    try dqn.train()
    let before = dqn.runners.processes
    kill(pid_t(before[1]), signal)
    let result = try dqn.train()
    #expect(lines.all == ["[2] false"])
    #expect(dqn.runners.processes[0] == before[0] && dqn.runners.processes[1] != before[1])
    #expect(kill(pid_t(before[1]), 0) == -1 && errno == ESRCH, "nothing of it is left")
    #expect(result.value(at: "fault_tolerance/num_remote_worker_restarts") == .integer(1))
    #expect(result.value(at: "fault_tolerance/num_healthy_workers") == .integer(2))
    let reason = signal == SIGKILL ? "its process ended by signal 9 (Killed)" : "it did not answer within 5.0 seconds"
    #expect(warnings.all == ["runner 2 failed and was made anew: \(reason)"])
    try dqn.train()
    #expect(dqn.environmentSteps == dqn.insertionCount && dqn.environmentSteps >= 240)
    #expect(lines.all.count == 1)
  }

  @Test(arguments: [
    ("nonsense:30", "it sent what is no answer: "), ("misshapen:30", "it sent what is no answer: obs is "), ("exiting:30", "its process ended with exit code 3"),
  ]) func `a runner that sends nonsense or exits is made anew`(environment: String, reason: String) throws {
    let (lines, warnings) = (Lines(), Lines())
    let dqn = try watched(smallDQN().processes(environment), lines, warnings)
    for _ in 0..<3 { try dqn.train() }
    #expect(!lines.all.isEmpty)
    #expect(warnings.all.allSatisfy { $0.contains(" failed and was made anew: \(reason)") }, "\(warnings.all)")
    #expect(dqn.runners.faults.healthy == 2 && dqn.runners.faults.restarts == warnings.all.count)
    #expect(dqn.environmentSteps == dqn.insertionCount)
  }

  @Test func `a runner that never answers is not made anew for ever`() throws {
    let dqn = try smallDQN().processes("exiting:1").build(services: quietServices())
    let error = #expect(throws: TrainingError.self) { try dqn.train() }
    #expect(error.map { "\($0)" }?.hasPrefix("runner 1 failed: its process ended with exit code 3; ") == true)
    #expect(dqn.runners.faults.restarts <= 2 * EnvRunnerGroup.mostFailuresInARow)
  }

  @Test func `a runner that died is left away if that is wanted, until none is left`() throws {
    let dqn = try smallDQN().processes().faultTolerance(failure: .ignore).build(services: quietServices())
    kill(pid_t(dqn.runners.processes[0]), SIGKILL)
    let result = try dqn.train()
    #expect(dqn.runners.processes.count == 1)
    #expect(result.value(at: "fault_tolerance/num_env_runners_dropped_lifetime") == .integer(1))
    kill(pid_t(dqn.runners.processes[0]), SIGKILL)
    let error = #expect(throws: TrainingError.self) { try dqn.train() }
    #expect(error.map { "\($0)" }?.contains("all runners have failed") == true)
  }

  @Test func `a runner that died ends the run if that is wanted`() throws {
    let dqn = try smallDQN().processes().faultTolerance(failure: .raise).build(services: quietServices())
    kill(pid_t(dqn.runners.processes[0]), SIGKILL)
    let error = #expect(throws: TrainingError.self) { try dqn.train() }
    #expect(
      error.map { "\($0)" } == "runner 1 failed: its process ended by signal 9 (Killed); env_runner_failure and "
        + "env_runner_error say what happens to such runners")
  }

  @Test func `an error of an environment in a process ends the run with its text`() throws {
    let dqn = try smallDQN().processes("throwing:30").build(services: quietServices())
    let error = #expect(throws: TrainingError.self) { for _ in 0..<3 { try dqn.train() } }
    #expect(
      error.map { "\($0)" } == "runner 1 failed: the pole is gone; env_runner_failure and env_runner_error say what "
        + "happens to such runners")
  }

  @Test func `an error of an environment in a process restarts it if that is wanted`() throws {
    let lines = Lines()
    let dqn = try watched(smallDQN().processes("throwing:30").faultTolerance(error: .restart), lines)
    for _ in 0..<3 { try dqn.train() }
    #expect(!lines.all.isEmpty && dqn.runners.faults.healthy == 2)
  }

  @Test func `an error of a callback in a process names callback and event as in a thread`() throws {
    for config in [smallDQN().processes(), smallDQN().threads()] {
      let dqn = try config.callbacks(Refuse()).build(services: quietServices())
      let error = #expect(throws: TrainingError.self) { for _ in 0..<9 { try dqn.train() } }
      #expect(error.map { "\($0)" } == "the callback Refuse failed at on_episode_end: no more")
    }
  }

  @Test func `what an environment prints in a process disturbs nothing`() throws {
    let dqn = try smallDQN().processes("printing:1").build(services: quietServices())
    try dqn.train()
    #expect(dqn.runners.faults == RunnerFaults(healthy: 2))
  }
}
