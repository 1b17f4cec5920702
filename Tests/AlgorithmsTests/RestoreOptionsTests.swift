import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

@Suite struct RestoreOptionsTests {
  /// An experiment of four iterations with checkpoints at 2 and 4.
  private func experiment(in directory: FilePath) throws -> FilePath {
    let path = directory.appending("run")
    let dqn = try smallConfig().callbacks(
      DumpReplayBuffer(every: .iterations(2), to: path.appending("buffers")),
      SaveCheckpoint(every: .iterations(2), to: path)
    ).build(services: testServices())
    for _ in 0..<4 { try dqn.train() }
    return path
  }

  private func names(_ directory: FilePath) throws -> [String] {
    try POSIXFileSystem().list(directory).map(\.name.string)
  }

  private func lines(_ path: FilePath) throws -> [Substring] {
    String(decoding: try POSIXFileSystem().readAll(path, limit: 1 << 24), as: UTF8.self).split(separator: "\n")
  }

  @Test func `a checkpoint in the middle rewinds, and what lay after it moves aside`() throws {
    try withTemporaryDirectory { directory in
      let path = try experiment(in: directory)
      let before = try lines(path.appending("result.json")).count
      let resumed = try DQN.restore(from: path.appending("checkpoint_000002"), services: testServices())
      #expect(before == 4)
      #expect(resumed.iteration == 2)
      #expect(try lines(path.appending("result.json")).count == 2)
      #expect(try lines(path.appending("progress.csv")).count == 3)
      #expect(try names(path.appending("superseded-000002-1")).contains("checkpoint_000004"))
      for _ in 0..<2 { try resumed.train() }
      try resumed.finishWriting()
      #expect(try names(path).contains("checkpoint_000004"))
      #expect(try names(path.appending("buffers")) == ["iteration-000002.msgpack.zst", "iteration-000004.msgpack.zst"])
      #expect(try lines(path.appending("result.json")).count == 4)
    }
  }

  @Test func `a fork leaves the old experiment as it was, and callbacks follow it`() throws {
    try withTemporaryDirectory { directory in
      let path = try experiment(in: directory)
      let before = try names(path)
      var options = RestoreOptions()
      options.destination = .fork(directory.appending("fork"))
      let fork = try DQN.restore(from: path, options: options, services: testServices())
      for _ in 0..<2 { try fork.train() }
      try fork.finishWriting()
      #expect(try names(path) == before)
      let new = try names(directory.appending("fork"))
      #expect(new.contains("checkpoint_000006"), "\(new)")
      #expect(try names(directory.appending("fork/buffers")).contains("iteration-000006.msgpack.zst"))
    }
  }

