import Algorithms
import SystemPackage
import Training

/// What `tools/benchmarks/training.py` runs, each in a process of its own; the usage tells which.
@main
struct TrainingBenchmark {
  static let usage = """
    usage: training-benchmark steps COUNT            steps per second of plain DQN, one update a step
           training-benchmark ppo ITERATIONS        steps per second of PPO with RLlib's defaults
           training-benchmark sampling STEPS        the same of sampling alone
           training-benchmark callbacks STEPS       what an event of an empty callback costs
           training-benchmark callback-run COUNT    how much 12 empty callbacks slow a run
           training-benchmark dumps FOLDER           how much dumping every iteration slows a run
           training-benchmark save FOLDER ROWS       a checkpoint with so many flat transitions
           training-benchmark restore FOLDER         peak memory of restoring it
           training-benchmark processes ROUNDS STEPS steps per second of two runners in processes, and of one
           training-benchmark killed COUNT           a run whose runners are killed by somebody else so many times
    """

  static func main() throws {
    EnvRunnerProcess.serveIfAsked(DQNConfig.self, PPOConfig.self, environments: RunnerProcesses.environments)
    let arguments = CommandLine.arguments.dropFirst()
    switch (arguments.first, arguments.count) {
    case ("steps", 2): try StepRate.measure(steps: Int(arguments[2]) ?? 0)
    case ("ppo", 2): try PolicyRate.measure(iterations: Int(arguments[2]) ?? 0)
    case ("sampling", 2): try PolicyRate.measureSampling(steps: Int(arguments[2]) ?? 0)
    case ("callbacks", 2): try CallbackCost.measure(steps: Int(arguments[2]) ?? 0)
    case ("callback-run", 2): try CallbackCost.measureRun(iterations: Int(arguments[2]) ?? 0)
    case ("dumps", 2): try DumpCost.measure(in: FilePath(arguments[2]))
    case ("save", 3): try RestoreMemory.save(to: FilePath(arguments[2]), rows: Int(arguments[3]) ?? 0)
    case ("restore", 2): try RestoreMemory.restore(from: FilePath(arguments[2]))
    case ("processes", 3):
      try RunnerProcesses.measureSpeedup(rounds: Int(arguments[2]) ?? 0, steps: Int(arguments[3]) ?? 0)
    case ("killed", 2): try RunnerProcesses.train(untilKilled: Int(arguments[2]) ?? 0)
    default: print(usage)
    }
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

extension [Double] {
  var median: Double { sorted()[count / 2] }
}
