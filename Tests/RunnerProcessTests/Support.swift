import Algorithms
import Environments
import Foundation
import ReplayBuffers
@testable import RunnerTestProgram
import StateTree
import Synchronization
import SystemPackage
import Training

/// The program whose runners live in processes; it lies beside the test executable.
enum TestProgram {
  static let path: FilePath = {
    let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return FilePath(executable).removingLastComponent().appending("RunnerTestProgram")
  }()

  /// A process of its own, with its standard output and standard error in one pipe.
  static func start(_ mode: String, _ variables: [String: String] = [:]) throws -> (process: Process, output: FileHandle) {
    let (process, pipe) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: path.string)
    process.arguments = [mode]
    process.environment = ["SWIFT_BACKTRACE": "enable=no"].merging(variables) { $1 }
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    return (process, pipe.fileHandleForReading)
  }
}

extension AlgorithmConfig {
  /// Two runners in processes of the test program, on an environment that it knows.
  func processes(_ environment: String = "CartPole-v1", runners: Int = 2) -> Self {
    self.environment(environment, in: .withTroubles)
      .envRunners(runners: runners, placement: .processes, program: TestProgram.path)
  }

  /// The same in threads.
  func threads(_ environment: String = "CartPole-v1") -> Self {
    self.environment(environment, in: .withTroubles).envRunners(runners: 2, placement: .threads)
  }
}

/// A small, quick DQN: iterations of 80 steps.
func smallDQN() -> DQNConfig {
  DQNConfig()
    .envRunners(environments: 2, fragmentLength: 5)
    .training(
      batchSize: 8, epsilon: LinearSchedule(from: 1, to: 0.1, over: 300), targetUpdatePeriod: 50, learningStarts: 40,
      hiddenLayers: [12], replayBuffer: .prioritized(capacity: 400)
    )
    .reporting(minimumSteps: 80).debugging(seed: 7)
}

/// A small, quick PPO: iterations of 120 steps.
func smallPPO() -> PPOConfig {
  PPOConfig().training(batchSize: 120, epochs: 2, minibatchSize: 40, hiddenLayers: [12]).debugging(seed: 7)
}

/// Services that write no warnings, and know the callbacks of the test program.
func quietServices(_ warnings: Lines = Lines()) -> TrainingServices {
  TrainingServices(warn: { warnings.add($0) }, registry: .withOwn)
}

/// Lines that came.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
}

/// Everything that a run is, times aside.
func wholeState<A: Algorithm>(_ algorithm: A) throws -> StateMap {
  var state: StateMap = [
    "learner": algorithm.learnerState, "counters": algorithm.counters, "steps": .integer(algorithm.environmentSteps),
  ]
  for runner in try algorithm.runners.states() { state[StateKey(runner.component)] = runner.state }
  if let dqn = algorithm as? DQN { state["buffer"] = dqn.replayBuffer.state }
  return state
}
