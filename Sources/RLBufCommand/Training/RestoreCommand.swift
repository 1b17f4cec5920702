import ArgumentParser
import RLBuf
import SystemPackage

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Goes on with a run from a checkpoint, bit for bit.",
    discussion: """
      rlbuf restore runs/cartpole --iterations 100
          Trains 100 more from the newest checkpoint, as the saved run did.
      rlbuf restore runs/cartpole --dry-run
          Only reports what would be restored, and whether it would be exact.
      rlbuf restore runs/cartpole/checkpoint_000010 --into runs/b --iterations 9
          Goes on from an older checkpoint, in a new experiment.
      rlbuf restore runs/cartpole --set lr=1e-4 --stop training_iteration=500
          Goes on with another learning rate.

      First comes the report: what was restored, left out, joined and changed, and whether the proof of exactness holds. \
      What lies after the restored iteration is moved to superseded-... in the experiment, never deleted. --dump-every, \
      --keep-dumps, --checkpoint-every, --keep-checkpoints, --checkpoint-buffer and --when-busy replace what the saved run \
      did, from now on and in params.json; never ends it. --callback adds a callback behind those of the saved run, or gives the one \
      of its name new settings. A damaged checkpoint is an error: --allow-older takes the one \
      before it, --with-loss goes on without the steps that are lost and says which. A checkpoint without its replay buffer \
      is joined with the newest dump not after it.

      Exit codes: 0 done, 1 failed, 5 stopped by a signal after a last checkpoint, 64 usage.
      """)

  @Argument(
    help: ArgumentHelp(
      "An experiment, to go on from its newest checkpoint, or one checkpoint directory.", valueName: "run"),
    completion: .directory)
  var path: String

  @Flag(help: "Only report what would be restored; write nothing.")
  var dryRun = false

  @Option(
    help: ArgumentHelp(
      "Go on in a new experiment in this directory, and leave the old one as it is.", valueName: "directory"),
    completion: .directory)
  var into: String?

  @Flag(help: "If the newest checkpoint is damaged, take the one before it.")
  var allowOlder = false

  @Flag(
    help: "Leave out segments of the replay buffer that are missing or damaged, but for what is sound in them.")
  var withLoss = false

  @Option(
    help: ArgumentHelp("Join this dump as replay buffer, whatever the checkpoint holds.", valueName: "file"),
    completion: .file(extensions: ["zst"]))
  var buffer: String?

  @Option(
    help: ArgumentHelp(
      "Restore this component and those below it only, such as learner_group; may be given several times.",
      valueName: "component"),
    completion: Self.components)
  var only: [String] = []

  @Option(
    help: ArgumentHelp("Do not restore this component; may be given several times.", valueName: "component"),
    completion: Self.components)
  var without: [String] = []

  @OptionGroup var options: RunOptions

  private static var components: CompletionKind {
    .list(["algorithm_state", "env_runner", "learner_group", "learner_group/learner", "replay_buffer"])
  }

  func validate() throws {
    if !dryRun { try options.requireEnd() }
    if withLoss, into != nil {
      throw ValidationError("--with-loss goes on in the experiment itself; --into takes over a checkpoint whole")
    }
    // Without a checkpoint there will be another error; a slip in a setting can be told all the same.
    let name = (try? openCheckpoint()).flatMap { AlgorithmName(of: $0.manifest) } ?? .dqn
    try options.requireReplayBuffer(of: name)
    switch name {
    case .dqn: _ = try options.settings.reduce(DQNConfig()) { try $1.apply(to: $0) }
    case .ppo: _ = try options.settings.reduce(PPOConfig()) { try $1.apply(to: $0) }
    }
  }

  func run() throws {
    try Failure.reporting {
      let checkpoint = try openCheckpoint()
      guard let experiment = try experiment(of: checkpoint) else { throw CheckpointAlone(path: checkpoint.path) }
      let selection = restoreOptions.selection
      try selection.check(against: checkpoint.manifest, of: checkpoint.path)
      guard into != nil || selection.selects("algorithm_state") else {
        throw RunBeginsAnew(experiment: experiment)
      }
      if dryRun, let into { try ExperimentDirectory.requireNone(at: FilePath(into)) }
      // A mistake in a condition shall be found before anything is moved.
      if let last = TrainingResult.last(in: checkpoint.enclosingDirectory) {
        for stop in options.stop { try stop.check(against: last) }
      }
      switch AlgorithmName(of: checkpoint.manifest) {
      // What is no algorithm of ours is refused by any of them, by its name.
      case .dqn, nil: try restore(DQN.self, checkpoint, in: experiment)
      case .ppo: try restore(PPO.self, checkpoint, in: experiment)
      }
    }
  }

  private func restore<A: Algorithm>(_ type: A.Type, _ checkpoint: Checkpoint, in experiment: FilePath) throws {
    let bar = IterationBar(isWanted: options.printer.wantsBar)
    let (plan, given, services) = (options.plan, options.callbacks, TrainingServices.command(bar))
    let algorithm = try A.restore(from: FilePath(path), options: restoreOptions, services: services) { config in
      var config = config
      let callbacks = config.common.callbacks.callbacks.taking(
        try given.map { try $0.make(in: experiment, services.registry) })
      config.common.callbacks.callbacks = try plan.callbacks(from: callbacks, in: experiment)
      return config
    }
    guard let report = algorithm.restoreReport else { return }
    let facts = RestoreFacts(
      report, superseded: algorithm.superseded,
      wouldMove: dryRun ? Self.entries(of: experiment, after: report.iteration, isFork: into != nil) : nil)
    if dryRun {
      var printer = options.printer
      printer.restored(facts)
      return
    }
    for warning in CallbackPlan.warnings(of: algorithm.config.common.callbacks.callbacks, in: experiment) {
      algorithm.services.warn(warning)
    }
    try options.loop(algorithm, in: experiment, bar, begin: .restored(facts))
  }

  /// The checkpoints and dumps of an experiment that a restore would move aside.
  private static func entries(of experiment: FilePath, after iteration: Int, isFork: Bool) -> [FilePath] {
    guard !isFork, let listing = try? ExperimentListing.of(experiment) else { return [] }
    return listing.checkpoints.filter { $0.iteration > iteration }.map(\.path)
      + listing.dumps.filter { $0.iteration > iteration }.map(\.path)
  }

  private var restoreOptions: RestoreOptions {
    var restore = RestoreOptions()
    if let into { restore.destination = .fork(FilePath(into)) }
    if dryRun { restore.destination = .dryRun }
    restore.selection = ComponentSelection(only: only.isEmpty ? nil : only, without: without)
    restore.overrides = options.settings.map { ($0.name, $0.value) }
    restore.fallback = allowOlder ? .allowOlder : .refuse
    restore.damagedSegments = withLoss ? .skip : .refuse
    restore.joinedDump = buffer.map { FilePath($0) }
    return restore
  }

  private func openCheckpoint() throws -> Checkpoint {
    do {
      return try Checkpoint.open(FilePath(path), fallback: allowOlder ? .allowOlder : .refuse, damagedSegments: withLoss ? .skip : .refuse)
    } catch {
      if let found = RLlibRun.checkpoint(at: FilePath(path)) { throw RLlibRun(path: found) }
      throw error
    }
  }

  /// The experiment in which the run goes on; nil if the checkpoint lies in none.
  private func experiment(of checkpoint: Checkpoint) throws -> FilePath? {
    if let into { return FilePath(into) }
    let parent = checkpoint.path.removingLastComponent()
    let layout = ExperimentLayout(parent.isEmpty ? "." : parent)
    let isExperiment = (try? POSIXFileSystem().status(of: layout.parameters)) != nil
    return isExperiment ? layout.directory : nil
  }
}

