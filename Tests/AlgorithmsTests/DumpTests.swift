import Algorithms
import BufferFiles
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

@Suite struct DumpTests {
  private func names(_ directory: FilePath) throws -> [String] {
    try POSIXFileSystem().list(directory).map(\.name.string)
  }

  /// A run of so many iterations that dumps every second and saves without the buffer every so often.
  private func run(_ directory: FilePath, iterations: Int, saveEvery: Int, keep: DumpRetention = .all) throws {
    let dqn = try smallConfig().callbacks(
      DumpReplayBuffer(every: .iterations(2), to: directory.appending("buffers"), keep: keep),
      SaveCheckpoint(every: .iterations(saveEvery), to: directory, replayBuffer: .omit),
      RestoreReplayBuffer(from: directory.appending("buffers"))
    ).build(services: testServices())
    for _ in 0..<iterations { try dqn.train() }
    try dqn.finishWriting()
  }

  @Test func `a dump holds the buffer, says where it comes from, and a later result what it cost`() throws {
    try withTemporaryDirectory { directory in
      let dumps = directory.appending("buffers")
      let dqn = try smallConfig().callbacks(DumpReplayBuffer(every: .iterations(2), to: dumps))
        .build(services: testServices())
      for _ in 0..<2 { #expect(try dqn.train().value(at: "dump_replay_buffer") == nil) }
      try dqn.finishWriting()
      let path = dumps.appending("iteration-000002.msgpack.zst")
      let file = try BufferFile.open(path)
      #expect(file.header.metadata == ["iteration": 2, "environment_steps": .integer(dqn.environmentSteps)])
      #expect(try PrioritizedEpisodeReplayBuffer(contentsOf: file).state == dqn.replayBuffer.state)
      let save = try #require(dqn.lastSaves.first)
      #expect(save.kind == .dump && save.path == path && save.iteration == 2 && save.insertionCount == 120)
      let third = try dqn.train()
      #expect(third.value(at: "dump_replay_buffer/path") == .string(path.string))
      #expect(third["dump_replay_buffer/iteration"] == 2)
      #expect(third["dump_replay_buffer/insertion_count"] == 120)
      #expect(third["dump_replay_buffer/bytes_written"] == Double(save.byteCount))
      #expect(try dqn.train().value(at: "dump_replay_buffer") == nil)
    }
  }

  @Test func `only the newest dumps stay`() throws {
    try withTemporaryDirectory { directory in
      try run(directory, iterations: 7, saveEvery: 10, keep: .last(2))
      #expect(
        try names(directory.appending("buffers")) == ["iteration-000004.msgpack.zst", "iteration-000006.msgpack.zst"])
    }
  }

