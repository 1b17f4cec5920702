import Algorithms
import Environments
import FileSystemsTestSupport
import Foundation
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

/// The events that RLlib's callbacks saw, from `Fixtures/rllib-2.60.0/events.json`; made by
/// `tools/fixtures/rllib_events.py`, whose head says what the run is and what stands in an event.
@Suite struct EventSequenceTests {
  @Test func `the events of a run with evaluation are RLlib's, in RLlib's order`() throws {
    let recorded = try Recorded()
    #expect(recorded.run.count > 250)
    #expect(Set(recorded.run.compactMap { $0.split(separator: " ").first }).count == 10)
    try withTemporaryDirectory { directory in
      let seeds = Log()
      let run = try runAndSave(recorded, in: directory, seeds)
      #expect(run == recorded.run)
      // Deviation: every evaluation of RLlib's begins from the same seeds, ours goes on to other episodes.
      #expect(recorded.seeds == [0, 1, 1_000_000, 1_000_001, 1_000_000, 1_000_001])
      #expect(seeds.all.map { Int($0) } == Array(recorded.seeds.prefix(4)))
    }
  }

  @Test func `a restore has RLlib's events, and goes on where RLlib begins all episodes anew`() throws {
    let recorded = try Recorded()
    try withTemporaryDirectory { directory in
      _ = try runAndSave(recorded, in: directory)
      let events = EventList()
      let config = try configuration(recorded, events)
      let restored = try DQN.restore(
        from: directory.appending("run/checkpoint_000003"), options: .init(forking: directory.appending("fork")),
        services: testServices()
      ) { $0.environment("FixedLengths-v0", in: config.common.catalogue).callbacks(EventRecorder(events: events)) }
      let loaded = try #require(recorded.restored.firstIndex { $0.hasPrefix("on_checkpoint_loaded") })
      #expect(events.all == Array(recorded.restored[...loaded]))
      try restored.train()
      let saved = try #require(recorded.run.firstIndex(of: "on_train_result 3"))
      #expect(Array(events.all[(loaded + 1)...]) == Array(recorded.run[(saved + 1)...]))
      #expect(recorded.restored[loaded + 1] == "on_episode_created 0 0")
      #expect(recorded.run[saved + 1] != "on_episode_created 0 0")
    }
  }

  /// Four iterations, with a checkpoint after the third.
  private func runAndSave(_ recorded: Recorded, in directory: FilePath, _ seeds: Log? = nil) throws -> [String] {
    let events = EventList()
    let dqn = try configuration(recorded, events, seeds).build(services: testServices())
    for _ in 0..<3 { try dqn.train() }
    try dqn.save(to: directory.appending("run"))
    try dqn.train()
    try dqn.stop()
    return events.all
  }

  private func configuration(
    _ recorded: Recorded, _ events: EventList, _ seeds: Log? = nil
  ) throws -> DQNConfig {
    var catalogue = EnvironmentCatalogue.standard
    let schedules = recorded.schedules
    try catalogue.add("FixedLengths-v0") { FixedLengths(schedules: schedules, seeds: seeds) }
    return DQNConfig().environment("FixedLengths-v0", in: catalogue)
      .envRunners(environments: 2, fragmentLength: 4)
      .training(batchSize: 4, learningStarts: 8, hiddenLayers: [4])
      .evaluation(interval: 2, duration: 3, unit: .episodes)
      .callbacks(EventRecorder(events: events))
      .reporting(minimumSteps: 20).debugging(seed: 0)
  }
}

/// What the script recorded, an event a line.
private struct Recorded {
  let schedules: [[Int]]
  let seeds: [Int]
  let run: [String]
  let restored: [String]

  private struct File: Decodable {
    let schedules: [[Int]]
    let seeds: [Int]
    let run: [[Fact]]
    let restored: [[Fact]]
  }

  /// A part of an event.
  private enum Fact: Decodable {
    case name(String), flag(Bool), number(Int)
    case fragments([[Fact]])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let name = try? container.decode(String.self) {
        self = .name(name)
      } else if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Int.self) {
        self = .number(number)
      } else {
        self = .fragments(try container.decode([[Fact]].self))
      }
    }

    var text: String {
      switch self {
      case .name(let name): name
      case .flag(let flag): flag ? "done" : ""
      case .number(let number): "\(number)"
      case .fragments(let fragments):
        fragments.map { $0.map(\.text).filter { !$0.isEmpty }.joined(separator: "-") }.joined(separator: " ")
      }
    }
  }

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let data = try Data(contentsOf: root.appending(path: "Fixtures/rllib-2.60.0/events.json"))
    let file = try JSONDecoder().decode(File.self, from: data)
    (schedules, seeds) = (file.schedules, file.seeds)
    (run, restored) = (file.run.map(Self.line), file.restored.map(Self.line))
  }

  private static func line(_ event: [Fact]) -> String {
    var words = event.map(\.text)
    if case .flag(let inEvaluation) = event[1] { words[1] = inEvaluation ? "evaluation" : "" }
    return words.filter { !$0.isEmpty }.joined(separator: " ")
  }
}

/// Lines in the order in which they came.
private typealias EventList = Log

/// Writes down what RLlib's recorder does.
private struct EventRecorder: Callback {
  let events: EventList

  private func note(_ event: CallbackEvent, inEvaluation: Bool = false, _ facts: String...) {
    let words = [event.rawValue, inEvaluation ? "evaluation" : ""] + facts
    events.add(words.filter { !$0.isEmpty }.joined(separator: " "))
  }
  private func note(_ event: CallbackEvent, _ context: EpisodeContext) {
    note(
      event, inEvaluation: context.inEvaluation, "\(context.environmentIndex)", "\(context.episode.length)",
      context.episode.isDone ? "done" : "")
  }

  mutating func onAlgorithmInit(_ context: inout AlgorithmContext) { note(.onAlgorithmInit) }
  mutating func onTrainResult(_ context: inout TrainResultContext) {
    note(.onTrainResult, "\(context.result.iteration)")
  }
  mutating func onEvaluateStart(_ context: inout EvaluationContext) { note(.onEvaluateStart) }
  mutating func onEvaluateEnd(_ context: inout EvaluationContext) { note(.onEvaluateEnd) }
  mutating func onCheckpointLoaded(_ context: inout CheckpointLoadedContext) {
    note(.onCheckpointLoaded, "\(context.algorithm.iteration)")
  }
  mutating func onEnvironmentCreated(_ context: inout EnvironmentContext) {
    // RLlib makes the vector of all and says so once.
    if context.environmentIndex == 0 { note(.onEnvironmentCreated, inEvaluation: context.inEvaluation) }
  }
  mutating func onEpisodeCreated(_ context: inout EpisodeContext) { note(.onEpisodeCreated, context) }
  mutating func onEpisodeStart(_ context: inout EpisodeContext) { note(.onEpisodeStart, context) }
  mutating func onEpisodeStep(_ context: inout EpisodeContext) { note(.onEpisodeStep, context) }
  mutating func onEpisodeEnd(_ context: inout EpisodeContext) { note(.onEpisodeEnd, context) }
  mutating func onSampleEnd(_ context: inout SampleContext) {
    let fragments = context.samples.map { "\($0.length)" + ($0.isTerminated || $0.isTruncated ? "-done" : "") }
    note(.onSampleEnd, inEvaluation: context.inEvaluation, fragments.joined(separator: " "))
  }
}

extension RestoreOptions {
  /// A restore into a new experiment.
  fileprivate init(forking directory: FilePath) {
    self.init()
    destination = .fork(directory)
  }
}
