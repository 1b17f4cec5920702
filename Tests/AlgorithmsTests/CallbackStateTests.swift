import Algorithms
import Checkpoints
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

/// Counts iterations and steps, is saved and made again.
struct Counter: SavedCallback, Checkpointable {
  static let registeredName = "Counter"
  var step = 1
  private var count = 0

  init(step: Int) { self.step = step }
  private enum CodingKeys: String, CodingKey { case step }

  mutating func onTrainResult(_ context: inout TrainResultContext) {
    count += step
    context.result["counter/iterations"] = Double(count)
  }
  mutating func onEpisodeStep(_ context: inout EpisodeContext) { count += step }

  var state: StateValue { ["count": .integer(count)] }
  mutating func restore(from state: StateValue) throws { count = try StateReader(state).count("count") }
  func checkInvariants() throws {}
}

@Suite struct CallbackStateTests {
  struct Boom: Error, CustomStringConvertible { let description = "boom" }

  @Test func `a registered callback is made again with its settings, and its state goes on`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      var services = testServices()
      services.registry = .shipped.registering(Counter.self)
      // Behind the callback that saves: the checkpoint must hold what it became at this iteration.
      let config = smallConfig().callbacks(SaveCheckpoint(every: .iterations(2), to: path), Counter(step: 10))
      do {
        let dqn = try config.build(services: services)
        for _ in 0..<2 { try dqn.train() }
      }
      let resumed = try DQN.restore(from: path, services: services)
      #expect(resumed.restoreReport?.isExact == true)
      #expect(try resumed.train()["counter/iterations"] == 30)
      #expect(wholeState(resumed)["runner"]?["callbacks"]?.first == ["name": "Counter", "state": ["count": 1800]])
    }
  }

  @Test func `a callback that nobody registered is named in the report`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      let dqn = try smallConfig().callbacks(Counter(step: 1)).build(services: testServices())
      try dqn.train()
      try dqn.save(to: path)
      let resumed = try DQN.restore(from: path, services: testServices())
      #expect(
        resumed.restoreReport?.warnings.contains(
          "the callback Counter cannot be made again from params.json; give it anew or register its type") == true)
    }
  }

  @Test func `an error while sampling stops the run half way through its iteration`() throws {
    try withTemporaryDirectory { directory in
      let dqn = try smallConfig().callbacks(onEpisodeEnd: { _ in throw Boom() }).build(services: testServices())
      let error = #expect(throws: TrainingError.self) { try dqn.train() }
      #expect(error?.description == "the callback closure 1 failed at on_episode_end: boom")
      #expect(dqn.iteration == 0)
      let again = #expect(throws: TrainingError.self) { try dqn.save(to: directory.appending("run")) }
      #expect(
        again?.description == """
          the run stopped half way through an iteration and cannot go on or be saved: the callback closure 1 failed at \
          on_episode_end: boom; restore its last checkpoint
          """)
    }
  }

  @Test func `an error at the result lets the iteration count and the run go on`() throws {
    let dqn = try smallConfig().callbacks(onTrainResult: { if $0.algorithm.iteration == 1 { throw Boom() } })
      .build(services: testServices())
    #expect(throws: TrainingError.self) { try dqn.train() }
    #expect(dqn.iteration == 1)
    #expect(dqn.lastResult == nil)
    #expect(try dqn.train().iteration == 2)
  }

  @Test func `a save inside a callback says that it is not exact`() throws {
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      do {
        let dqn = try smallConfig().callbacks(onTrainResult: { try $0.algorithm.save(to: path) })
          .build(services: testServices())
        try dqn.train()
      }
      let manifest = try Checkpoint.open(path).manifest
      #expect(
        manifest.inexactBecause == [
          "it was saved inside a callback, before the callbacks behind it saw the event"
        ])
    }
  }
}
