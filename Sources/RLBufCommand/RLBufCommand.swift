import ArgumentParser
import RLBuf

@main
struct RLBufCommand: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "rlbuf",
    abstract: "Trains and restores runs; looks into, compares, converts and checks replay buffers and training state.",
    discussion: """
      Opens files, checkpoints and experiments of rlbuf itself, replay buffers as RLlib's callback page dumps them \
      (ormsgpack, plain or .zst), RLlib's checkpoint directories in MessagePack form, and any other MessagePack file. \
      Nothing in a file is ever run: pickles are named and never opened.

      Exit codes: show, ls, convert, recover, prune 0 done, 1 failed, 3 done with something left out; diff 0 same, \
      1 different, 2 failed; \
      verify 0 sound, 1 damaged, 2 could not run, 4 unverifiable; train, restore 0 done, 1 failed, 5 stopped by a signal \
      after a last checkpoint; any 64 usage, 65 a documented limit was reached.
      """,
    version: "rlbuf \(version)",
    subcommands: [
      TrainCommand.self, RestoreCommand.self, LsCommand.self, ShowCommand.self, DiffCommand.self, ConvertCommand.self,
      VerifyCommand.self, RecoverCommand.self, PruneCommand.self,
    ])

  static func main() {
    // Before anything else: a run starts this program again for each of its runners in processes.
    EnvRunnerProcess.serveIfAsked(DQNConfig.self, PPOConfig.self)
    main(nil)
  }
}
