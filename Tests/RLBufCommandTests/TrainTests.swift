import Foundation
import Testing

@Suite("Training on the command line")
struct TrainTests {
  @Test func `an experiment has results, dumps and checkpoints, and a line an iteration tells of them`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let outcome = try Runs.train(run, 4, ["--dump-every", "2", "--checkpoint-every", "2"], width: 80)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    let names = try Runs.names(run)
    #expect(names.count { $0.hasPrefix("events.out.tfevents.") } == 1)
    #expect(
      names.filter { !$0.hasPrefix("events.out.tfevents.") } == [
        "buffers", "checkpoint_000002", "checkpoint_000004", "experiment.lock", "params.json", "progress.csv",
        "result.json", "segments", "verified.json",
      ])
    #expect(
      try Runs.names(run.appendingPathComponent("buffers")) == [
        "iteration-000002.msgpack.zst", "iteration-000004.msgpack.zst",
      ])
    #expect(try Runs.results(run).count == 4)
    let lines = outcome.output.replacing(run.path, with: "RUN").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "DQN on CartPole-v1 with seed 7, in RUN")
    #expect(lines[2] == "iteration      steps   return   replay  steps/s")
    let table = lines.dropFirst(3).prefix { !$0.isEmpty }
    let rows = table.filter { !$0.contains("saved") }
    #expect(rows.count == 4)
    for (number, row) in zip(1...4, rows) {
      #expect(row.contains(/^        [0-9]        [0-9]00  .{7}      [0-9]00  .{7}$/), "\(row)")
      #expect(row.hasPrefix("        \(number)        \(number)00"))
    }
    // Each in a line of its own, when it is durable: not before the line of its iteration.
    let saves = table.filter { $0.contains("saved") }
    #expect(saves.count == 4)
    let savedNames = ["iteration-000002", "checkpoint_000002", "iteration-000004", "checkpoint_000004"]
    for (name, save) in zip(savedNames, saves) {
      let cost = try Regex(
        "^ {11}saved \(name), [0-9.]+ k?B(ytes)?( \\([0-9.]+ k?B(ytes)? shared\\))? in [0-9.]+ m?s; training stood still for "
          + "[0-9.]+ m?s$")
      #expect(save.contains(cost), "\(save)")
      let iteration = Int(name.suffix(1)) ?? 0
      #expect(
        (table.firstIndex(of: save) ?? 0) > (table.firstIndex { $0.hasPrefix("        \(iteration) ") } ?? .max))
    }
    let done = /done: 4 iterations in [0-9.]+ m?s, 400 environment steps, mean return [0-9.]+/
    #expect(lines.contains { $0.wholeMatch(of: done) != nil })
    #expect(
      outcome.output.replacing(run.path, with: "RUN").replacing(/[0-9.]+ kB/, with: "SIZE").hasSuffix(
        """

          experiment   RUN
          results      result.json, progress.csv; settings: params.json
          dumps        2, the newest buffers/iteration-000004.msgpack.zst, SIZE
          checkpoints  2, the newest checkpoint_000004, SIZE

        next:
          rlbuf restore RUN --iterations 4
          rlbuf show RUN/buffers/iteration-000004.msgpack.zst
          rlbuf diff RUN/buffers/iteration-000002.msgpack.zst RUN/buffers/iteration-000004.msgpack.zst

        """))
  }

  @Test func `runners in processes of the command give what threads give, also after a restore`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (threads, processes) = (folder.url("threads"), folder.url("processes"))
    let two = Runs.settings(["num_env_runners=2", "evaluation_interval=2", "evaluation_num_env_runners=1"])
    let apart = two + Runs.settings(["env_runner_placement=processes"]) + ["--checkpoint-every", "2"]
    #expect(try Runs.train(threads, 4, two).exitCode == 0)
    let first = try Runs.train(processes, 2, apart)
    #expect(first.exitCode == 0, "\(first.errors)")
    let second = try Runs.restore(processes.path, 2)
    #expect(second.exitCode == 0, "\(second.errors)")
    #expect(second.errors.isEmpty)
    #expect(try Runs.results(processes) == Runs.results(threads))
  }

  @Test func `an experiment that is there is left as it is, with the remedy`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    #expect(try Runs.train(run, 1).exitCode == 0)
    let before = try Runs.contents(run)
    let outcome = try Runs.train(run, 3)
    #expect(outcome.exitCode == 1)
    #expect(outcome.output.isEmpty)
    #expect(
      outcome.errors.contains(
        #/holds an experiment already \(.+\), and nothing is written over it; go on with it with "/#))
    #expect(outcome.errors.hasSuffix("\"rlbuf restore \(run.path) --iterations 3\", or give another --out\n"))
    #expect(try Runs.contents(run) == before)
  }

  @Test func `the last iteration is saved whatever the period, and never means never`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let cases =
      [
        ("default", [], ["checkpoint_000003"]),
        ("two", ["--checkpoint-every", "2"], ["checkpoint_000002", "checkpoint_000003"]),
        ("steps", ["--checkpoint-every", "200steps"], ["checkpoint_000002", "checkpoint_000003"]),
        ("never", ["--checkpoint-every", "never"], []),
      ] as [(String, [String], [String])]
    for (name, options, expected) in cases {
      #expect(try Runs.train(folder.url(name), 3, options).exitCode == 0)
      #expect(try Runs.names(folder.url(name)).filter { $0.hasPrefix("checkpoint_") } == expected, "\(name)")
    }
  }

  @Test func `only so many dumps stay as are asked for`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    #expect(try Runs.train(run, 4, ["--dump-every", "100transitions", "--keep-dumps", "2"]).exitCode == 0)
    #expect(
      try Runs.names(run.appendingPathComponent("buffers")) == [
        "iteration-000003.msgpack.zst", "iteration-000004.msgpack.zst",
      ])
  }

  @Test(arguments: [("2", ["3", "4"]), ("last:1,every:2", ["2", "4"]), ("all", ["1", "2", "3", "4"])])
  func `only so many checkpoints stay as are asked for, the last one included`(keep: String, numbers: [String]) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let outcome = try Runs.train(
      run, 4, ["--checkpoint-every", "1", "--keep-checkpoints", keep, "--when-busy", "wait"])
    #expect(outcome.exitCode == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(try Runs.names(run).filter { $0.hasPrefix("checkpoint_") } == numbers.map { "checkpoint_00000\($0)" })
    let restored = try Runs.restore(run.path, 1)
    #expect(restored.output.contains("\nexact: the run goes on bit for bit\n"))
    // Restored, it keeps as many.
    #expect(try Runs.names(run).count { $0.hasPrefix("checkpoint_") } == (keep == "all" ? 5 : keep == "2" ? 2 : 3))
  }

  @Test(
    arguments: [
      ["--keep-checkpoints", "0"], ["--keep-checkpoints", "best"], ["--keep-checkpoints", "last:2,"],
      ["--keep-checkpoints", "best:1:x:most"], ["--keep-checkpoints", "bytes:2XB"], ["--keep-checkpoints", "age:3"],
      ["--keep-checkpoints", "bytes:99999999999TB"], ["--when-busy", "never"],
      ["--keep-checkpoints", "2", "--checkpoint-every", "never"], ["--when-busy", "skip", "--checkpoint-every", "never"],
    ])
  func `what does not say what stays, or what to do meanwhile, is a usage mistake`(options: [String]) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let outcome = try Runs.train(folder.url("run"), 1, options)
    #expect(outcome.exitCode == 64)
    #expect(outcome.errors.contains(options[0]), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test func `a result that reaches its value ends the run, whichever comes first`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let outcome = try Runs.train(
      folder.url("run"), 50,
      Runs.settings(["lr=5e-4", "n_step=[2,5]", "epsilon=[[0,1.0],[10000,0.02]]"]) + [
        "--stop", "env_runners/episode_return_mean=450", "--stop", "num_env_steps_sampled_lifetime=250",
      ])
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.contains("done: 3 iterations in "))
    #expect(outcome.output.contains("\nnum_env_steps_sampled_lifetime is 300, asked for was 250\n"))
  }

  @Test func `a result that does not exist is an error at once and not a run without end`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let outcome = try Runs.train(run, nil, ["--stop", "episode_reward_mean=450"])
    #expect(outcome.exitCode == 1)
    #expect(
      outcome.errors.hasPrefix(
        "rlbuf: --stop episode_reward_mean: the result is not there, so that the run would not end; the keys of result.json "
          + "can be given, with / between the levels, such as env_runners/episode_return_mean or num_env_steps_sampled_lifetime"
      ))
    #expect(outcome.errors.hasSuffix("; no checkpoint was saved yet, the results so far are in \(run.path)\n"))
  }

  @Test func `quiet prints nothing, and json one object a line`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let quiet = try Runs.train(folder.url("quiet"), 1, ["--quiet"])
    #expect(quiet.exitCode == 0)
    #expect((quiet.output + quiet.errors).isEmpty)
    let run = folder.url("run")
    let outcome = try Runs.train(run, 2, ["--json", "--dump-every", "2", "--checkpoint-every", "2"])
    let objects = try outcome.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(
      objects.map { $0["event"] as? String } == ["started", "iteration", "iteration", "saved", "saved", "ended"])
    #expect(objects[0]["schema"] as? String == "rlbuf.train/1")
    #expect(objects[1]["environment_steps"] as? Int == 100)
    #expect(objects[1]["replay_size"] as? Int == 100)
    let dump = objects[3]
    #expect(dump["kind"] as? String == "dump")
    #expect(dump["path"] as? String == run.path + "/buffers/iteration-000002.msgpack.zst")
    #expect(dump["iteration"] as? Int == 2)
    #expect((dump["bytes"] as? Int ?? 0) > 1000)
    #expect(dump["bytes_written"] as? Int == dump["bytes"] as? Int)
    #expect(dump["bytes_shared"] as? Int == 0)
    for key in ["stall_seconds", "duration_seconds"] { #expect((dump[key] as? Double ?? 0) > 0) }
    #expect(objects[4]["kind"] as? String == "checkpoint")
    #expect(objects[4]["path"] as? String == run.path + "/checkpoint_000002")
    #expect(objects[5]["checkpoints"] as? [String] == [run.path + "/checkpoint_000002"])
    #expect(objects[5]["reason"] as? String == "iterations")
  }

  @Test func `without --out the directory is named for environment, algorithm and time`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let words = ["train", "CartPole-v1", "--iterations", "1", "--quiet"] + Runs.tiny
    let outcome = try Binary.run(
      command: ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.root.path, Binary.path] + words)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let names = try Runs.names(folder.url("runs"))
    #expect(names.count == 1)
    #expect(names[0].contains(/^cartpole-v1-dqn-\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d$/))
  }

  @Test func `a checkpoint that cannot be written ends the run and says what is safe`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    // Where the pool of segments should be.
    try Data().write(to: run.appendingPathComponent("segments"))
    let outcome = try Runs.train(run, 2, ["--checkpoint-every", "1"])
    #expect(outcome.exitCode == 1)
    #expect(outcome.errors.contains("the checkpoint \(run.path)/checkpoint_000001 of iteration 1 was not saved: "))
    #expect(outcome.errors.hasSuffix("; no checkpoint was saved yet, the results so far are in \(run.path)\n"))
    // The second iteration may have begun before the first one's checkpoint failed.
    #expect([1, 2].contains(try Runs.results(run).count))
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func `the completion script knows the commands and their options`(
    shell: String
  ) throws {
    let script = try Binary.run(["--generate-completion-script", shell]).output
    for word in ["train", "restore", "checkpoint-every", "allow-older", "CartPole-v1", "model_config/fcnet_hiddens="] {
      #expect(script.contains(word), "\(word)")
    }
  }
}
