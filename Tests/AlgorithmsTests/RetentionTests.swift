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

/// What becomes of dumps that others need, wrote, or left.
@Suite struct RetentionTests {
  private func names(_ directory: FilePath) throws -> [String] {
    try POSIXFileSystem().list(directory).map(\.name.string)
  }

  private func dump(_ iterations: Int...) -> [String] {
    iterations.map { ExperimentLayout("x").dump($0).lastComponent?.string ?? "" }
  }

  @Test func `only dumps of this run are counted and deleted`() throws {
    try withTemporaryDirectory { dumps in
      let other = try smallConfig().callbacks(DumpReplayBuffer(every: .iterations(3), to: dumps))
        .build(services: testServices())
      for _ in 0..<3 { try other.train() }
      try other.finishWriting()
      try POSIXFileSystem().commit([1, 2, 3].span, to: dumps.appending(dump(1)[0]))
      let dqn = try smallConfig().callbacks(DumpReplayBuffer(every: .iterations(2), to: dumps, keep: .last(1)))
        .build(services: testServices())
      for _ in 0..<4 { try dqn.train() }
      try dqn.finishWriting()
      #expect(try names(dumps) == dump(1, 3, 4))
    }
  }

  @Test func `the dump that the newest checkpoint stands on stays, also for a restored run`() throws {
    try withTemporaryDirectory { directory in
      let dumps = directory.appending("buffers")
      do {
        let dqn = try smallConfig().callbacks(
          DumpReplayBuffer(every: .iterations(1), to: dumps, keep: .last(1)),
          SaveCheckpoint(every: .iterations(3), to: directory, replayBuffer: .omit), RestoreReplayBuffer(from: dumps)
        ).build(services: testServices())
        for _ in 0..<5 { try dqn.train() }
      }
      #expect(try names(dumps) == dump(3, 5))
      for _ in 0..<2 {
        let resumed = try DQN.restore(from: directory, services: testServices())
        #expect(resumed.restoreReport?.joined.map(\.stepsBehind) == [0])
        for _ in 0..<2 { try resumed.train() }
        try resumed.finishWriting()
        #expect(try names(dumps) == dump(3, 5))
      }
      let resumed = try DQN.restore(from: directory, services: testServices())
      for _ in 0..<5 { try resumed.train() }
      try resumed.finishWriting()
      #expect(try names(dumps) == dump(6, 8))
    }
  }

  @Test func `a restore moves later dumps of its own run aside, and no others`() throws {
    try withTemporaryDirectory { directory in
      let (path, dumps) = (directory.appending("run"), directory.appending("dumps"))
      func build(_ every: Int) throws -> DQN {
        try smallConfig().callbacks(DumpReplayBuffer(every: .iterations(every), to: dumps))
          .build(services: testServices())
      }
      do {
        let (dqn, other) = (try build(2), try build(3))
        for _ in 0..<2 { try dqn.train() }
        try dqn.save(to: path)
        for _ in 0..<2 { try dqn.train() }
        for _ in 0..<3 { try other.train() }
      }
      #expect(try names(dumps) == dump(2, 3, 4))
      _ = try DQN.restore(from: path, services: testServices())
      #expect(try names(dumps) == dump(2, 3) + ["superseded-000002-1"])
    }
  }

  @Test func `what a killed run left of a dump goes with the next one`() throws {
    try withTemporaryDirectory { dumps in
      // No process has this number.
      let left = dumps.appending(".iteration-000007.msgpack.zst.2147483647-0.partial")
      try POSIXFileSystem().commit([1].span, to: left)
      let dqn = try smallConfig().callbacks(DumpReplayBuffer(every: .iterations(1), to: dumps))
        .build(services: testServices())
      try dqn.train()
      try dqn.finishWriting()
      #expect(try names(dumps) == dump(1))
    }
  }

  @Test func `a run that dumped into another run's experiment is not mixed with it`() throws {
    try withTemporaryDirectory { path in
      let other = try smallConfig().build(services: testServices())
      try other.train()
      try other.save(to: path)
      let dqn = try smallConfig().callbacks(DumpReplayBuffer(every: .iterations(1), to: path.appending("buffers")))
        .build(services: testServices())
      for _ in 0..<2 { try dqn.train() }
      #expect {
        try dqn.save(to: path)
      } throws: {
        guard case .experimentExists? = $0 as? CheckpointError else { return false }
        return true
      }
    }
  }

  @Test(arguments: [Int64.min, -1, .max])
  func `a dump with an impossible number of steps is no dump of another moment`(_ steps: Int64) throws {
    try withTemporaryDirectory { directory in
      let dqn = try smallConfig().build(services: testServices())
      try dqn.train()
      try dqn.save(to: directory.appending("run"), replayBuffer: .omit)
      let path = directory.appending("dump.msgpack.zst")
      try BufferFileWriter.write(
        #require(dqn.replayBufferSnapshot), to: path,
        metadata: ["iteration": .int(steps), "environment_steps": .int(steps)])
      var options = RestoreOptions()
      options.joinedDump = path
      let resumed = try DQN.restore(from: directory.appending("run"), options: options, services: testServices())
      #expect(resumed.restoreReport?.joined.map(\.stepsBehind) == [nil])
      #expect(resumed.restoreReport?.joined.map(\.iteration) == [nil])
    }
  }
}
