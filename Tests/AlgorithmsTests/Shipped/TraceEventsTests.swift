import Algorithms
import Environments
import FileSystemsTestSupport
import StateTree
import SystemPackage
import Testing
import Training

@Suite struct TraceEventsTests {
  @Test func `each event has a line when it fires`() throws {
    try withTemporaryDirectory { directory in
      let log = Log()
      let run = directory.appending("run")
      var catalogue = EnvironmentCatalogue.standard
      try catalogue.add("FixedLengths-v0") { FixedLengths(schedules: [[], [Self.length]]) }
      let dqn = try smallConfig().environment("FixedLengths-v0", in: catalogue).reporting(minimumSteps: 0)
        .evaluation(interval: 1, duration: 1)
        .callbacks(TraceEvents { log.add($0) }).build(services: testServices())
      try dqn.train()
      try dqn.save(to: run)
      try dqn.stop()
      #expect(
        log.all.map(Self.facts) == [
          "on_environment_created|runner 0|environment 0",
          "on_environment_created|runner 0|evaluation|environment 0",
          "on_algorithm_init|iteration 0",
          "on_episode_created|runner 0|environment 0|episode 0-0|length 0",
          "on_episode_start|runner 0|environment 0|episode 0-0|length 0",
          "on_episode_step|runner 0|environment 0|episode 0-0|length 1",
          "on_sample_end|runner 0|fragments 1|steps 1",
          "on_evaluate_start|iteration 0",
          "on_episode_created|runner 0|evaluation|environment 0|episode evaluation-0-0|length 0",
          "on_episode_start|runner 0|evaluation|environment 0|episode evaluation-0-0|length 0",
        ] + (1..<Self.length).map {
          "on_episode_step|runner 0|evaluation|environment 0|episode evaluation-0-0|length \($0)"
        } + [
          "on_episode_step|runner 0|evaluation|environment 0|episode evaluation-0-0|length 3|done",
          "on_episode_end|runner 0|evaluation|environment 0|episode evaluation-0-0|length 3|done",
          "on_episode_created|runner 0|evaluation|environment 0|episode evaluation-0-1|length 0",
          "on_sample_end|runner 0|evaluation|fragments 1|steps 3",
          "on_evaluate_end|iteration 0",
          "on_train_result|iteration 1",
          "on_checkpoint_saved|iteration 1|saved iteration 1|\(run.appending("checkpoint_000001"))",
          "on_algorithm_stop|iteration 1",
        ])
    }
  }
  private static let length = 3

  @Test func `lines have their facts one below the other`() throws {
    let log = Log()
    let dqn = try countingConfig().callbacks(TraceEvents([.onAlgorithmInit, .onEpisodeEnd]) { log.add($0) })
      .build(services: testServices())
    for _ in 0..<2 { try dqn.train() }
    #expect(
      log.all == [
        "on_algorithm_init         iteration 0",
        "on_episode_end            runner 0  environment 0  episode 0-0  length 2  done",
      ])
  }

  @Test func `without events of runners it has no copy there`() {
    #expect(TraceEvents([.onTrainResult]) { _ in }.listensToRunners == false)
    #expect(TraceEvents([.onEpisodeEnd]) { _ in }.listensToRunners)
  }

  @Test func `it is made again with its events, and refuses one that there is not`() throws {
    let all = try CallbackRegistry.shipped.make("TraceEvents", StateValue(encoding: TraceEvents()))
    #expect((all as? TraceEvents)?.events == Set(CallbackEvent.allCases))
    let some = TraceEvents([.onTrainResult, .onEpisodeEnd])
    #expect(try StateValue(encoding: some) == ["events": ["on_episode_end", "on_train_result"]])
    let again = try CallbackRegistry.shipped.make("TraceEvents", StateValue(encoding: some))
    #expect((again as? TraceEvents)?.events == some.events)
    let error = #expect(throws: TrainingError.self) {
      try CallbackRegistry.shipped.make("TraceEvents", ["events": ["on_sunday"]])
    }
    #expect("\(try #require(error))".contains("there is no event on_sunday; the events are on_algorithm_init, "))
  }

  @Test func `a restored run goes on printing where its registry says`() throws {
    try withTemporaryDirectory { directory in
      let config = smallConfig().callbacks(TraceEvents([.onCheckpointLoaded]) { _ in })
      let dqn = try config.build(services: testServices())
      try dqn.train()
      try dqn.save(to: directory.appending("run"))
      let log = Log()
      var services = testServices()
      services.registry = .shipped.registering(TraceEvents.self) { $0.writing { log.add($0) } }
      _ = try DQN.restore(from: directory.appending("run"), services: services)
      #expect(
        log.all.map(Self.facts)
          == ["on_checkpoint_loaded|iteration 1|\(directory.appending("run/checkpoint_000001"))"])
    }
  }

  private static func facts(_ line: String) -> String {
    line.split(separator: "  ").map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.joined(separator: "|")
  }
}
