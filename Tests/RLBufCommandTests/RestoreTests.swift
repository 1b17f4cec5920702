import CheckpointsTestSupport
import Foundation
import Testing

@Suite("Restoring on the command line")
struct RestoreTests {
  private static let kinds =
    [
      ("prioritized, turned over", []), ("n-step", Runs.settings(["n_step=[2,5]"])),
      ("uniform", Runs.settings(["replay_buffer_config/type=EpisodeReplayBuffer"])),
    ] as [(String, [String])]

  @Test(arguments: kinds) func `eight iterations and four with four more are the same`(kind: String, settings: [String])
    throws
  {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (straight, parted) = (folder.url("straight"), folder.url("parted"))
    let every = ["--dump-every", "4", "--checkpoint-every", "4"] + settings
    #expect(try Runs.train(straight, 8, every).exitCode == 0)
    #expect(try Runs.train(parted, 4, every).exitCode == 0)
    let outcome = try Runs.restore(parted.path, 4)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\nexact: the run goes on bit for bit\n"))
    #expect(try Runs.results(straight) == Runs.results(parted))
    for name in ["checkpoint_000008", "buffers/iteration-000008.msgpack.zst"] {
      let diff = try Binary.run([
        "diff", straight.appendingPathComponent(name).path, parted.appendingPathComponent(name).path,
      ])
      #expect(diff.exitCode == 0, "\(kind), \(name): \(diff.output)\(diff.errors)")
    }
  }

