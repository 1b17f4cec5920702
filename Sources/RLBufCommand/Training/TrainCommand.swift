import ArgumentParser
import FoundationEssentials
import RLBuf
import SystemPackage

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains an algorithm, dumps its replay buffer and saves checkpoints on the way.",
    discussion: """
      rlbuf train CartPole-v1 --iterations 100 --dump-every 10 --checkpoint-every 10
      rlbuf train CartPole-v1 --stop env_runners/episode_return_mean=450 --seed 7
      rlbuf train CartPole-v1 --iterations 9 --set lr=1e-3 --set 'n_step=[2,5]'
      rlbuf train Acrobot-v1 --algorithm ppo --iterations 25 --callback log-acrobot-angle

      Each iteration prints a line: lifetime environment steps, mean return of the last episodes, steps in the replay \
      buffer, steps a second. Dumps and checkpoints are written while training goes on, and have a line of their own \
      once they are durable: size, how long they took, and for how long training stood still. The experiment holds \
      params.json, result.json and progress.csv as RLlib's Tune writes them, event files for TensorBoard, buffers/ with \
      the dumps, and checkpoint_000010 and so on, from any of which "rlbuf restore" goes on bit for bit.

      A period is a number of iterations, or a number with its unit: 5000steps (environment steps), 2000transitions (new \
      in the replay buffer), 90s, 10min, 2h. Settings have RLlib's names and defaults; a wrong one lists them.

      Ctrl-C or SIGTERM finishes the iteration, waits for what is being written and saves the iteration; a second one ends \
      at once. A dump that does not fit on the disk is skipped with a warning; any other save that fails ends the run.

      Exit codes: 0 done, 1 failed, 5 stopped by a signal after a last checkpoint, 64 usage.
      """)

  @Argument(
    help: ArgumentHelp("The environment, such as CartPole-v1.", valueName: "env"),
    completion: .list(EnvironmentCatalogue.standard.ids))
  var environment: String

  @Option(help: "The algorithm (default: dqn, for environments with continuous actions ppo).")
  var algorithm: AlgorithmName?

  @Option(
    help: ArgumentHelp(
      "The seed of everything random (default: drawn, and written to params.json).", valueName: "number"))
  var seed: UInt64?

  @Option(
    help: ArgumentHelp(
      "The directory of the experiment; there must be none in it (default: runs/<env>-<algorithm>-<date, UTC>).",
      valueName: "directory"),
    completion: .directory)
  var out: String?

  @OptionGroup var options: RunOptions

  func validate() throws {
    try options.requireEnd()
    if let fixed = options.settings.first(where: { ["env", "seed"].contains($0.name) }) {
      throw ValidationError(
        "--set \(fixed.name) is given as \(fixed.name == "env" ? "the argument <env>" : "--seed") instead")
    }
    let actions = try actionSpace()
    let name = algorithm ?? .usual(for: actions)
    try options.requireReplayBuffer(of: name)
    switch name {
    case .dqn: _ = try configuration(DQNConfig.self, in: "runs")
    case .ppo: _ = try configuration(PPOConfig.self, in: "runs")
    }
  }

  func run() throws {
    let name = try algorithm ?? .usual(for: actionSpace())
    let experiment = FilePath(out ?? Self.defaultDirectory(environment, name, at: Date()))
    switch name {
    case .dqn: try train(DQN.self, in: experiment)
    case .ppo: try train(PPO.self, in: experiment)
    }
  }

  /// The actions of the environment, of which one is made to see that there is such.
  private func actionSpace() throws -> Space {
    do { return try EnvironmentCatalogue.standard.makeEnvironment(environment).actionSpace } catch {
      throw error is EnvironmentError ? ValidationError(TerminalText.escaped("\(error)")) : error
    }
  }

  private func train<A: Algorithm>(_ type: A.Type, in experiment: FilePath) throws {
    let bar = IterationBar(isWanted: options.printer.wantsBar)
    let services = TrainingServices.command(bar)
    let config = try configuration(A.Config.self, in: experiment, services.registry)
    try Failure.reporting {
      let algorithm = try build(A.self, config, services)
      for warning in CallbackPlan.warnings(of: config.common.callbacks.callbacks, in: experiment) {
        algorithm.services.warn(warning)
      }
      try options.loop(algorithm, in: experiment, bar, begin: .new(RunStart(algorithm, in: experiment)))
    }
  }

  private func build<A: Algorithm>(_ type: A.Type, _ config: A.Config, _ services: TrainingServices) throws -> A {
    do {
      return try A.build(config, services: services)
    } catch CheckpointError.experimentExists(let path, let found) {
      let isRestorable = (try? Checkpoint.open(path, fallback: .allowOlder)) != nil
      throw ExperimentExists(
        path: path, found: found, isRestorable: isRestorable, iterations: options.iterations ?? 100)
    }
  }

  /// The configuration that the command line asks for.
  /// - Throws: `ValidationError` for what is wrong with it.
  private func configuration<Config: AlgorithmConfig>(
    _ type: Config.Type, in experiment: FilePath, _ registry: CallbackRegistry = .shipped
  ) throws -> Config {
    var config = Config().environment(environment).experiment(experiment)
    config.common.seed = seed
    config = try options.settings.reduce(config) { try $1.apply(to: $0) }
    do throws(TrainingError) { try config.validate() } catch {
      throw ValidationError(TerminalText.escaped("\(error)"))
    }
    let given = try options.callbacks.map { try $0.make(in: experiment, registry) }
    var plan = options.plan
    if given.first(of: SaveCheckpoint.self) == nil {
      plan.checkpoints = plan.checkpoints ?? RunOptions.defaultCheckpoints
    }
    config.common.callbacks.callbacks = try plan.callbacks(from: given, in: experiment)
    return config
  }

  /// `runs/cartpole-v1-dqn-2026-01-31_17-05-09`.
  static func defaultDirectory(_ environment: String, _ algorithm: AlgorithmName, at date: Date) -> String {
    let time = date.formatted(.iso8601).replacing("T", with: "_").replacing(":", with: "-").replacing("Z", with: "")
    let name = environment.lowercased().map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." ? $0 : "-" }
    return "runs/\(String(name))-\(algorithm.rawValue)-\(time)"
  }
}