  @Test func `a dry run reports, locks nothing and changes nothing`() throws {
    try withTemporaryDirectory { directory in
      let path = try experiment(in: directory)
      let before = try names(path)
      var options = RestoreOptions()
      options.destination = .dryRun
      options.overrides = [("lr", "1e-4")]
      let held = try ExperimentDirectory.open(at: path)
      let looked = try DQN.restore(from: path, options: options, services: testServices())
      _ = held
      let report = try #require(looked.restoreReport)
      #expect(report.changed == [.init(path: "lr", saved: "0.0005", now: "0.0001")])
      #expect(looked.learningRate == 1e-4)
      #expect(try names(path) == before)
      let error = #expect(throws: TrainingError.self) { try looked.save(to: path) }
      #expect(
        error?.description
          == "the run was restored to be looked at only; restore it without the dry run to train or save it")
    }
  }

  @Test func `a setting that several runners keep cannot be changed`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      do {
        let dqn = try smallConfig().envRunners(runners: 2).build(services: testServices())
        try dqn.train()
        try dqn.save(to: path)
      }
      var options = RestoreOptions()
      options.overrides = [("num_envs_per_env_runner", "3")]
      let error = #expect(throws: (any Error).self) {
        try DQN.restore(from: path, options: options, services: testServices())
      }
      #expect("\(try #require(error))".contains("num_envs_per_env_runner"))
      options.overrides = [("seed", "99")]
      let seed = #expect(throws: TrainingError.self) {
        try DQN.restore(from: path, options: options, services: testServices())
      }
      #expect(
        seed?.description == """
          the setting seed was 7 and is to be 99, but the restored env_runner keeps its own; leave the setting as it \
          was or restore without env_runner
          """)
    }
  }

  @Test func `a setting that a restored component keeps cannot be changed, unless it is left out`() throws {
    try withTemporaryDirectory { directory in
      let path = try experiment(in: directory)
      var options = RestoreOptions()
      options.overrides = [("replay_buffer_config/capacity", "99")]
      let error = #expect(throws: TrainingError.self) {
        try DQN.restore(from: path, options: options, services: testServices())
      }
      #expect(
        error?.description == """
          the setting replay_buffer_config/capacity was 400 and is to be 99, but the restored replay_buffer keeps its \
          own; leave the setting as it was or restore without replay_buffer
          """)
      options.selection.without = ["replay_buffer"]
      let resumed = try DQN.restore(from: path, options: options, services: testServices())
      #expect(resumed.restoreReport?.skipped == ["replay_buffer"])
      for _ in 0..<3 { try resumed.train() }
      #expect(resumed.replayBuffer.count <= 99)
    }
  }

  @Test func `without its runner a run plays new episodes into the restored buffer`() throws {
    try withTemporaryDirectory { directory in
      let path = try experiment(in: directory)
      var options = RestoreOptions()
      options.selection.without = ["env_runner"]
      let resumed = try DQN.restore(from: path, options: options, services: testServices())
      let before = resumed.replayBuffer.counters.insertionCount
      #expect(resumed.environmentSteps == resumed.restoreReport?.environmentSteps)
      #expect(try resumed.checkpointContents().inexactBecause == ["it was restored without its env_runner"])
      for _ in 0..<2 { try resumed.train() }
      #expect(resumed.replayBuffer.counters.insertionCount > before)
      try resumed.replayBuffer.checkInvariants()
    }
  }

  @Test func `other settings of sampling are no reason for the proof to fail`() throws {
    try withTemporaryDirectory { directory in
      let path = try experiment(in: directory)
      var options = RestoreOptions()
      options.overrides = [("train_batch_size", "5"), ("gamma", "0.5"), ("replay_buffer_config/beta", "0.9")]
      let resumed = try DQN.restore(from: path, options: options, services: testServices())
      #expect(resumed.restoreReport?.proofs.map(\.proof) == [.confirmed, .confirmed])
    }
  }

  @Test func `another processor is warned of`() throws {
    try withTemporaryDirectory { directory in
      let path = try experiment(in: directory)
      var services = testServices()
      services.machine.processor = "Test 2"
      let resumed = try DQN.restore(from: path, services: services)
      #expect(
        resumed.restoreReport?.warnings == [
          "the run was saved with the processor \"Test 1\" and goes on with \"Test 2\": the last bits of results may differ"
        ])
    }
  }

  @Test func `an experiment that was moved goes on where it is`() throws {
    try withTemporaryDirectory { directory in
      let path = try experiment(in: directory)
      let moved = directory.appending("elsewhere")
      try POSIXFileSystem().rename(path, to: moved, mode: .noReplace)
      let resumed = try DQN.restore(from: moved, services: testServices())
      for _ in 0..<2 { try resumed.train() }
      try resumed.finishWriting()
      #expect(try names(moved).contains("checkpoint_000006"))
      #expect(try !names(directory).contains("run"))
    }
  }

  @Test func `a new run refuses the directory of an experiment before it trains`() throws {
    try withTemporaryDirectory { directory in
      let path = try experiment(in: directory)
      let config = smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: path))
      let error = #expect(throws: TrainingError.self) { try config.build(services: testServices()) }
      #expect(error?.description.hasPrefix("the callback SaveCheckpoint failed at on_algorithm_init: ") == true)
    }
  }
}
