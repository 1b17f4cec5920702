import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

/// Saves that come to nothing while training goes on: somebody is told, once, and the run is as it was.
@Suite struct SaveFailureTests {
  /// A run whose first checkpoint, or dump, has failed.
  private func failed(
    _ path: FilePath, _ kind: FinishedSave.Kind = .checkpoint, warnings: Warnings = Warnings()
  ) throws -> (DQN, GatedFileSystem) {
    let gate = BackgroundSaveTests.gate(1)
    let dqn = try smallConfig().build(services: testServices(warnings: warnings, fileSystem: gate))
    try dqn.train()
    gate.set(.hold)
    switch kind {
    case .checkpoint: try dqn.saveInBackground(to: path)
    case .dump: try dqn.dumpInBackground(to: path.appending("buffers"))
    }
    gate.waitForHeldWrite()
    gate.set(.fail(.ioError))
    return (dqn, gate)
  }

  private func check(_ error: TrainingError?, _ kind: FinishedSave.Kind, _ path: FilePath) {
    guard case .saveFailed(kind, let found, iteration: 1, let underlying)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let expected = ExperimentLayout(path)
    #expect(found == (kind == .checkpoint ? expected.checkpoint(1) : expected.dump(1)))
    #expect("\(underlying)".contains("cannot write"), "\(underlying)")
  }

  private func goOn(_ dqn: DQN, _ path: FilePath) throws {
    try dqn.train()
    try dqn.save(to: path)
    let resumed = try DQN.restore(from: path, services: testServices())
    #expect(resumed.restoreReport?.isExact == true)
    #expect(wholeState(resumed) == wholeState(dqn))
    let straight = try smallConfig().build(services: testServices())
    while straight.iteration < dqn.iteration { try straight.train() }
    #expect(wholeState(straight) == wholeState(dqn))
  }

  @Test(arguments: [FinishedSave.Kind.checkpoint, .dump])
  func `the next iteration throws the failure before it samples, and trains when it is called again`(
    _ kind: FinishedSave.Kind
  ) throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      let (dqn, gate) = try failed(path, kind)
      // Until the writer is done, iterations may go by; none is lost.
      var error: TrainingError?
      var before = wholeState(dqn)
      while error == nil {
        before = wholeState(dqn)
        do { try dqn.train() } catch let failure as TrainingError { error = failure }
      }
      check(error, kind, path)
      #expect(wholeState(dqn) == before)
      gate.set(.pass)
      try goOn(dqn, path)
    }
  }

  @Test func `the end throws the failure, and so does a save, which saves when it is called again`() throws {
    try withTemporaryDirectory { directory in
      let (one, two) = (directory.appending("one"), directory.appending("two"))
      let (dqn, _) = try failed(one)
      check(#expect(throws: TrainingError.self) { try dqn.finishWriting() }, .checkpoint, one)
      try dqn.finishWriting()
      try goOn(dqn, one)
      let (other, gate) = try failed(two)
      check(#expect(throws: TrainingError.self) { try other.save(to: two) }, .checkpoint, two)
      gate.set(.pass)
      #expect(try other.save(to: two).iteration == 1)
      try goOn(other, two)
    }
  }

  @Test func `of two failures each is thrown once, the older one first`() throws {
    try withTemporaryDirectory { path in
      let gate = BackgroundSaveTests.gate(1)
      let dqn = try smallConfig().callbacks(
        DumpReplayBuffer(every: .iterations(1), to: path.appending("buffers")),
        SaveCheckpoint(every: .iterations(1), to: path)
      ).build(services: testServices(fileSystem: gate))
      gate.set(.fail(.ioError))
      try dqn.train()
      check(#expect(throws: TrainingError.self) { try dqn.finishWriting() }, .dump, path)
      check(#expect(throws: TrainingError.self) { try dqn.finishWriting() }, .checkpoint, path)
      try dqn.finishWriting()
      try dqn.train()
      try dqn.finishWriting()
      #expect(dqn.lastSaves.map(\.iteration) == [2, 2])
    }
  }

  @Test func `a run that goes away warns of a failure that nobody was told of`() throws {
    try withTemporaryDirectory { path in
      let warnings = Warnings()
      do { _ = try failed(path, .dump, warnings: warnings) }
      #expect(warnings.all.count == 1)
      let dump = "\(path)/buffers/iteration-000001.msgpack.zst"
      #expect(warnings.all.first?.hasPrefix("the dump \(dump) of iteration 1 was not saved: ") == true)
    }
  }

  @Test func `a checkpoint that fails leaves the one before it, and nothing of its own`() throws {
    try withTemporaryDirectory { path in
      let gate = BackgroundSaveTests.gate(2)
      let dqn = try smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: path))
        .build(services: testServices(fileSystem: gate))
      try dqn.train()
      try dqn.finishWriting()
      gate.set(.fail(.noSpace))
      try dqn.train()
      #expect(throws: TrainingError.self) { try dqn.finishWriting() }
      #expect(
        try POSIXFileSystem().list(path).map(\.name.string) == [
          "checkpoint_000001", "events.out.tfevents.1700000000.test", "experiment.lock", "params.json", "progress.csv",
          "result.json", "segments", "verified.json",
        ])
      #expect(try Checkpoint.open(path).verify().isVerified)
      #expect(try Checkpoint.open(path).manifest.iteration == 1)
      try dqn.train()
      try dqn.finishWriting()
      #expect(try Checkpoint.open(path).manifest.iteration == 3)
    }
  }
}
