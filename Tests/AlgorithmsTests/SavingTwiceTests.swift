import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing
import Training

/// What goes on after saves, restores and changes that come one on top of the other.
@Suite struct SavingTwiceTests {
  @Test func `two callbacks that save in one place make one checkpoint, with the buffer if one wants it`() throws {
    try withTemporaryDirectory { path in
      let dqn = try smallConfig().callbacks(
        SaveCheckpoint(every: .iterations(1), to: path, replayBuffer: .omit),
        SaveCheckpoint(every: .iterations(2), to: path)
      ).build(services: testServices())
      for _ in 0..<3 { try dqn.train() }
      try dqn.finishWriting()
      let exact = try (1...3).map { try Checkpoint.open(ExperimentLayout(path).checkpoint($0)).manifest.isExact }
      #expect(exact == [false, true, false])
    }
  }

  @Test func `a checkpoint with the buffer is the answer to whoever wants one without`() throws {
    try withTemporaryDirectory { path in
      let dqn = try smallConfig().build(services: testServices())
      try dqn.train()
      let first = try dqn.save(to: path)
      #expect(try dqn.save(to: path, replayBuffer: .omit) == first)
    }
  }

  @Test func `a fork with which no run can go on goes again`() throws {
    try withTemporaryDirectory { directory in
      let dqn = try smallConfig().build(services: testServices())
      try dqn.train()
      try dqn.save(to: directory.appending("run"))
      var options = RestoreOptions()
      options.destination = .fork(directory.appending("fork"))
      options.overrides = [("replay_buffer_config/capacity", "99")]
      #expect(throws: TrainingError.self) {
        try DQN.restore(from: directory.appending("run"), options: options, services: testServices())
      }
      #expect(try POSIXFileSystem().list(directory).map(\.name.string) == ["run"])
      options.overrides = []
      let fork = try DQN.restore(from: directory.appending("run"), options: options, services: testServices())
      #expect(fork.iteration == 1)
    }
  }

  @Test func `a run that saves in two places goes on in both, and a fork of it in neither`() throws {
    try withTemporaryDirectory { directory in
      let (one, other) = (directory.appending("one"), directory.appending("other"))
      do {
        let dqn = try smallConfig().callbacks(
          SaveCheckpoint(every: .iterations(2), to: one), SaveCheckpoint(every: .iterations(1), to: other)
        ).build(services: testServices())
        for _ in 0..<3 { try dqn.train() }
      }
      do {
        let resumed = try DQN.restore(from: one, services: testServices())
        #expect(resumed.iteration == 2)
        for _ in 0..<2 { try resumed.train() }
        try resumed.finishWriting()
        for path in [one, other] { #expect(try Checkpoint.open(path).manifest.iteration == 4) }
        #expect(try POSIXFileSystem().list(other.appending("superseded-000002-1")).count == 3)
      }
      var options = RestoreOptions()
      options.destination = .fork(directory.appending("fork"))
      #expect(throws: TrainingError.self) { try DQN.restore(from: one, options: options, services: testServices()) }
      let superseded = other.appending("superseded-000002-1/checkpoint_000003")
      let before = try POSIXFileSystem().list(other).map(\.name.string)
      #expect(throws: CheckpointError.self) { try DQN.restore(from: superseded, services: testServices()) }
      #expect(try POSIXFileSystem().list(other).map(\.name.string) == before)
    }
  }

  @Test func `an experiment without params.json goes on where it is`() throws {
    try withTemporaryDirectory { path in
      do {
        let dqn = try smallConfig().build(services: testServices())
        try dqn.train()
        try dqn.save(to: path)
      }
      try POSIXFileSystem().unlink(path.appending("params.json"))
      let resumed = try DQN.restore(from: path, services: testServices())
      try resumed.train()
      try resumed.save(to: path)
      #expect(try POSIXFileSystem().list(path).map(\.name.string).contains("checkpoint_000002"))
      #expect(try POSIXFileSystem().list(path).map(\.name.string).contains("params.json"))
    }
  }

  @Test func `a window that was changed while running is that of the restored run`() throws {
    try withTemporaryDirectory { path in
      func changed() throws -> DQN {
        let dqn = try smallConfig().build(services: testServices())
        for _ in 0..<4 { try dqn.train() }
        try dqn.set("metrics_num_episodes_for_smoothing", "2")
        return dqn
      }
      try changed().save(to: path)
      let expected = try changed().train().withoutTimes
      #expect(try DQN.restore(from: path, services: testServices()).train().withoutTimes == expected)
    }
  }
}
