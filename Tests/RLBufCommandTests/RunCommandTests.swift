import Checkpoints
import CheckpointsTestSupport
import Foundation
import SystemPackage
import Testing

/// What the commands say of checkpoints and experiments that are not whole, or not finished.
@Suite("Commands on runs")
struct RunCommandTests {
  private func withRun(_ body: (URL, TemporaryFolder) throws -> Void) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    try RunSample.write(to: FilePath(run.path))
    try body(run, folder)
  }

  @Test func `verify names every damage of a checkpoint and of an experiment`() throws {
    try withRun { run, _ in
      let checkpoint = run.appendingPathComponent("checkpoint_000004")
      let learner = checkpoint.appendingPathComponent("learner_group/learner/state.msgpack.zst")
      var bytes = Array(try Data(contentsOf: learner))
      bytes[bytes.count / 2] ^= 1
      try Data(bytes).write(to: learner)
      try FileManager.default.removeItem(at: checkpoint.appendingPathComponent("algorithm_state.msgpack.zst"))
      let one = try Binary.run(["verify", checkpoint.path])
      #expect(one.exitCode == 1 && one.errors.isEmpty)
      #expect(one.output.hasPrefix("damaged: \(checkpoint.path): 2 places; "), "\(one.output)")
      #expect(one.output.contains("  algorithm_state.msgpack.zst: it is missing\n"))
      #expect(one.output.contains("  learner_group/learner/state.msgpack.zst: its SHA-256 is "))
      let whole = try Binary.run(["verify", run.path])
      #expect(whole.exitCode == 1)
      #expect(whole.output.contains("sound: \(run.path)/checkpoint_000002: "))
      #expect(whole.output.hasSuffix("damaged: \(run.path): 2 checkpoints, 2 dumps; 3 of 4 sound\n"), "\(whole.output)")
      #expect(try Binary.run(["verify", "--quiet", run.path]).output.isEmpty)
    }
  }

  @Test func `an experiment whose newest checkpoint is damaged is shown by the one before it, and says so`() throws {
    try withRun { run, _ in
      try FileManager.default.removeItem(atPath: run.path + "/checkpoint_000004/env_runner/state.msgpack.zst")
      let outcome = try Binary.run(["show", run.path])
      #expect(outcome.exitCode == 3)
      #expect(outcome.output.contains("newest checkpoint: checkpoint_000002"))
      #expect(outcome.errors.contains("passed over: ") && outcome.errors.contains("checkpoint_000004"))
    }
  }

  @Test func `a link instead of a file is not followed`() throws {
    try withRun { run, folder in
      let file = URL(fileURLWithPath: run.path + "/checkpoint_000004/env_runner/state.msgpack.zst")
      let elsewhere = folder.url("elsewhere")
      try FileManager.default.moveItem(at: file, to: elsewhere)
      try FileManager.default.createSymbolicLink(at: file, withDestinationURL: elsewhere)
      let outcome = try Binary.run(["show", run.path + "/checkpoint_000004"])
      #expect(outcome.exitCode == 1 && outcome.output.isEmpty)
      #expect(outcome.errors.contains("it is a symbolic link"), "\(outcome.errors)")
    }
  }

  @Test func `ls says that a run is going on, and does not take its lock`() throws {
    try withRun { run, _ in
      #expect(!(try Binary.run(["ls", run.path]).output.contains("running")))
      let directory = try ExperimentDirectory.open(at: FilePath(run.path))
      let outcome = try Binary.run(["ls", run.path])
      #expect(outcome.exitCode == 0 && outcome.output.contains("\n  running, 2 checkpoints, 2 dumps, "), "\(outcome.output)")
      let json = try Binary.run(["ls", "--json", run.path])
      #expect(json.output.contains("\"running\": true"))
      // The writer still writes.
      var sample = try RunSample(seed: 7)
      for _ in 0..<6 { try sample.train() }
      try sample.save(to: directory)
      #expect(try Binary.run(["ls", run.path]).output.contains("checkpoint_000006"))
    }
  }

  @Test func `no escape of a manifest reaches the terminal`() throws {
    try withRun { run, _ in
      let file = run.appendingPathComponent("checkpoint_000004/checkpoint.json")
      let text = try String(contentsOf: file, encoding: .utf8)
      let edited = text.replacing("\"cartpole-7f3a\"", with: "\"\\u001b[2J\\u202e\"").replacing("\"DQN\"", with: "\"D\\u0007\"")
      #expect(edited != text)
      try Data(RunSample.resealed(edited).utf8).write(to: file)
      for arguments in [["show"], ["show", "--json"], ["show", "--state"], ["ls"], ["verify"]] {
        let outcome = try Binary.run(arguments + [run.path])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(!(outcome.output + outcome.errors).unicodeScalars.contains { $0.value < 32 && $0 != "\n" || $0 == "\u{202e}" })
      }
    }
  }

  @Test func `what checkpoints share counts once`() throws {
    try withRun { run, _ in
      let json = try JSONSerialization.jsonObject(with: Data(try Binary.run(["ls", "--json", run.path]).output.utf8))
      let experiment = try #require(((json as? [String: Any])?["experiments"] as? [[String: Any]])?.first)
      var (files, identities) = (0, Set<Int>())
      let all = try #require(FileManager.default.enumerator(at: run, includingPropertiesForKeys: nil))
      for case let url as URL in all {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
        guard attributes[.type] as? FileAttributeType == .typeRegular, let inode = attributes[.systemFileNumber] as? Int,
          identities.insert(inode).inserted
        else { continue }
        files += attributes[.size] as? Int ?? 0
      }
      #expect(experiment["disk_bytes"] as? Int == files)
    }
  }
}
