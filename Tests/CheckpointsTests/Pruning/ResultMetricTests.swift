import FileSystems
import FileSystemsTestSupport
import StateTree
import Testing

@testable import Checkpoints

@Suite("Results are found by their keys")
struct ResultMetricTests {
  private let results: StateMap = [
    "env_runners": ["episode_return_mean": 5.5, "module/returns": ["p0": 3]], "env_runners/episode_len_mean": 7,
    "learners": ["p0/loss": .nil, "count": .unsigned(.max)], "date": "today",
  ]

  @Test(
    arguments: [
      ("env_runners/episode_return_mean", 5.5), ("env_runners/module/returns/p0", 3),
      ("env_runners/episode_len_mean", 7),
      ("learners/p0/loss", nil), ("learners/count", Double(UInt64.max)), ("date", nil), ("env_runners", nil), ("", nil),
      ("env_runners/", nil), ("/env_runners/episode_return_mean", nil),
    ] as [(String, Double?)])
  func `keys with slashes are found nested and not`(path: String, value: Double?) {
    #expect(results.result(at: path)?.number == value)
  }

  @Test func `all numbers are listed by their paths`() {
    #expect(
      results.numberPaths() == [
        "env_runners/episode_return_mean", "env_runners/module/returns/p0", "env_runners/episode_len_mean",
        "learners/count",
      ])
  }

  @Test func `what a checkpoint does not say is taken from its line of the results`() throws {
    try withTemporaryDirectory { folder in
      let layout = ExperimentLayout(folder)
      try write(
        """
        {"training_iteration": 1, "loss": NaN, "return": 1}
        {"training_iteration": 2, "loss": 0.5
        {"training_iteration": 3, "loss": 0.25}\n
        """, to: layout.results)
      var metric = ResultMetric("loss", of: layout, on: POSIXFileSystem())
      #expect(metric.value(3, in: [:]) == 0.25)
      #expect(metric.value(3, in: ["loss": 2]) == 2)
      #expect(metric.value(2, in: [:]) == nil)
      #expect(metric.value(1, in: [:])?.isNaN == true)
      try metric.requireKnown()
    }
  }

  @Test func `a result that nothing has is an error that lists what there is`() throws {
    try withTemporaryDirectory { folder in
      let layout = ExperimentLayout(folder)
      var metric = ResultMetric("episode_return", of: layout, on: POSIXFileSystem())
      try metric.requireKnown()
      #expect(metric.value(1, in: ["env_runners": ["episode_return_mean": 3]]) == nil)
      #expect(
        throws: CheckpointError.unknownMetric(
          folder, name: "episode_return", known: ["env_runners/episode_return_mean"])
      ) { try metric.requireKnown() }
      // One that is there and is no number is no mistake.
      var empty = ResultMetric("loss", of: layout, on: POSIXFileSystem())
      #expect(empty.value(1, in: ["loss": .nil]) == nil)
      try empty.requireKnown()
    }
  }
}
