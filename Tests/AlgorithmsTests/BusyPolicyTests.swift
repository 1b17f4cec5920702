import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

/// What happens to a save that is due while an earlier one is not finished.
@Suite struct BusyPolicyTests {
  private func checkpoints(_ experiment: FilePath) throws -> [String] {
    try POSIXFileSystem().list(experiment).map(\.name.string).filter { $0.hasPrefix("checkpoint_") }
  }

  private func dumps(_ directory: FilePath) throws -> [Int] {
    try POSIXFileSystem().list(directory).compactMap { ExperimentLayout.iteration(ofDump: $0.name.string) }
  }

  @Test func `wait keeps training until the earlier one is finished, and all take place`() throws {
    try withTemporaryDirectory { path in
      let gate = BackgroundSaveTests.gate(1)
      let dqn = try smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: path))
        .build(services: testServices(fileSystem: gate))
      gate.set(.hold)
      try dqn.train()
      gate.waitForHeldWrite()
      let opened = Log()
      onAnotherThread {
        opened.add("opened")
        gate.set(.pass)
      }
      try dqn.train()
      // It cannot have gone on before the gate was opened.
      #expect(opened.all == ["opened"])
      #expect(try checkpoints(path).first == "checkpoint_000001")
      try dqn.train()
      try dqn.finishWriting()
      #expect(try checkpoints(path).count == 3)
    }
  }

  @Test func `skip leaves out what is due, and a later one is saved again`() throws {
    try withTemporaryDirectory { path in
      let gate = BackgroundSaveTests.gate(1)
      let dqn = try smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: path, whenBusy: .skip))
        .build(services: testServices(fileSystem: gate))
      gate.set(.hold)
      for _ in 0..<3 { try dqn.train() }
      gate.set(.pass)
      try dqn.finishWriting()
      try dqn.train()
      try dqn.finishWriting()
      #expect(try checkpoints(path) == ["checkpoint_000001", "checkpoint_000004"])
    }
  }

  @Test func `replace keeps the newest of those that wait`() throws {
    try withTemporaryDirectory { path in
      let gate = BackgroundSaveTests.gate(1)
      let dqn = try smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: path, whenBusy: .replace))
        .build(services: testServices(fileSystem: gate))
      gate.set(.hold)
      try dqn.train()
      gate.waitForHeldWrite()
      for _ in 0..<4 { try dqn.train() }
      gate.set(.pass)
      try dqn.finishWriting()
      #expect(try checkpoints(path) == ["checkpoint_000001", "checkpoint_000005"])
      let result = try dqn.train()
      #expect(result["save_checkpoint/num_left_out"] == 1)
      #expect(result["save_checkpoint/num_saves"] == 2)
      #expect(result["save_checkpoint/iteration"] == 5)
    }
  }

  @Test func `a dump that is being written does not keep a checkpoint from being saved`() throws {
    try withTemporaryDirectory { path in
      let gate = GatedFileSystem { $0.string.contains("iteration-000001") }
      let dqn = try smallConfig().callbacks(
        DumpReplayBuffer(every: .iterations(1), to: path.appending("buffers"), whenBusy: .skip),
        SaveCheckpoint(every: .iterations(1), to: path, whenBusy: .skip)
      ).build(services: testServices(fileSystem: gate))
      gate.set(.hold)
      try dqn.train()
      gate.set(.pass)
      try dqn.finishWriting()
      #expect(try checkpoints(path) == ["checkpoint_000001"])
    }
  }

  @Test(arguments: [BusyPolicy.wait, .skip, .replace])
  func `a checkpoint without the buffer stands on its dump, whatever waits and whatever is replaced`(
    _ policy: BusyPolicy
  ) throws {
    let straight = try smallConfig().build(services: testServices())
    for _ in 0..<8 { try straight.train() }
    try withTemporaryDirectory { path in
      let buffers = path.appending("buffers")
      do {
        let gate = BackgroundSaveTests.gate(1)
        let dqn = try smallConfig().callbacks(
          DumpReplayBuffer(every: .iterations(1), to: buffers, keep: .last(1), whenBusy: policy),
          SaveCheckpoint(every: .iterations(1), to: path, replayBuffer: .omit, whenBusy: policy),
          RestoreReplayBuffer(from: buffers)
        ).build(services: testServices(fileSystem: gate))
        gate.set(.hold)
        try dqn.train()
        gate.waitForHeldWrite()
        if policy == .wait { gate.set(.pass) }
        for _ in 0..<5 { try dqn.train() }
        gate.set(.pass)
      }
      let newest = policy == .skip ? 1 : 6
      #expect(try checkpoints(path).last == "checkpoint_00000\(newest)")
      // The last dump of a run that waits was pruned when the newest checkpoint was that of iteration 5.
      #expect(try dumps(buffers) == (policy == .wait ? [5, 6] : [newest]))
      let resumed = try DQN.restore(from: path, services: testServices())
      #expect(resumed.restoreReport?.joined.map(\.stepsBehind) == [0])
      while resumed.iteration < 8 { try resumed.train() }
      #expect(wholeState(resumed) == wholeState(straight))
    }
  }

  @Test(arguments: [BusyPolicy.skip, .replace])
  func `a buffer that a checkpoint left out was to hold is in the next one`(_ policy: BusyPolicy) throws {
    try withTemporaryDirectory { path in
      let gate = BackgroundSaveTests.gate(1)
      let every = SaveCheckpoint(
        every: .iterations(1), to: path, replayBuffer: .every(.iterations(2)), whenBusy: policy)
      let dqn = try smallConfig().callbacks(every).build(services: testServices(fileSystem: gate))
      gate.set(.hold)
      try dqn.train()
      gate.waitForHeldWrite()
      try dqn.train()
      if policy == .skip {
        gate.set(.pass)
        try dqn.finishWriting()
      }
      try dqn.train()
      gate.set(.pass)
      try dqn.finishWriting()
      #expect(try checkpoints(path) == ["checkpoint_000001", "checkpoint_000003"])
      #expect(try Checkpoint.open(path).manifest.omitted == [])
    }
  }

  @Test(arguments: BusyPolicy.allCases)
  func `a policy is written with the callbacks and read back, and a run without one waits`(_ policy: BusyPolicy) throws {
    let dump = DumpReplayBuffer(every: .iterations(1), to: "b", whenBusy: policy)
    let save = SaveCheckpoint(every: .iterations(1), to: "r", whenBusy: policy)
    let (dumpState, saveState) = (try StateValue(encoding: dump), try StateValue(encoding: save))
    let expected: StateValue? = policy == .wait ? nil : .string(policy.rawValue)
    #expect(dumpState["when_busy"] == expected)
    #expect(saveState["when_busy"] == expected)
    #expect(try dumpState.decode(DumpReplayBuffer.self).whenBusy == policy)
    #expect(try saveState.decode(SaveCheckpoint.self).whenBusy == policy)
  }

  @Test func `two that ask for one checkpoint get it by the policy that leaves out less`() throws {
    try withTemporaryDirectory { path in
      let gate = BackgroundSaveTests.gate(1)
      let dqn = try smallConfig().callbacks(
        SaveCheckpoint(every: .iterations(1), to: path, whenBusy: .skip),
        SaveCheckpoint(every: .iterations(2), to: path, whenBusy: .replace)
      ).build(services: testServices(fileSystem: gate))
      gate.set(.hold)
      for _ in 0..<3 { try dqn.train() }
      gate.set(.pass)
      try dqn.finishWriting()
      #expect(try checkpoints(path) == ["checkpoint_000001", "checkpoint_000002"])
    }
  }
}
