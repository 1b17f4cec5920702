import Algorithms
import Environments
import FileSystems
import Glibc
import SystemPackage
import Training

/// A program with environments and callbacks of its own whose runners live in processes, for the tests of these.
@main
struct RunnerTestProgram {
  /// Set for a program that forgets to serve; its children see it too.
  static let forgetfulVariable = "RUNNER_TEST_FORGETFUL"

  static func main() throws {
    if ChildProcess.variable(forgetfulVariable) == nil {
      EnvRunnerProcess.serveIfAsked(
        DQNConfig.self, PPOConfig.self, environments: .withTroubles, callbacks: .withOwn)
    }
    switch CommandLine.arguments.dropFirst().first {
    case "forever": try trainForever()
    case "restarts": try restart(count: 200)
    default:
      do { _ = try config.build() } catch {
        print("\(error)")
        exit(7)
      }
    }
  }

  static var config: DQNConfig {
    DQNConfig().environment("CartPole-v1", in: .withTroubles).envRunners(runners: 2, placement: .processes)
      .training(learningStarts: 1_000_000, hiddenLayers: [8]).reporting(minimumSteps: 40).debugging(seed: 1)
  }

  /// Sends the numbers of its runners' processes over its descriptor 0, and trains until somebody ends it.
  private static func trainForever() throws {
    let dqn = try config.build()
    let numbers = dqn.runners.processes.map(String.init).joined(separator: " ")
    try MessageSocket(descriptor: 0, maximumMessageBytes: 100).send(Array(numbers.utf8), until: nil)
    while true { try dqn.train() }
  }

  /// Ends runners again and again, and prints how many descriptors and children it had before and after, and restarts.
  private static func restart(count: Int) throws {
    let dqn = try config.build(services: TrainingServices(warn: { _ in }))
    try dqn.train()
    let before = OwnProcess.descriptorCount
    for index in 0..<count {
      kill(pid_t(dqn.runners.processes[index % 2]), SIGKILL)
      try dqn.train()
    }
    let (after, children) = (OwnProcess.descriptorCount, OwnProcess.childCount)
    print(before, after, children, dqn.runners.faults.restarts)
    try dqn.stop()
    print(OwnProcess.childCount)
  }
}

/// What this process has, as Linux tells it.
enum OwnProcess {
  static var descriptorCount: Int { names("/proc/self/fd").count }

  /// Children, those included that ended and were not waited for.
  static var childCount: Int {
    names("/proc").count { name in
      let bytes = Int(name) == nil ? nil : try? POSIXFileSystem().readAll(FilePath("/proc/\(name)/stat"), limit: 4096)
      // The name of the program stands in parentheses, the parent behind the state.
      let fields = String(decoding: bytes ?? [], as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && fields[1] == "\(getpid())"
    }
  }

  private static func names(_ directory: FilePath) -> [String] {
    ((try? POSIXFileSystem().list(directory)) ?? []).map(\.name.string)
  }
}
