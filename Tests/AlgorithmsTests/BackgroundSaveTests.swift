import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

/// Checkpoints and dumps that are written while training goes on.
@Suite struct BackgroundSaveTests {
  /// A file system that can hold or refuse what goes into a checkpoint of this iteration, or into a dump of it.
  static func gate(_ iteration: Int) -> GatedFileSystem {
    GatedFileSystem { $0.string.contains("_00000\(iteration)") || $0.string.contains("iteration-00000\(iteration)") }
  }

  private func manifest(_ experiment: FilePath, _ iteration: Int) throws -> CheckpointManifest {
    try Checkpoint.open(ExperimentLayout(experiment).checkpoint(iteration)).manifest
  }

  private func names(_ directory: FilePath) throws -> [String] {
    try POSIXFileSystem().list(directory).map(\.name.string)
  }

  @Test(arguments: ExactRestoreTests.variants)
  func `a checkpoint that is written while training goes on is the run at the end of its iteration, bit for bit`(
    _ variant: ExactRestoreTests.Variant
  ) throws {
    try withTemporaryDirectory { directory in
      let (beside, atOnce) = (directory.appending("beside"), directory.appending("at-once"))
      let gate = Self.gate(2)
      let dqn = try variant.config.build(services: testServices(fileSystem: gate))
      for _ in 0..<2 { try dqn.train() }
      gate.set(.hold)
      #expect(try dqn.saveInBackground(to: beside))
      gate.waitForHeldWrite()
      // All parts change while nothing but the name of the directory is on disk: the buffer turns over, too.
      for _ in 0..<6 { try dqn.train() }
      #expect(dqn.lastSaves == [])
      #expect(!(try names(beside).contains("checkpoint_000002")))
      gate.set(.pass)
      try dqn.finishWriting()
      #expect(dqn.lastSaves.map(\.iteration) == [2])

      let other = try variant.config.build(services: testServices())
      for _ in 0..<2 { try other.train() }
      try other.save(to: atOnce)
      let (saved, expected) = (try manifest(beside, 2), try manifest(atOnce, 2))
      #expect(saved.files == expected.files)
      #expect(saved.proofs == expected.proofs)
      #expect(saved.components == expected.components)
      #expect(saved.results == expected.results)
      #expect(saved.isExact)

      for _ in 0..<6 { try other.train() }
      #expect(wholeState(dqn) == wholeState(other))
      // The lock of the first run is held; its checkpoint goes on elsewhere.
      var options = RestoreOptions()
      options.destination = .fork(directory.appending("fork"))
      let resumed = try DQN.restore(from: beside, options: options, services: testServices())
      #expect(resumed.restoreReport?.isExact == true)
      for _ in 0..<6 { try resumed.train() }
      #expect(wholeState(resumed) == wholeState(dqn))
    }
  }

  @Test func `a callback's checkpoints are those of a run that saves at once`() throws {
    try withTemporaryDirectory { directory in
      let (beside, atOnce) = (directory.appending("beside"), directory.appending("at-once"))
      let dqn = try smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: beside))
        .build(services: testServices())
      for _ in 0..<5 { try dqn.train() }
      try dqn.finishWriting()
      let other = try smallConfig().build(services: testServices())
      for _ in 0..<5 {
        try other.train()
        try other.save(to: atOnce)
      }
      for iteration in 1...5 {
        let (saved, expected) = (try manifest(beside, iteration), try manifest(atOnce, iteration))
        // The state of the callback itself is in one of them alone.
        #expect(
          saved.files.filter { $0.path != "algorithm_state.msgpack.zst" }
            == expected.files.filter { $0.path != "algorithm_state.msgpack.zst" })
        #expect(try Checkpoint.open(ExperimentLayout(beside).checkpoint(iteration)).verify().isVerified)
      }
      #expect(wholeState(dqn) == wholeState(other))
    }
  }

  @Test func `a save waits for what is being written and is durable when it returns`() throws {
    try withTemporaryDirectory { directory in
      let (gate, path) = (Self.gate(1), directory.appending("run"))
      let dqn = try smallConfig().build(services: testServices(fileSystem: gate))
      try dqn.train()
      gate.set(.hold)
      try dqn.saveInBackground(to: path)
      try dqn.train()
      onAnotherThread {
        gate.waitForHeldWrite()
        gate.set(.pass)
      }
      try dqn.save(to: path)
      for iteration in 1...2 {
        #expect(try Checkpoint.open(ExperimentLayout(path).checkpoint(iteration)).verify().isVerified)
      }
      #expect(dqn.lastSaves.map(\.iteration) == [1, 2])
      // The lock is free at once, although the run still lives.
      #expect(try DQN.restore(from: path, services: testServices()).iteration == 2)
    }
  }

  @Test func `a run that goes away finishes its checkpoint and lets go of the lock`() throws {
    try withTemporaryDirectory { path in
      for expected in 1...8 {
        do {
          let config = smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: path))
          let dqn =
            expected == 1
            ? try config.build(services: testServices()) : try DQN.restore(from: path, services: testServices())
          try dqn.train()
        }
        #expect(try Checkpoint.open(path).manifest.iteration == expected)
      }
    }
  }

  @Test func `the result in which a save is known to be durable says what it cost, and no state depends on it`() throws {
    try withTemporaryDirectory { path in
      let (gate, dumps) = (Self.gate(1), path.appending("buffers"))
      let dqn = try smallConfig().callbacks(
        DumpReplayBuffer(every: .iterations(1), to: dumps, whenBusy: .skip),
        SaveCheckpoint(every: .iterations(1), to: path, whenBusy: .skip)
      ).build(services: testServices(fileSystem: gate))
      gate.set(.hold)
      let first = try dqn.train()
      #expect(first.value(at: "save_checkpoint") == nil)
      gate.waitForHeldWrite()
      let second = try dqn.train()
      #expect(second.value(at: "save_checkpoint") == nil)
      let third = try dqn.train()
      #expect(third.value(at: "save_checkpoint") == ["num_left_out": 1])
      #expect(third.value(at: "dump_replay_buffer") == ["num_left_out": 1])
      gate.set(.pass)
      try dqn.finishWriting()
      let fourth = try dqn.train()
      #expect(fourth["save_checkpoint/iteration"] == 1)
      #expect(fourth.value(at: "save_checkpoint/path") == .string("\(path)/checkpoint_000001"))
      #expect(fourth["save_checkpoint/num_saves"] == 1)
      #expect(fourth["save_checkpoint/num_left_out"] == 1)
      let saved = try manifest(path, 1)
      #expect(fourth["save_checkpoint/bytes_shared"] == 0)
      #expect(fourth["save_checkpoint/bytes_written"] ?? 0 > Double(saved.byteCount))
      #expect(fourth["save_checkpoint/duration_s"] ?? 0 > 0)
      // The clock of tests goes forward by a second whenever it is asked.
      #expect(fourth["save_checkpoint/stall_s"] == 1)
      #expect(fourth["dump_replay_buffer/insertion_count"] == 60)
      let size = try POSIXFileSystem().status(of: dumps.appending("iteration-000001.msgpack.zst")).byteCount
      #expect(fourth["dump_replay_buffer/bytes_written"] == Double(size))
      #expect(fourth.withoutTimes.value(at: "save_checkpoint") == nil)

      let quiet = try smallConfig().build(services: testServices())
      for _ in 0..<4 { try quiet.train() }
      #expect(wholeState(quiet) == wholeState(dqn))
    }
  }
}
