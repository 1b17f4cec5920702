import Algorithms
import BufferFiles
import Checkpoints
import Environments
import FileSystemsTestSupport
import Foundation
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

/// What the README shows of one's own parts is compiled in the files beside this one, and run here.
@Suite struct ReadmeTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  /// The lines of the blocks between `// README` and `// README ends` of the files, without their common indentation.
  private static func compiled() throws -> [String] {
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    var blocks: [String] = []
    for file in files where file.lastPathComponent != "ReadmeTests.swift" {
      var block: [Substring]?
      let text = try String(contentsOf: file, encoding: .utf8)
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        switch line.drop(while: { $0 == " " }) {
        case "// README": block = []
        case "// README ends":
          let lines = try #require(block)
          let indentation = lines.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
          blocks.append(lines.map { String($0.dropFirst(indentation)) }.joined(separator: "\n"))
          block = nil
        default: block?.append(line)
        }
      }
      #expect(block == nil, "\(file.lastPathComponent)")
    }
    return blocks
  }

  /// The Swift blocks of the README's section on one's own parts.
  private static func shown() throws -> [String] {
    var root = folder
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let text = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
    let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix("Your own parts\n") })
    return section.components(separatedBy: "```swift\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
  }

  @Test func `every sample of the README's own parts is compiled word for word, in under 25 lines`() throws {
    let (shown, compiled) = (try Self.shown(), try Self.compiled())
    #expect(shown.sorted() == compiled.sorted())
    #expect(shown.count == 7)
    for block in shown { #expect(block.split(separator: "\n").count < 25, "\(block)") }
  }

  /// Trains four iterations straight, and two, a restore and two: the same bits.
  private func checkGoesOn<A: Algorithm>(
    _ config: A.Config, as type: A.Type, restoring configure: (A.Config) throws -> A.Config = { $0 },
    each check: (TrainingResult) throws -> Void
  ) throws {
    let straight = try A.build(config, services: testServices())
    let results = try train(straight, 4)
    for result in results { try check(result) }
    try withTemporaryDirectory { directory in
      do {
        let first = try A.build(config, services: testServices())
        _ = try train(first, 2)
        try first.save(to: directory.appending("run"))
      }
      let resumed = try A.restore(from: directory.appending("run"), services: testServices()) { saved in
        var again = saved
        again.common.catalogue = config.common.catalogue
        again.common.callbacks = config.common.callbacks
        return try configure(again)
      }
      let report = try #require(resumed.restoreReport)
      #expect(report.isExact, "\(report)")
      #expect(try train(resumed, 2) == Array(results[2...]))
      #expect(try components(resumed) == components(straight))
    }
  }

  private func quick(_ config: DQNConfig) -> DQNConfig {
    config.training(learningStarts: 40, hiddenLayers: [8]).reporting(minimumSteps: 100).debugging(seed: 7)
  }

  @Test func `the environment is trained on and goes on exactly`() throws {
    try checkGoesOn(quick(try ownEnvironment()), as: DQN.self) { result in
      // The last step alone is worth 1, each before it a tenth less.
      guard let best = result["env_runners/episode_return_max"] else { return }
      #expect(best <= 1 && best > 0)
    }
  }

  @Test func `the callback counts on over a restore`() throws {
    try checkGoesOn(quick(ownCallback()), as: DQN.self) { result in
      #expect(result["env_runners/falls"] == result["env_runners/num_episodes_lifetime"])
      #expect((result["env_runners/return_of_ten"] ?? 0) > 8)
    }
  }

  @Test func `the replay buffer clips rewards, goes on exactly, and is not taken for another`() throws {
    let config = quick(ownBuffer())
    try checkGoesOn(
      config, as: DQN.self, restoring: { $0.ownReplayBuffer(try #require(config.bufferFactory)) }, each: { _ in })
    let dqn = try config.build(services: testServices())
    try dqn.train()
    var buffer = dqn.replayBuffer
    let sample = try buffer.sample(count: 32, nStep: .fixed(1), gamma: 0.99, correcting: 0.4)
    #expect(sample.rewards == [Float](repeating: 0.5, count: 32))
    try withTemporaryDirectory { directory in
      try dqn.save(to: directory.appending("run"))
      let error = #expect(throws: TrainingError.self) {
        try DQN.restore(from: directory.appending("run"), services: testServices())
      }
      #expect(
        error?.description == """
          the setting replay_buffer_config/type was ClippingBuffer and is to be PrioritizedEpisodeReplayBuffer, but the \
          restored replay_buffer keeps its own; leave the setting as it was or restore without replay_buffer
          """)
    }
  }

  @Test func `a replay buffer from nothing is what its page shows, goes on exactly, and is read by its file`() throws {
    let file = try String(contentsOf: Self.folder.appendingPathComponent("BufferFromNothing.swift"), encoding: .utf8)
    let block = try #require(file.components(separatedBy: "// ReplayBuffers.md\n").last)
    let code = try #require(block.components(separatedBy: "\n  // ReplayBuffers.md ends").first)
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? $0 : $0.dropFirst(2) }
    var root = Self.folder
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let page = root.appendingPathComponent("Sources/RLBuf/Documentation.docc/ReplayBuffers.md")
    #expect(try String(contentsOf: page, encoding: .utf8).contains("```swift\n" + lines.joined(separator: "\n") + "\n```"))

    let config = quick(bufferFromNothing())
    let factory = try #require(config.bufferFactory)
    try checkGoesOn(config, as: DQN.self, restoring: { $0.ownReplayBuffer(factory) }, each: { _ in })
    try withTemporaryDirectory { directory in
      let dqn = try config.build(services: testServices())
      _ = try train(dqn, 4)
      #expect(dqn.replayBuffer.count == 300)
      let dump = directory.appending("dump.msgpack.zst")
      try BufferFileWriter.write(#require(dqn.replayBufferSnapshot), to: dump)
      let (rows, buffer) = (try BufferFile.open(dump).contents(), dqn.replayBuffer.snapshot())
      #expect(rows.kind == "RecencyBuffer")
      #expect(try rows.rows(0..<300).columns == buffer.rows(0..<300).columns)
    }
  }

  @Test func `the algorithm learns, is saved and restored, and says what it lacks`() throws {
    let climber = try climb()
    #expect(climber.best >= 200)
    let config = HillClimbingConfig().environment("CartPole-v1").debugging(seed: 7)
    try checkGoesOn(config, as: HillClimbing.self) { #expect($0["env_runners/num_episodes"] == 1) }
    let evaluation = #expect(throws: TrainingError.self) { try climber.evaluate() }
    #expect(
      evaluation?.description == """
        HillClimbing has no policy for several runners and for evaluation; implement makePolicy(observations:actions:) of \
        its configuration, or leave num_env_runners at 0
        """)
    let change = #expect(throws: TrainingError.self) { try climber.set("min_sample_timesteps_per_iteration", "5") }
    #expect(
      change?.description == """
        HillClimbing cannot change min_sample_timesteps_per_iteration while it runs; implement apply(_:), or restore a \
        checkpoint with another value
        """)
  }

  @Test func `an algorithm without learning rate and replay buffer says so`() throws {
    let warnings = Warnings()
    let config = HillClimbingConfig().environment("CartPole-v1").debugging(seed: 7)
    let climber = try HillClimbing.build(config, services: testServices(warnings: warnings))
    climber.learningRate = 0.5
    #expect(warnings.all == ["HillClimbing has no learning rate; 0.5 is ignored"] && climber.learningRate == 0)
    let buffer = try smallConfig().build(services: testServices()).replayBuffer.snapshot()
    for algorithm in [climber, try smallPPO("CartPole-v1").build(services: testServices())] as [any Algorithm] {
      let error = #expect(throws: TrainingError.self) {
        try algorithm.replaceReplayBuffer(with: buffer, continuity: .broken)
      }
      let name = type(of: algorithm.configuration).algorithm
      #expect(error?.description == "\(name) has no replay buffer; join no dump when it is restored")
    }
    #expect(HillClimbingConfig.algorithm == "HillClimbing")
  }

  @Test func `the settings train with two runners and evaluate in parallel`() throws {
    let dqn = try quick(settings().evaluation(interval: 1, duration: 2)).build(services: testServices())
    let result = try dqn.train()
    #expect(result["fault_tolerance/num_healthy_workers"] == 2)
    #expect(result["evaluation/env_runners/num_episodes"] == 2)
  }
}
