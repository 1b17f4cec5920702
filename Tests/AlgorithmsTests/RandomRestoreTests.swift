import Algorithms
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

/// Counts what its runner sees, as a callback of somebody else would.
private struct StepCounter: SavedCallback, Checkpointable {
  static let registeredName = "StepCounter"
  private var steps: Int64 = 0
  private var iterations: Int64 = 0

  private enum CodingKeys: CodingKey {}

  mutating func onEpisodeStep(_ context: inout EpisodeContext) {
    steps += 1
    context.episode.customData["seen"] = .int(steps)
  }
  mutating func onTrainResult(_ context: inout TrainResultContext) { iterations += 1 }

  var state: StateValue { ["steps": .int(steps), "iterations": .int(iterations)] }
  mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    (steps, iterations) = (Int64(try reader.count("steps")), Int64(try reader.count("iterations")))
  }
  func checkInvariants() {}
}

@Suite struct RandomRestoreTests {
  /// A configuration of which every part that state hangs on is drawn.
  private func config(_ generator: inout PCG64, in path: FilePath) -> DQNConfig {
    func draw(_ range: Range<Int>) -> Int {
      Int(generator.integers(in: Int64(range.lowerBound)..<Int64(range.upperBound)))
    }
    let lowest = draw(1..<4)
    let nStep = draw(0..<2) == 0 ? NStep.fixed(lowest) : .drawn(from: lowest..<lowest + draw(1..<4))
    let bound = if case .drawn(let range) = nStep { range.upperBound } else { lowest }
    let capacity = [9, 30, 150, 2000][draw(0..<4)]
    let steps = draw(10..<70)
    return DQNConfig()
      .envRunners(environments: draw(1..<4), fragmentLength: draw(0..<2) == 0 ? nil : bound + draw(0..<9))
      .training(
        learningRate: Double(draw(1..<1000)) / 77_777, gamma: 1 - 1 / Double(draw(3..<200)), batchSize: draw(1..<9),
        nStep: nStep, epsilon: LinearSchedule(from: 1 / 1.1, to: 0.07, over: draw(50..<300)),
        targetUpdatePeriod: draw(5..<90), tau: 1 / Double(draw(1..<4)), learningStarts: draw(0..<60),
        gradientClip: [0.1, 1, 40][draw(0..<3)], hiddenLayers: [draw(2..<9)],
        replayBuffer: draw(0..<2) == 0
          ? .uniform(capacity: capacity)
          : .prioritized(capacity: capacity, alpha: Double(draw(1..<10)) / 7, beta: Double(draw(0..<10)) / 7)
      )
      .reporting(minimumSteps: draw(1..<90), smoothingEpisodes: draw(1..<6))
      .debugging(seed: generator.next() | 1 << 63)
      .callbacks(
        StepCounter(),
        DumpReplayBuffer(every: .newTransitions(steps), to: path.appending("buffers"), keep: .last(draw(1..<4))),
        SaveCheckpoint(
          every: .environmentSteps(draw(20..<90)), to: path, replayBuffer: .every(.environmentSteps(draw(20..<200)))))
  }

  private func services() -> TrainingServices {
    var services = testServices()
    services.registry = services.registry.registering(StepCounter.self)
    return services
  }

  private func train(_ dqn: DQN, _ iterations: Int) throws -> [TrainingResult] {
    try (0..<iterations).map { _ in try dqn.train().withoutTimes }
  }

  /// Everything a checkpoint would hold, rows included.
  private func everything(_ dqn: DQN) throws -> StateMap {
    var whole = wholeState(dqn)
    for part in try dqn.checkpointContents().parts {
      if case .state(let state) = part.content { whole[StateKey(part.name)] = state }
    }
    return whole
  }

  /// The names of what a run has written, apart from the checkpoint of one iteration and the dumps up to it: of those
  /// the run that was killed deleted more.
  private func files(_ path: FilePath, but iteration: Int) -> [String] {
    let own = ExperimentLayout(path).checkpoint(iteration).lastComponent?.string
    return ["", "buffers"].flatMap { folder in
      (try? POSIXFileSystem().list(path.appending(folder)).map(\.name.string)) ?? []
    }.filter { name in
      // A restore begins another event file.
      name != own && name != "segments" && !name.hasPrefix("superseded") && !name.hasPrefix("events.out.tfevents.")
        && ExperimentLayout.iteration(ofDump: name).map { $0 > iteration } ?? true
    }
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `whatever the configuration, a restored run goes on bit for bit`(_ seed: UInt64) throws {
    var generator = PCG64(seed: seed)
    var before = Int(generator.integers(in: 1..<5))
    let after = Int(generator.integers(in: 1..<4))
    try withTemporaryDirectory { directory in
      let (one, other) = (directory.appending("straight"), directory.appending("restored"))
      var copy = generator
      do {
        let first = try config(&copy, in: other).build(services: services())
        _ = try train(first, before)
        try first.finishWriting()
        // A checkpoint that the callback saved without the buffer is none that a run goes on from bit for bit.
        while isSaved(before, other), try !isExact(before, other) {
          _ = try train(first, 1)
          try first.finishWriting()
          before += 1
        }
        try first.save(to: other)
        // What a kill undoes.
        _ = try train(first, Int(seed % 3))
      }
      let straight = try config(&generator, in: one).build(services: services())
      let results = try train(straight, before + after)
      let resumed = try DQN.restore(from: ExperimentLayout(other).checkpoint(before), services: services())
      let report = try #require(resumed.restoreReport)
      #expect(report.isExact && report.defaulted.isEmpty && report.changed.isEmpty, "seed \(seed): \(report)")
      #expect(try train(resumed, after) == Array(results[before...]), "seed \(seed)")
      #expect(try everything(resumed) == everything(straight), "seed \(seed)")
      for dqn in [straight, resumed] { try dqn.finishWriting() }
      #expect(files(other, but: before) == files(one, but: before), "seed \(seed)")
    }
  }

  private func isSaved(_ iteration: Int, _ path: FilePath) -> Bool {
    (try? POSIXFileSystem().status(of: ExperimentLayout(path).checkpoint(iteration))) != nil
  }

  private func isExact(_ iteration: Int, _ path: FilePath) throws -> Bool {
    try Checkpoint.open(ExperimentLayout(path).checkpoint(iteration)).manifest.isExact
  }
}
