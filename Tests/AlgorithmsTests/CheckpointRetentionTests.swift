import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing

@testable import Training

/// Checkpoints that go when a newer one is durable and was read whole.
@Suite struct CheckpointRetentionTests {
  private func iterations(_ experiment: FilePath) throws -> [Int] {
    try POSIXFileSystem().list(experiment).compactMap { ExperimentLayout.iteration(ofCheckpoint: $0.name.string) }
  }

  @Test(
    arguments: [
      (Retention(last: 2), [5, 6]), (Retention(last: 1, every: 3), [3, 6]),
      (Retention(age: .seconds(86_400)), [1, 2, 3, 4, 5, 6]),
    ])
  func `a run keeps what retention says, and goes on from it bit for bit`(_ keep: Retention, _ left: [Int]) throws {
    let straight = try smallConfig().build(services: testServices())
    for _ in 0..<8 { try straight.train() }
    try withTemporaryDirectory { path in
      let warnings = Warnings()
      do {
        let dqn = try smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: path, keep: keep))
          .build(services: testServices(warnings: warnings))
        for _ in 0..<6 { try dqn.train() }
        try dqn.finishWriting()
      }
      #expect(warnings.all == [])
      #expect(try iterations(path) == left)
      for iteration in left {
        #expect(try Checkpoint.open(ExperimentLayout(path).checkpoint(iteration)).verify().isVerified)
      }
      let resumed = try DQN.restore(from: path, services: testServices())
      while resumed.iteration < 8 { try resumed.train() }
      #expect(wholeState(resumed) == wholeState(straight))
    }
  }

  @Test func `a checkpoint that is damaged when it is read again is a failure, and nothing is deleted`() throws {
    try withTemporaryDirectory { path in
      let dqn = try smallConfig().build(services: testServices())
      for _ in 0..<2 {
        try dqn.train()
        try dqn.saveInBackground(to: path)
      }
      try dqn.finishWriting()
      let state = ExperimentLayout(path).checkpoint(2).appending("env_runner/state.msgpack.zst")
      var bytes = try POSIXFileSystem().readAll(state, limit: 1 << 20)
      bytes[bytes.count / 2] ^= 1
      try POSIXFileSystem().commit(bytes.span, to: state)
      let experiment = try dqn.openExperiment(at: path)
      let error = #expect(throws: TrainingError.self) { try experiment.verifyAndPrune(2, Retention(last: 1)) }
      #expect(
        error?.description.hasPrefix("it was written and synced, and is damaged: env_runner/state.msgpack.zst: ") == true)
      #expect(try iterations(path) == [1, 2])
    }
  }

  @Test func `what happens behind a checkpoint that is durable is told of, and takes nothing back`() throws {
    struct Reason: Error, CustomStringConvertible { let description = "reason" }
    let lane = SaveJob.Lane(kind: .checkpoint, directory: "r")
    let save = FinishedSave(
      kind: .checkpoint, path: "r/c", iteration: 1, insertionCount: 1, byteCount: 1, bytesWritten: 1, bytesShared: 0,
      stall: .zero, duration: .zero)
    let writer = BackgroundWriter { _ in }
    for throwing in [false, true] {
      writer.begin(
        SaveJob(
          lane: lane, iteration: 1, path: "r/c", whenBusy: .wait, replayBuffer: .include,
          write: { .saved(save, warnings: ["one"]) },
          afterwards: {
            if throwing { throw Reason() }
            return ["two"]
          }))
    }
    writer.wait()
    let account = writer.takeAccount()
    #expect(account.finished == [save, save])
    #expect(account.warnings == ["one", "two", "one"])
    #expect(throws: TrainingError.self) { try writer.throwFailure() }
    try writer.throwFailure()
  }

  @Test func `a metric that no result has is a warning, and the run goes on`() throws {
    try withTemporaryDirectory { path in
      let warnings = Warnings()
      let keep = Retention(best: .init(1, metric: "env_runners/episode_return_men"))
      let dqn = try smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: path, keep: keep))
        .build(services: testServices(warnings: warnings))
      for _ in 0..<3 { try dqn.train() }
      try dqn.finishWriting()
      #expect(try iterations(path) == [1, 2, 3])
      #expect(warnings.all.count == 3)
      #expect(warnings.all.allSatisfy { $0.hasPrefix("checkpoints in \(path) were not pruned: ") })
    }
  }

  @Test(
    arguments: [
      Retention(last: 3), Retention(last: 1, best: .init(2, metric: "a/b", mode: .min), every: 10),
      Retention(age: .milliseconds(1500), bytes: 1 << 40),
    ])
  func `retention is written with the callback and read back`(_ keep: Retention) throws {
    let state = try StateValue(encoding: SaveCheckpoint(every: .iterations(1), to: "r", keep: keep))
    #expect(try state.decode(SaveCheckpoint.self).keep == keep)
    let all = try StateValue(encoding: SaveCheckpoint(every: .iterations(1), to: "r"))
    #expect(all["keep"] == nil)
    #expect(try all.decode(SaveCheckpoint.self).keep == nil)
  }

  @Test func `retention that says nothing, or nonsense, is refused before anything is trained`() throws {
    try withTemporaryDirectory { path in
      for keep in [Retention(), Retention(last: 0)] {
        let config = smallConfig().callbacks(SaveCheckpoint(every: .iterations(1), to: path, keep: keep))
        #expect(throws: TrainingError.self) { try config.build(services: testServices()) }
        let dqn = try smallConfig().build(services: testServices())
        #expect(throws: CheckpointError.self) { try dqn.saveInBackground(to: path, keep: keep) }
      }
      for settings in [["last": -1], ["age_seconds": -1.0], ["best": ["count": 1, "metric": "a", "mode": "most"]]]
        as [StateValue]
      {
        #expect(throws: CheckpointError.self) {
          try StateValue.map(["every": ["iterations": 1], "to": "r", "replay_buffer": "include", "keep": settings])
            .decode(SaveCheckpoint.self)
        }
      }
    }
  }
}