/// A checkpoint that was copied out of its experiment.
private struct CheckpointAlone: Error, CustomStringConvertible {
  let path: FilePath

  var description: String {
    "\(path) lies in no experiment (there is no params.json beside it); give --into DIRECTORY to go on from it in a new one"
  }
}

/// A run that would begin at iteration 0 in its own experiment.
private struct RunBeginsAnew: Error, CustomStringConvertible {
  let experiment: FilePath

  var description: String {
    "without algorithm_state the run begins at iteration 0, and all that is in \(experiment) would be moved aside; give "
      + "--into DIRECTORY to begin a new experiment with what is restored"
  }
}

/// A checkpoint of RLlib, from which nothing here can go on.
struct RLlibRun: Error, CustomStringConvertible {
  let path: FilePath

  /// The checkpoint of RLlib at a path, or the newest in a directory of Tune's trial there; nil if there is none.
  static func checkpoint(at path: FilePath) -> FilePath? {
    let names = ((try? POSIXFileSystem().list(path, follow: .userPath)) ?? []).map(\.name.string)
    let numbered = names.compactMap { name in ExperimentLayout.iteration(ofCheckpoint: name).map { ($0, name) } }
    let newest = numbered.max { $0.0 < $1.0 }?.1
    return ([path] + (newest.map { [path.appending($0)] } ?? [])).first { directory in
      (try? POSIXFileSystem().status(of: directory.appending("rllib_checkpoint.json"))) != nil
    }
  }

  var description: String {
    let place = ShellText.quoted(path.string)
    return
      "\(path) is a checkpoint of RLlib: training cannot go on from it here, because the replay buffer, the episodes under "
      + "way and the random state are not in it; \"rlbuf show \(place)\" shows what is, \"rlbuf diff\" compares it with another, "
      + "and a library user can read its weights; go on from it with RLlib's Algorithm.from_checkpoint, or train anew with "
      + "\"rlbuf train CartPole-v1 --checkpoint-every 10\""
  }
}
