import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing
import Training

/// The call sites that the design promises, as they stand there but for the directory and shorter iterations.
@Suite struct SampleTests {
  @Test func `the first sample of the design builds, trains, saves and restores`() throws {
    try withTemporaryDirectory { directory in
      let printed = Log()
      let runs = directory.appending("runs/cartpole")
      let settings = smallConfig()
      try sample(settings, runs, print: { printed.add($0) })
      #expect(printed.all.count == 5)
      #expect(printed.all.last?.contains("checkpoint_000004") == true, "\(printed.all)")
      let names = try POSIXFileSystem().list(runs.appending("buffers")).map(\.name.string)
      #expect(names == ["iteration-000002.msgpack.zst", "iteration-000004.msgpack.zst"])
    }
  }

  private func sample(_ base: DQNConfig, _ runs: FilePath, print: @escaping @Sendable (String) -> Void) throws {
    let config =
      base
      .environment("CartPole-v1")
      .callbacks(
        DumpReplayBuffer(every: .iterations(2), to: runs.appending("buffers"), keep: .last(5)),
        SaveCheckpoint(every: .iterations(10), to: runs, replayBuffer: .include),
        onTrainResult: { context in print("\(context.result["env_runners/episode_return_mean"] ?? .nan)") },
        onCheckpointLoaded: { context in print("\(context.report)") })

    let dqn = try config.build()
    for _ in 0..<4 { try dqn.train() }
    try dqn.save(to: runs)

    let resumed = try DQN.restore(from: runs) { $0.callbacks(onCheckpointLoaded: { print("\($0.report)") }) }
    #expect(resumed.iteration == 4)
    withExtendedLifetime(dqn) {}
  }

  @Test func `a run that was let go of stops if another one went on from its checkpoint`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      let first = try smallConfig().build(services: testServices())
      try first.train()
      try first.save(to: path)
      do {
        let second = try DQN.restore(from: path, services: testServices())
        try second.train()
        // While the other one has the lock, and after it has saved.
        #expect(throws: CheckpointError.self) { try first.train() }
        #expect(first.iteration == 1)
        try second.save(to: path)
      }
      let error = #expect(throws: TrainingError.self) { try first.train() }
      #expect(error?.description == TrainingError.experimentWentOn(path, iteration: 2, here: 1).description)
    }
  }

  @Test func `the sample compiles word for word`() throws {
    // Not called: it would write into the working directory.
    func sample() throws {
      let config = DQNConfig()
        .environment("CartPole-v1")
        .callbacks(
          DumpReplayBuffer(every: .iterations(2), to: "runs/cartpole/buffers", keep: .last(5)),
          SaveCheckpoint(every: .iterations(10), to: "runs/cartpole", replayBuffer: .include),
          onTrainResult: { context in print(context.result["env_runners/episode_return_mean"] ?? .nan) },
          onCheckpointLoaded: { context in print(context.report) })

      let dqn = try config.build()
      for _ in 0..<4 { try dqn.train() }
      try dqn.save(to: "runs/cartpole")

      let resumed = try DQN.restore(from: "runs/cartpole") { $0.callbacks(onCheckpointLoaded: { print($0.report) }) }
      _ = resumed
    }
    _ = sample
  }

  @Test func `a callback repairs what it finds when a checkpoint is loaded`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      let config = smallConfig()
      do {
        let dqn = try config.build(services: testServices())
        try dqn.train()
        dqn.learningRate = 0.5  // a slip that was found too late
        try dqn.save(to: path)
      }
      let resumed = try DQN.restore(from: path, services: testServices()) {
        $0.callbacks(onCheckpointLoaded: { context in
          context.algorithm.learningRate = 1e-4
          try context.algorithm.set("target_network_update_freq", "25")
          try context.algorithm.setLearnerState(context.algorithm.learnerState.withoutMoments())
          context.report.warnings.append("repaired")
        })
      }
      #expect(resumed.learningRate == 1e-4)
      #expect(resumed.config.targetUpdatePeriod == 25)
      let cleared = try resumed.learner.state.withoutMoments()
      #expect(resumed.learner.state == cleared)
      #expect(resumed.restoreReport?.warnings.last == "repaired")
      let result = try resumed.train()
      #expect(result["learners/default_policy/default_optimizer_learning_rate"] == 1e-4)
    }
  }
}
