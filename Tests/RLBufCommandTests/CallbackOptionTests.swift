import Foundation
import Testing

@Suite("Callbacks and algorithms on the command line")
struct CallbackOptionTests {
  @Test func `callbacks are given by name, in order, and a restored run has them again`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let given = ["--callback", "trace-events:events=on_train_result", "--callback", "dump-replay-buffer:every=2,keep=1"]
    let outcome = try Runs.train(run, 4, given + ["--checkpoint-every", "4"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.errors == (1...4).map { "on_train_result           iteration \($0)\n" }.joined())
    #expect(try Runs.names(run.appendingPathComponent("buffers")) == ["iteration-000004.msgpack.zst"])
    #expect(try callbacks(run) == ["TraceEvents", "DumpReplayBuffer", "SaveCheckpoint"])

    let restored = try Runs.restore(
      run.path, 2, ["--callback", "trace-events:events=on_algorithm_stop", "--callback", "log-acrobot-angle"])
    #expect(restored.exitCode == 1)
    #expect(restored.errors.contains("the environment is a CartPole, expected Acrobot-v1"))

    let again = try Runs.restore(run.path, 2, ["--callback", "trace-events:events=on_algorithm_stop", "--quiet"])
    #expect(again.exitCode == 0, "\(again.errors)")
    #expect(again.errors == "on_algorithm_stop         iteration 6\n")
    #expect(try callbacks(run) == ["TraceEvents", "DumpReplayBuffer", "SaveCheckpoint"])
    #expect(try Runs.names(run.appendingPathComponent("buffers")) == ["iteration-000006.msgpack.zst"])
  }

  @Test func `lines of events leave the JSON on standard output as it is`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let outcome = try Runs.train(folder.url("run"), 2, ["--callback", "trace-events", "--json"])
    #expect(outcome.exitCode == 0)
    for line in outcome.output.split(separator: "\n") {
      #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any], "\(line)")
    }
    let events = outcome.errors.split(separator: "\n").map { $0.prefix { $0 != " " } }
    #expect(events.count { $0 == "on_episode_step" } == 200)
    #expect(events.first == "on_environment_created" && events.last == "on_algorithm_stop")
    #expect(events.contains("on_checkpoint_saved") && events.contains("on_train_result"))
  }

  @Test func `visits of a grid world are pictures in the experiment`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let outcome = try Binary.run(
      ["train", "FourRooms-v0", "--seed", "7", "--out", run.path, "--iterations", "4", "--quiet"] + Runs.tiny
        + ["--callback", "visit-heat-map:every=2"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(try Runs.names(run).filter { $0.hasSuffix(".png") } == ["visits-000002.png", "visits-000004.png"])
    let picture = try Data(contentsOf: run.appendingPathComponent("visits-000004.png"))
    #expect(picture.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    let last = try #require(try Runs.results(run).last?["visit_heat_map"] as? [String: Any])
    #expect(last["picture"] as? String == "uint8 [224, 248, 3]")
    // Each of 400 steps, and each beginning of an episode.
    #expect((last["visits"] as? Int ?? 0) > 400)
  }

  @Test func `PPO is trained, saved and restored by its name in the run`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let run = folder.url("run")
    let tiny = Runs.settings([
      "train_batch_size_per_learner=200", "minibatch_size=100", "num_epochs=1", "model_config/fcnet_hiddens=[8]",
    ])
    let start = ["train", "CartPole-v1", "--algorithm", "ppo", "--seed", "7"]
    let outcome = try Binary.run(start + ["--out", run.path, "--iterations", "2"] + tiny)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("PPO on CartPole-v1 with seed 7, in \(run.path)\n"))
    let whole = folder.url("whole")
    #expect(try Binary.run(start + ["--out", whole.path, "--iterations", "4", "--quiet"] + tiny).exitCode == 0)
    let restored = try Runs.restore(run.path, 2)
    #expect(restored.exitCode == 0, "\(restored.errors)")
    #expect(restored.output.contains("done: 2 iterations"))
    #expect(try Runs.results(run) == Runs.results(whole))

    let wrong = try Runs.restore(run.path, 1, ["--set", "clip_parm=0.1"])
    #expect(wrong.exitCode == 64)
    #expect(wrong.errors.contains("there is no setting \"clip_parm\"; did you mean \"clip_param\"?"))
  }

  @Test func `without a name continuous actions are learned by PPO`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let settings = Runs.settings(["train_batch_size_per_learner=200", "minibatch_size=100", "num_epochs=1"])
    let outcome = try Binary.run(
      ["train", "Pendulum-v1", "--seed", "7", "--out", folder.url("run").path, "--iterations", "1"] + settings)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("PPO on Pendulum-v1 with seed 7"))
  }

  @Test func `the default directory is one name below runs, whatever the environment is called`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let command = "cd \"$0\" && exec \"$1\" train FourRooms-v0 --algorithm ppo --iterations 1 --quiet "
    let settings = Runs.settings(["train_batch_size_per_learner=20", "minibatch_size=20", "num_epochs=1"]).joined(separator: " ")
    let outcome = try Binary.run(command: ["/bin/sh", "-c", command + settings, folder.root.path, Binary.path])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let names = try Runs.names(folder.url("runs"))
    #expect(names.count == 1)
    #expect(names.first?.contains(/^fourrooms-v0-ppo-[0-9-]{10}_[0-9-]{8}$/) == true)
  }

  private func callbacks(_ run: URL) throws -> [String] {
    let data = try Data(contentsOf: run.appendingPathComponent("params.json"))
    let parameters = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    return (parameters?["callbacks"] as? [[String: Any]])?.compactMap { $0["name"] as? String } ?? []
  }
}
