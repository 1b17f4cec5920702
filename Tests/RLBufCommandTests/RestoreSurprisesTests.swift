import Foundation
import Testing

/// What people ran into who restored runs that had ended early, lay elsewhere or had been changed.
@Suite("Restoring what is not as one would think")
struct RestoreSurprisesTests {
  private func withRun(_ more: [String], iterations: Int = 4, _ body: (URL, TemporaryFolder) throws -> Void) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    #expect(try Runs.train(run, iterations, more).exitCode == 0)
    try body(run, folder)
  }

  private static let omitting = ["--checkpoint-every", "2", "--checkpoint-buffer", "omit"]

  @Test func `checkpoints that never had a buffer nor a dump begin with an empty one, and say so`() throws {
    try withRun(Self.omitting) { run, _ in
      let outcome = try Runs.restore(run.path, 1)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("\n  warning       the replay buffer is empty: "))
      #expect(outcome.output.contains("\nnot exact: replay_buffer was left out when saving\n"))
    }
  }

  @Test func `a dump that is not there yet is an error whose remedy works`() throws {
    try withRun(Self.omitting + ["--dump-every", "10"]) { run, _ in
      let outcome = try Runs.restore(run.path, 1)
      #expect(outcome.exitCode == 1)
      #expect(outcome.errors.contains("/buffers holds no dump of iteration 4 or before; "))
      #expect(outcome.errors.hasSuffix(" begin with an empty replay buffer with --without replay_buffer\n"))
      let without = try Runs.restore(run.path, 1, ["--without", "replay_buffer"])
      #expect(without.exitCode == 0, "\(without.errors)")
      #expect(without.output.contains(#/\n  skipped +replay_buffer +not selected\n/#))
    }
  }

  @Test func `a buffer that is not wanted is not joined either`() throws {
    try withRun(Self.omitting + ["--dump-every", "2"]) { run, folder in
      for options in [
        ["--without", "replay_buffer"], ["--only", "learner_group", "--into", folder.url("new").path],
      ] {
        let outcome = try Runs.restore(run.path, nil, options + ["--dry-run"])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.output.contains(#/\n  skipped +replay_buffer +not selected\n/#))
        #expect(!outcome.output.contains("joined"))
      }
    }
  }

  @Test func `a link to an experiment is as good as the experiment`() throws {
    try withRun(["--checkpoint-every", "2"]) { run, folder in
      let link = folder.url("latest")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: run)
      let outcome = try Runs.restore(link.path, 1)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("\nexact: the run goes on bit for bit\n"))
      #expect(try Runs.results(run).count == 5)
    }
  }

  @Test func `a run that ended before its first checkpoint sends nobody in a circle`() throws {
    try withRun(["--checkpoint-every", "never"], iterations: 1) { run, _ in
      let again = try Runs.train(run, 1)
      #expect(again.exitCode == 1)
      #expect(again.errors.hasSuffix("; it has no checkpoint to go on from: give another --out, or move it away\n"))
      let restored = try Runs.restore(run.path, 1)
      #expect(restored.exitCode == 1)
      #expect(restored.errors.hasSuffix("or train anew elsewhere with --checkpoint-every\n"))
    }
  }

  @Test func `settings of a restore that ended before its first checkpoint are not forgotten silently`() throws {
    try withRun(["--checkpoint-every", "4"]) { run, _ in
      let options = ["--set", "lr=1e-4", "--checkpoint-every", "never", "--dump-every", "1"]
      #expect(try Runs.restore(run.path, 1, options).exitCode == 0)
      let outcome = try Runs.restore(run.path, nil, ["--dry-run"])
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      #expect(
        outcome.output.contains(
          "\n  warning       params.json has lr 0.0001, the checkpoint 0.0005, which counts; --set 'lr=0.0001' takes the other\n"
        ))
      #expect(outcome.output.contains("\n  warning       params.json has other callbacks than the checkpoint, "))
      let same = try Runs.restore(run.path, nil, options + ["--dry-run"])
      #expect(!same.output.contains("params.json"), "\(same.output)")
    }
  }

  @Test func `a dry run refuses what the restore would refuse`() throws {
    try withRun(["--checkpoint-every", "2"]) { run, folder in
      let alone = folder.url("elsewhere/checkpoint_000004")
      try FileManager.default.createDirectory(at: folder.url("elsewhere"), withIntermediateDirectories: true)
      try FileManager.default.copyItem(at: run.appendingPathComponent("checkpoint_000004"), to: alone)
      for (path, options) in [(run.path, ["--into", run.path]), (alone.path, [])] {
        let (dry, wet) = (try Runs.restore(path, 1, options + ["--dry-run"]), try Runs.restore(path, 1, options))
        #expect(dry.exitCode == 1 && wet.exitCode == 1)
        #expect(dry.errors == wet.errors)
      }
    }
  }

  @Test func `a condition that no result will meet is found before anything is moved`() throws {
    try withRun(["--checkpoint-every", "2"]) { run, _ in
      let before = try Runs.contents(run)
      let outcome = try Runs.restore(
        run.appendingPathComponent("checkpoint_000002").path, nil, ["--stop", "episode_reward_mean=450"])
      #expect(outcome.exitCode == 1)
      #expect(outcome.errors.hasPrefix("rlbuf: --stop episode_reward_mean: the result is not there, "))
      #expect(try Runs.contents(run) == before)
    }
  }
}
