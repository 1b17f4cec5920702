import ArgumentParser
import RLBuf
import SystemPackage

/// The options that `train` and `restore` share.
struct RunOptions: ParsableArguments {
  static let defaultCheckpoints = Schedule.every(.time(.seconds(1800)))

  @Option(help: ArgumentHelp("How many iterations to train.", valueName: "count"))
  var iterations: Int?

  @Option(
    help: ArgumentHelp(
      "End as soon as this result reaches the value, such as env_runners/episode_return_mean=450; of several, and of "
        + "--iterations, whichever comes first. One of them has to be given. A restored run that is there already trains no "
        + "more.", valueName: "key=value"),
    completion: .list([
      "env_runners/episode_return_mean=", "num_env_steps_sampled_lifetime=", "training_iteration=", "time_total_s=",
    ]),
    transform: StopCondition.init(parsing:))
  var stop: [StopCondition] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Change a setting, by RLlib's name, such as lr=5e-4 or 'replay_buffer_config/capacity=20000'; values are JSON. May be "
        + "given several times.", valueName: "name=value"),
    completion: .list(AlgorithmName.settings.map { $0 + "=" }), transform: SettingArgument.init(parsing:))
  var settings: [SettingArgument] = []

  @Option(
    help: ArgumentHelp("Dump the replay buffer so often (train: never unless given).", valueName: "period"),
    completion: Self.periods, transform: Schedule.init(parsing:))
  var dumpEvery: Schedule?

  @Option(
    help: ArgumentHelp("Which dumps stay: all (the default), or how many of the newest.", valueName: "all|count"),
    completion: .list(["all", "1", "5"]), transform: RetentionArgument.init(parsing:))
  var keepDumps: RetentionArgument?

  @Option(
    help: ArgumentHelp(
      "Save a checkpoint so often (train: 30min unless given); the last iteration is saved in any case, but not with never.",
      valueName: "period"),
    completion: Self.periods, transform: Schedule.init(parsing:))
  var checkpointEvery: Schedule?

  @Option(
    help: ArgumentHelp(
      "Whether checkpoints hold the replay buffer: include (the default), omit, or every:10 for each that is due so often. "
        + "One without it is joined with the newest dump when it is restored.", valueName: "include|omit|every:period"),
    completion: .list(["include", "omit", "every:"]), transform: BufferPolicyArgument.init(parsing:))
  var checkpointBuffer: BufferPolicyArgument?

  @Option(
    help: ArgumentHelp(
      "Which checkpoints stay: \(KeepArgument.possibilities). Each is read whole when it is durable, and others go then; the "
        + "newest never does, nor the best.", valueName: "all|count|list"),
    completion: .list(["all", "3", "last:3,best:2", "last:3,every:10"]), transform: KeepArgument.init(parsing:))
  var keepCheckpoints: KeepArgument?

  @Option(
    help: ArgumentHelp(
      "What to do with a dump or checkpoint that is due while the one before it is still being written: wait until that is "
        + "finished (the default), skip it, or replace the one that waits.", valueName: "wait|skip|replace"),
    completion: .list(BusyPolicy.allCases.map(\.rawValue)), transform: BusyPolicy.init(parsing:))
  var whenBusy: BusyPolicy?

  @Option(
    name: .customLong("callback"),
    help: ArgumentHelp(
      "Call this callback at the events of the run; may be given several times, and they are called in this order. "
        + CallbackArgument.help, valueName: "name[:key=value,...]"),
    completion: .list(CallbackArgument.completions), transform: CallbackArgument.init(parsing:))
  var callbacks: [CallbackArgument] = []

  @Flag(name: .shortAndLong, help: "Print nothing but warnings.")
  var quiet = false

  @Flag(help: "Print one JSON object a line (schema rlbuf.train/1).")
  var json = false

  private static var periods: CompletionKind { .list(["1", "10", "5000steps", "2000transitions", "10min", "never"]) }

  func validate() throws {
    if let iterations, iterations < 1 { throw ValidationError("--iterations is a count of at least 1") }
    try CallbackArgument.requireOnce(
      callbacks, dumps: dumpEvery != nil || keepDumps != nil,
      checkpoints: checkpointEvery != nil || checkpointBuffer != nil || keepCheckpoints != nil)
    if quiet, json { throw ValidationError("--quiet prints nothing and --json prints objects: give one of them") }
  }

  /// Throws unless the run has an end.
  func requireEnd() throws {
    guard iterations == nil, stop.isEmpty else { return }
    throw ValidationError(
      "a run needs an end: give --iterations 100, or --stop env_runners/episode_return_mean=450, or both")
  }

  /// Throws if something is said of the replay buffer of an algorithm that has none.
  func requireReplayBuffer(of algorithm: AlgorithmName) throws {
    let isAsked = dumpEvery.map { $0 != .never } == true || keepDumps != nil || checkpointBuffer != nil
    guard algorithm == .ppo, isAsked || callbacks.contains(where: \.needsReplayBuffer) else { return }
    throw ValidationError(
      "PPO has no replay buffer: leave --dump-every, --keep-dumps, --checkpoint-buffer and dump-replay-buffer away")
  }

  /// What is done every so often, as far as it was said.
  var plan: CallbackPlan {
    CallbackPlan(
      dumps: dumpEvery, retention: keepDumps?.retention, checkpoints: checkpointEvery,
      checkpointRetention: keepCheckpoints.map { $0.retention }, replayBuffer: checkpointBuffer?.policy,
      whenBusy: whenBusy)
  }

  /// Who prints what the run does.
  var printer: any RunPrinter {
    if quiet { return QuietPrinter() }
    return json ? JSONPrinter() : TextPrinter()
  }
}