  @Test func `another run's dump is never overwritten`() throws {
    try withTemporaryDirectory { directory in
      let dumps = directory.appending("dumps")
      func build() throws -> DQN {
        try smallConfig().callbacks(DumpReplayBuffer(every: .iterations(1), to: dumps)).build(services: testServices())
      }
      let first = try build()
      try first.train()
      try first.finishWriting()
      let second = try build()
      try second.train()
      let error = #expect(throws: TrainingError.self) { try second.finishWriting() }
      let path = dumps.appending("iteration-000001.msgpack.zst")
      #expect(
        error?.description
          == TrainingError.saveFailed(.dump, path, iteration: 1, underlying: TrainingError.dumpExists(path)).description)
    }
  }

  @Test func `a dump that does not fit the disk is skipped with a warning and training goes on`() throws {
    try withTemporaryDirectory { directory in
      let warnings = Warnings()
      let full = FaultInjectingFileSystem(fault: Fault(.failure(.noSpace), at: .operation(.write, 1)))
      let dqn = try smallConfig().callbacks(DumpReplayBuffer(every: .iterations(1), to: directory.appending("buffers")))
        .build(services: testServices(warnings: warnings, fileSystem: full))
      try dqn.train()
      try dqn.finishWriting()
      #expect(warnings.all.count == 1)
      #expect(
        warnings.all.first?.hasPrefix("the dump \(directory)/buffers/iteration-000001.msgpack.zst is skipped:") == true)
      try dqn.train()
      try dqn.finishWriting()
      #expect(try names(directory.appending("buffers")) == ["iteration-000002.msgpack.zst"])
    }
  }

  @Test func `a dump under way is finished when the run goes away`() throws {
    try withTemporaryDirectory { directory in
      do {
        let dqn = try smallConfig().callbacks(DumpReplayBuffer(every: .iterations(1), to: directory))
          .build(services: testServices())
        try dqn.train()
      }
      #expect(try names(directory) == ["iteration-000001.msgpack.zst"])
    }
  }

  @Test func `a dump of the checkpoint's own iteration makes the run exact`() throws {
    try withTemporaryDirectory { directory in
      try run(directory, iterations: 4, saveEvery: 4)
      let straight = try smallConfig().build(services: testServices())
      for _ in 0..<6 { try straight.train() }
      let resumed = try DQN.restore(from: directory, services: testServices())
      let report = try #require(resumed.restoreReport)
      #expect(report.joined.map(\.stepsBehind) == [0])
      #expect(report.proofs.contains { $0.component == "replay_buffer" && $0.proof == .confirmed })
      for _ in 0..<2 { try resumed.train() }
      #expect(wholeState(resumed) == wholeState(straight))
    }
  }

  @Test func `the newest dump not after the checkpoint is joined, and the report says how far behind it lies`() throws {
    try withTemporaryDirectory { directory in
      try run(directory, iterations: 4, saveEvery: 3)
      let resumed = try DQN.restore(from: directory, services: testServices())
      let report = try #require(resumed.restoreReport)
      #expect(resumed.iteration == 3)
      #expect(report.joined.map(\.iteration) == [2])
      #expect(report.joined.map(\.stepsBehind) == [60])
      #expect(!report.isExact)
      #expect(report.warnings == [])
      // What follows the gap is an episode of its own.
      for _ in 0..<3 { try resumed.train() }
      try resumed.replayBuffer.checkInvariants()
      #expect(try resumed.checkpointContents().inexactBecause.count == 1)
    }
  }

  @Test func `a damaged newest dump stops the restore and names the one before it`() throws {
    try withTemporaryDirectory { directory in
      try run(directory, iterations: 4, saveEvery: 4)
      let newest = directory.appending("buffers/iteration-000004.msgpack.zst")
      var bytes = try POSIXFileSystem().readAll(newest, limit: 1 << 20)
      bytes[bytes.count / 3] ^= 1
      try POSIXFileSystem().commit(bytes.span, to: newest)
      let error = #expect(throws: TrainingError.self) { try DQN.restore(from: directory, services: testServices()) }
      let text = error?.description ?? ""
      #expect(
        text.hasPrefix(
          "the callback RestoreReplayBuffer failed at on_checkpoint_loaded: the dump \(newest) cannot be joined: "))
      #expect(
        text.hasSuffix(
          "join the newest one before it with --buffer \(directory)/buffers/iteration-000002.msgpack.zst"))
      var options = RestoreOptions()
      options.joinedDump = directory.appending("buffers/iteration-000002.msgpack.zst")
      let resumed = try DQN.restore(from: directory, options: options, services: testServices())
      #expect(resumed.restoreReport?.joined.map(\.stepsBehind) == [120])
    }
  }

  @Test func `without buffer and dump it learns again only when the buffer is filled`() throws {
    try withTemporaryDirectory { directory in
      let config = smallConfig().training(learningStarts: 100)
      do {
        let dqn = try config.build(services: testServices())
        for _ in 0..<3 { try dqn.train() }
        try dqn.save(to: directory.appending("run"), replayBuffer: .omit)
      }
      let resumed = try DQN.restore(from: directory.appending("run"), services: testServices())
      let updates = resumed.learner.updateCount
      #expect(updates > 0)
      #expect(
        resumed.restoreReport?.warnings == [
          "the replay buffer is empty: the run goes on, but not bit for bit, and learns again once "
            + "num_steps_sampled_before_learning_starts steps are in it"
        ])
      try resumed.train()
      #expect(resumed.learner.updateCount == updates)
      try resumed.train()
      #expect(resumed.learner.updateCount == updates + 21)
    }
  }
}
