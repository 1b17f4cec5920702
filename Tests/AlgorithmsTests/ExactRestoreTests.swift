import Algorithms
import Checkpoints
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing
import Training

@Suite struct ExactRestoreTests {
  /// What differs between runs.
  struct Variant: CustomTestStringConvertible, Sendable {
    var name: String
    var config: DQNConfig
    var testDescription: String { name }
  }

  static let variants = [
    Variant(name: "uniform", config: smallConfig(replay: .uniform(capacity: 400))),
    Variant(name: "prioritized that turned over", config: smallConfig(replay: .prioritized(capacity: 100))),
    Variant(name: "n-step 3", config: smallConfig(nStep: .fixed(3))),
    Variant(name: "n-step drawn", config: smallConfig(nStep: .drawn(from: 2..<5))),
    Variant(name: "three environments", config: smallConfig(environments: 3, nStep: .drawn(from: 1..<4))),
  ]

  private func train(_ dqn: DQN, _ iterations: Int) throws -> [TrainingResult] {
    try (0..<iterations).map { _ in try dqn.train().withoutTimes }
  }

  @Test(arguments: variants)
  func `four iterations straight are two, a restore and two, bit for bit`(_ variant: Variant) throws {
    let straight = try variant.config.build(services: testServices())
    let results = try train(straight, 4)
    #expect((straight.runners.local?.openEpisodeCount ?? 0) > 0)
    #expect(straight.learner.updateCount > 0)
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      do {
        let first = try variant.config.build(services: testServices())
        _ = try train(first, 2)
        try first.save(to: path)
      }
      let resumed = try DQN.restore(from: path, services: testServices())
      let report = try #require(resumed.restoreReport)
      #expect(report.isExact, "\(report)")
      #expect(try train(resumed, 2) == Array(results[2...]))
      #expect(wholeState(resumed) == wholeState(straight))
    }
  }

  @Test func `what was trained after the checkpoint is superseded, and a second restore gives the same again`() throws {
    let config = smallConfig()
    let straight = try config.build(services: testServices())
    let results = try train(straight, 4)
    try withTemporaryDirectory { directory in
      let path = directory.appending("run")
      do {
        let first = try config.experiment(path).build(services: testServices())
        _ = try train(first, 2)
        try first.save(to: path)
        // What a kill interrupts: more iterations, of which no checkpoint tells.
        _ = try train(first, 1)
      }
      for _ in 0..<2 {
        let resumed = try DQN.restore(from: path, services: testServices())
        #expect(resumed.iteration == 2)
        #expect(resumed.lastResult?.withoutTimes == results[1])
        #expect(try train(resumed, 2) == Array(results[2...]))
        #expect(wholeState(resumed) == wholeState(straight))
      }
    }
  }
}