  @Test func `a run that was killed between checkpoints goes on as if it had not been`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (straight, killed) = (folder.url("straight"), folder.url("killed"))
    let every = ["--dump-every", "1", "--checkpoint-every", "3"]
    let running = try RunningCommand(Runs.arguments(killed, 1000, every))
    _ = running.output { $0.hasPrefix("        5 ") }
    running.send(SIGKILL)
    #expect(running.end() == -SIGKILL)
    let newest = try #require(try Runs.names(killed).last { $0.hasPrefix("checkpoint_") })
    let iteration = try #require(Int(newest.suffix(6)))
    let lines = try Runs.results(killed).count
    let outcome = try Runs.restore(killed.path, 3)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let aside = "what lay after iteration \(iteration) is now in \(killed.path)/superseded-\(newest.suffix(6))-1\n"
    #expect(outcome.output.contains(aside) == (lines > iteration))
    #expect(try Runs.train(straight, iteration + 3, every).exitCode == 0)
    #expect(try Runs.results(straight) == Runs.results(killed))
    let end = "checkpoint_" + String(repeating: "0", count: 6 - "\(iteration + 3)".count) + "\(iteration + 3)"
    let diff = try Binary.run([
      "diff", straight.appendingPathComponent(end).path, killed.appendingPathComponent(end).path,
    ])
    #expect(diff.exitCode == 0, "\(diff.output)\(diff.errors)")
  }

  @Test func `a run that is where it was to stop is left as it is`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let (names, results) = (try Runs.names(run), try Runs.results(run))
    let outcome = try Runs.restore(run.path, nil, ["--stop", "training_iteration=3.5"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains(
        "bit for bit\n\nnothing to do: training_iteration is 4, asked for was 3.5\n\n  experiment   \(run.path)\n"))
    #expect(try Runs.names(run) == names)
    #expect(try Runs.results(run) == results)
    #expect(try Runs.restore(run.path, nil, ["--stop", "training_iteration=5"]).exitCode == 0)
    #expect(try Runs.results(run).count == 5)
  }

  /// Four iterations with a checkpoint and a dump of each second one.
  private static func saved(_ folder: TemporaryFolder, _ more: [String] = []) throws -> URL {
    let run = folder.url("run")
    let outcome = try Runs.train(run, 4, more.isEmpty ? ["--dump-every", "2", "--checkpoint-every", "2"] : more)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    return run
  }

  @Test func `an older checkpoint moves what came after it aside`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let dry = try Runs.restore(run.appendingPathComponent("checkpoint_000002").path, nil, ["--dry-run"])
    #expect(
      dry.output.hasSuffix(
        """
        would move aside: \(run.path)/checkpoint_000004
        would move aside: \(run.path)/buffers/iteration-000004.msgpack.zst
        dry run: nothing was written

        """))
    let outcome = try Runs.restore(run.appendingPathComponent("checkpoint_000002").path, 1)
    #expect(outcome.output.contains("\nwhat lay after iteration 2 is now in \(run.path)/superseded-000002-1\n"))
    #expect(try Runs.results(run).count == 3)
    let aside = run.appendingPathComponent("superseded-000002-1")
    #expect(try Runs.names(aside) == ["buffers", "checkpoint_000004", "progress.csv", "result.json"])
    #expect(try Runs.results(aside).count == 4)
  }

  @Test(arguments: [[], ["--set", "lr=1e-4"], ["--without", "replay_buffer"], ["--json"], ["--dump-every", "never"]])
  func `a dry run changes nothing on disk`(options: [String]) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let before = try Runs.contents(folder.root)
    let outcome = try Runs.restore(run.path, nil, ["--dry-run"] + options)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("checkpoint_000004"))
    #expect(try Runs.contents(folder.root) == before)
  }

  @Test func `with json the report is the first object`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let outcome = try Runs.restore(run.path + "/checkpoint_000002", 1, ["--json"])
    let objects = try outcome.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(objects.map { $0["event"] as? String } == ["restored", "iteration", "saved", "ended"])
    #expect(objects[0]["is_exact"] as? Bool == true)
    #expect(objects[0]["superseded"] as? [String] == [run.path + "/superseded-000002-1"])
  }

  @Test func `a fork leaves the old run as it is and shows what was changed`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (run, fork) = (try Self.saved(folder), folder.url("fork"))
    let before = try Runs.contents(run)
    let outcome = try Runs.restore(
      run.appendingPathComponent("checkpoint_000002").path, 2, ["--into", fork.path, "--set", "lr=1e-4"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains(#/\n  changed +lr +0\.0005 -> 0\.0001\n/#))
    #expect(outcome.output.contains("\nnot exact: lr was changed\n"))
    #expect(try Runs.contents(run) == before)
    #expect(try Runs.names(fork).filter { $0.hasPrefix("checkpoint_") } == ["checkpoint_000002", "checkpoint_000004"])
    #expect(try Runs.names(fork.appendingPathComponent("buffers")) == ["iteration-000004.msgpack.zst"])
    let parameters = try String(contentsOf: fork.appendingPathComponent("params.json"), encoding: .utf8)
    #expect(parameters.contains("\"lr\": 0.0001,"))
    let again = try Runs.restore(run.path, 1, ["--into", fork.path])
    #expect(again.exitCode == 1)
    #expect(again.errors.hasPrefix("rlbuf: \(fork.path) holds an experiment already"))
  }

  @Test func `components can be chosen, and a name that is none is an error`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let only = try Runs.restore(
      run.path, nil, ["--dry-run", "--only", "learner_group", "--into", folder.url("new").path])
    #expect(only.output.contains(#/\n  restored +learner_group/learner /#))
    #expect(only.output.contains(#/\n  skipped +replay_buffer +not selected\n/#))
    let without = try Runs.restore(run.path, 1, ["--without", "replay_buffer", "--without", "env_runner"])
    #expect(without.exitCode == 0, "\(without.errors)")
    #expect(without.output.contains("\nnot exact: env_runner was skipped\n           replay_buffer was skipped\n"))
    for options in [[], ["--dry-run"]] {
      let anew = try Runs.restore(run.path, 1, ["--only", "learner_group"] + options)
      #expect(anew.exitCode == 1)
      #expect(anew.errors.hasPrefix("rlbuf: without algorithm_state the run begins at iteration 0, and all that is in "))
    }
    let fork = folder.url("fork")
    #expect(try Runs.restore(run.path, 1, ["--only", "learner_group", "--into", fork.path]).exitCode == 0)
    #expect(try Runs.names(fork).contains("checkpoint_000001"))
    for option in ["--only", "--without"] {
      let outcome = try Runs.restore(run.path, 1, [option, "replay_bufer"])
      #expect(outcome.exitCode == 1)
      #expect(outcome.errors.contains("has no component \"replay_bufer\"; its components are algorithm_state, "))
    }
  }

  @Test func `a path of the saved run that lies outside of its experiment is said`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder, ["--dump-every", "3"])
    let elsewhere = folder.url("elsewhere").path
    let manifest = run.appendingPathComponent("checkpoint_000004/checkpoint.json")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    let edited = RunSample.resealed(text.replacing("\(run.path)/buffers", with: elsewhere))
    try edited.write(to: manifest, atomically: true, encoding: .utf8)
    let outcome = try Runs.restore(run.path, 1)
    #expect(outcome.exitCode == 0)
    #expect(
      outcome.errors
        == "warning: dumps go to \(elsewhere), outside of \(run.path), as the saved run has it; --dump-every never ends that\n"
    )
  }

  @Test func `a buffer that was left out is joined from the newest dump`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder, ["--dump-every", "3", "--checkpoint-every", "4", "--checkpoint-buffer", "omit"])
    let outcome = try Runs.restore(run.path, 2, ["--dump-every", "2"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(
      outcome.output.contains(
        "replay_buffer          300 steps of \(run.path)/buffers/iteration-000003.msgpack.zst, iteration 3, 100 steps behind\n")
    )
    // The last checkpoint was not due and holds no buffer either; this dump is of its very iteration.
    let exact = try Runs.restore(run.path, nil, ["--dry-run"])
    #expect(exact.output.contains("iteration-000006.msgpack.zst, iteration 6, 0 steps behind\n"), "\(exact.output)")
  }

  @Test func `a dump can be joined by name`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let dump = run.appendingPathComponent("buffers/iteration-000002.msgpack.zst").path
    let outcome = try Runs.restore(run.path, 1, ["--buffer", dump])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("replay_buffer          200 steps of \(dump), iteration 2, 200 steps behind\n"))
    #expect(outcome.output.contains("\nnot exact: replay_buffer was joined from a dump\n"))
    let missing = try Runs.restore(run.path, 1, ["--buffer", "/no/such/dump"])
    #expect(missing.exitCode == 1)
    #expect(missing.errors.hasPrefix("rlbuf: the dump /no/such/dump cannot be joined: "))
  }

  @Test func `checkpoints hold the buffer every so often`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(
      folder, ["--dump-every", "1", "--checkpoint-every", "1", "--checkpoint-buffer", "every:2"])
    let held = try Runs.names(run).filter { $0.hasPrefix("checkpoint_") }.map { name in
      FileManager.default.fileExists(atPath: run.appendingPathComponent(name + "/replay_buffer").path)
    }
    #expect(held == [false, true, false, true])
  }

  @Test func `what happens every so often can be changed from now on`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let options = ["--dump-every", "1", "--keep-dumps", "1", "--checkpoint-every", "100steps"]
    #expect(try Runs.restore(run.path, 2, options).exitCode == 0)
    #expect(try Runs.restore(run.path, 1).exitCode == 0)
    #expect(try Runs.names(run.appendingPathComponent("buffers")) == ["iteration-000007.msgpack.zst"])
    #expect(
      try Runs.names(run).filter { $0.hasPrefix("checkpoint_") }.map { $0.suffix(1) } == ["2", "4", "5", "6", "7"])
  }

  @Test(arguments: ["env_runner", "replay_buffer"])
  func `a damaged newest checkpoint stops the restore until an older one is allowed`(component: String) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    try Self.damage(component, of: run.appendingPathComponent("checkpoint_000004"))
    let (names, results) = (try Runs.names(run), try Runs.results(run))
    let outcome = try Runs.restore(run.path, 1)
    #expect(outcome.exitCode == 1)
    #expect(
      outcome.errors.hasPrefix("rlbuf: the newest checkpoint \(run.path)/checkpoint_000004 cannot be used: \(component)/"))
    let withLoss = component == "replay_buffer" ? ", or restore without what is lost with --with-loss" : ""
    #expect(outcome.errors.hasSuffix("; take the one before it with --allow-older\(withLoss)\n"))
    #expect(try Runs.names(run) == names)
    #expect(try Runs.results(run) == results)
    let without = try Runs.restore(run.path, nil, ["--dry-run", "--without", "replay_buffer"])
    #expect((without.exitCode == 0) == (component == "replay_buffer"), "only what is restored has to be sound")
    let older = try Runs.restore(run.path, 1, ["--allow-older"])
    #expect(older.exitCode == 0, "\(older.errors)")
    #expect(older.output.hasPrefix("restored \(run.path)/checkpoint_000002: iteration 2, "))
    #expect(older.output.contains("  passed over   \(run.path)/checkpoint_000004: \(component)/"))
  }

  @Test func `with loss, a run goes on without the steps of a damaged segment and says so from then on`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    try Self.damage("replay_buffer", of: run.appendingPathComponent("checkpoint_000004"))
    let dry = try Runs.restore(run.path, nil, ["--dry-run", "--with-loss"])
    #expect(dry.exitCode == 0 && dry.output.contains("\n  lost          replay_buffer "), "\(dry.output)\(dry.errors)")
    let outcome = try Runs.restore(run.path, 2, ["--with-loss"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("\nnot exact: replay_buffer was restored without "))
    #expect(outcome.output.contains("absent: there is nothing to compare"))
    let manifest = try String(contentsOf: run.appendingPathComponent("checkpoint_000006/checkpoint.json"), encoding: .utf8)
    #expect(manifest.contains("replay_buffer was restored without "))
    #expect(try Binary.run(["verify", run.appendingPathComponent("checkpoint_000006").path]).exitCode == 0)
    let fork = try Runs.restore(run.path, 1, ["--with-loss", "--into", folder.url("fork").path])
    #expect(fork.exitCode == 64)
  }

  @Test func `with loss, damage to anything but segments stops the restore`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    try Self.damage("env_runner", of: run.appendingPathComponent("checkpoint_000004"))
    let outcome = try Runs.restore(run.path, 1, ["--with-loss"])
    #expect(outcome.exitCode == 1 && outcome.errors.contains("cannot be used: env_runner/"))
  }

  /// Cuts the state of a component, or changes one byte in the segment of a buffer.
  private static func damage(_ component: String, of checkpoint: URL) throws {
    let directory = checkpoint.appendingPathComponent(component)
    guard let segment = try Runs.names(directory).first(where: { $0.hasPrefix("0000") }) else {
      let file = directory.appendingPathComponent("state.msgpack.zst")
      return try Data(try Data(contentsOf: file).dropLast()).write(to: file)
    }
    // In place, since the segment has a second name in the pool.
    let file = try FileHandle(forUpdating: directory.appendingPathComponent(segment))
    let middle = try file.seekToEnd() / 2
    try file.seek(toOffset: middle)
    let byte = try #require(try file.read(upToCount: 1)?.first)
    try file.seek(toOffset: middle)
    try file.write(contentsOf: Data([byte ^ 1]))
    try file.close()
  }

  @Test func `a segment that is nowhere is named`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let buffer = run.appendingPathComponent("checkpoint_000004/replay_buffer")
    let segment = try #require(try Runs.names(buffer).first { $0.hasPrefix("0000") })
    for file in [buffer.appendingPathComponent(segment), run.appendingPathComponent("segments/" + segment)] {
      try FileManager.default.removeItem(at: file)
    }
    let outcome = try Runs.restore(run.path + "/checkpoint_000004", 1)
    #expect(outcome.exitCode == 1)
    #expect(outcome.errors.contains(segment))
    #expect(try Runs.names(run).contains("checkpoint_000004"))
  }

  @Test func `a checkpoint copied out of its experiment goes on in a new one`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let alone = folder.url("elsewhere/checkpoint_000004")
    try FileManager.default.createDirectory(at: folder.url("elsewhere"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: run.appendingPathComponent("checkpoint_000004"), to: alone)
    try FileManager.default.removeItem(at: run)
    let outcome = try Runs.restore(alone.path, 1)
    #expect(outcome.exitCode == 1)
    #expect(
      outcome.errors
        == "rlbuf: \(alone.path) lies in no experiment (there is no params.json beside it); give --into DIRECTORY to go on from "
        + "it in a new one\n")
    let new = folder.url("new")
    #expect(try Runs.restore(alone.path, 2, ["--into", new.path]).exitCode == 0)
    #expect(try Runs.names(new.appendingPathComponent("buffers")) == ["iteration-000006.msgpack.zst"])
  }

  @Test func `settings that the restored parts keep are refused`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = try Self.saved(folder)
    let before = try Runs.contents(run.appendingPathComponent("checkpoint_000004"))
    let outcome = try Runs.restore(run.path, 1, ["--set", "dueling=false"])
    #expect(outcome.exitCode == 1)
    #expect(
      outcome.errors
        == "rlbuf: the setting dueling was true and is to be false, but the restored learner_group/learner keeps its own; leave "
        + "the setting as it was or restore without learner_group/learner\n")
    let environment = try Runs.restore(run.path, 1, ["--set", "env=Acrobat-v0"])
    #expect(environment.exitCode == 1)
    #expect(environment.errors.hasPrefix("rlbuf: there is no environment \"Acrobat-v0\"; "))
    #expect(try Runs.contents(run.appendingPathComponent("checkpoint_000004")) == before)
    #expect(try Runs.results(run).count == 4)
  }
}