/// A directory in which there is a run already.
private struct ExperimentExists: Error, CustomStringConvertible {
  let path: FilePath
  let found: String
  let isRestorable: Bool
  let iterations: Int

  var description: String {
    "\(path) holds an experiment already (\(found)), and nothing is written over it; "
      + (isRestorable
        ? "go on with it with \"rlbuf restore \(ShellText.quoted(path.string)) --iterations \(iterations)\", or give another --out"
        : "it has no checkpoint to go on from: give another --out, or move it away")
  }
}

extension RunOptions {
  /// Tells how the run begins, and trains.
  func loop<A: Algorithm>(
    _ algorithm: A, in experiment: FilePath, _ bar: IterationBar, begin: RunBeginning
  ) throws {
    let loop = TrainingLoop(
      iterations: iterations, stops: stop,
      lastCheckpoint: checkpointEvery == .never ? nil : lastInclusion(algorithm.config.common.callbacks.callbacks),
      keep: algorithm.config.common.callbacks.callbacks.first(of: SaveCheckpoint.self)?.keep, experiment: experiment, bar: bar)
    try loop.run(algorithm, begin, as: printer)
  }

  /// Whether a last checkpoint, which no period asked for, holds the replay buffer: unless none does.
  private func lastInclusion(_ callbacks: [any Callback]) -> BufferInclusion {
    callbacks.first(of: SaveCheckpoint.self)?.replayBuffer == .omit ? .omit : .include
  }
}

extension TrainingServices {
  /// The services of the command: warnings and the bar share a terminal.
  static func command(_ bar: IterationBar) -> TrainingServices {
    TrainingServices(
      warn: { message in
        bar.clear()
        Console.note("warning: " + TerminalText.escaped(message))
      },
      registry: .shipped.registering(TraceEvents.self) { callback in
        callback.writing { line in
          bar.clear()
          Console.note(TerminalText.escaped(line))
        }
      }, progress: bar.observer)
  }
}
