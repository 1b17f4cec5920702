import BufferFiles
import Checkpoints
import CheckpointsTestSupport
import FileSystemsTestSupport
import ForeignFormats
import Foundation
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@testable import Inspection

/// A change to a run after its last iteration, and the one line that a comparison has to say of it.
struct Planted: CustomTestStringConvertible, Sendable {
  let name: String
  /// The section in which it is told, and what its line begins with.
  let section: String
  let line: String
  let plant: @Sendable (inout RunSample) throws -> Void
  var testDescription: String { name }

  static let all: [Planted] = [
    Planted(
      name: "a weight", section: "learner_group/learner",
      line: "  ~ rl_module/net.0.weight: float32 [16, 4], 1 of 64 differ, largest "
    ) { run in
      run.learner = try run.learner.changingTensor(["rl_module", "net.0.weight"]) { $0[0] ^= 1 }
    },
    Planted(
      name: "a moment of the optimizer", section: "learner_group/learner",
      line: "  ~ optimizer/state/net.2.weight/exp_avg: float32 [2, 16], 1 of 32 differ, largest "
    ) { run in
      run.learner = try run.learner.changingTensor(["optimizer", "state", "net.2.weight", "exp_avg"]) { $0[9] ^= 1 }
    },
    Planted(name: "a count of updates", section: "learner_group/learner", line: "  ~ num_updates: 300 -> 301") { run in
      run.learner = run.learner.setting(["num_updates"], to: 301)
    },
    Planted(
      name: "a float of an environment", section: "env_runner",
      line: "  ~ environments/0/physics: float64 [4], 1 of 4 differ, largest "
    ) { run in
      run.runner = try run.runner.changing("environments") { try $0.changingTensor(["physics"]) { $0[0] ^= 1 } }
    },
    Planted(name: "a random word", section: "env_runner", line: "  ~ generator/") { run in
      var generator = try PCG64(state: StateReader(try #require(run.runner["generator"])))
      _ = generator.next()
      run.runner = run.runner.setting(["generator"], to: generator.state)
    },
    Planted(
      name: "an episode under way", section: "env_runner",
      line: "  ~ episodes/0/rewards: float32 [7], 1 of 7 differ, largest "
    ) { run in
      run.runner = try run.runner.changing("episodes") { try $0.changingTensor(["rewards"]) { $0[0] ^= 1 } }
    },
    Planted(name: "a counter", section: "algorithm_state", line: "  ~ training_iteration: 3 -> 9") { run in
      run.algorithm = run.algorithm.setting(["training_iteration"], to: 9)
    },
    Planted(name: "a priority", section: "replay_buffer", line: "    ~ 1 of 389 kept steps differ, largest ") { run in
      _ = try run.buffer.updatePriorities([300], [0.5])
    },
    Planted(name: "a reward in the buffer", section: "replay_buffer", line: "    ~ rewards: 1 of 389 rows, largest 1 at step 42") { run in
      let contents = try EditedContents(run.buffer.snapshot())
      let row = try #require(contents.steps.firstIndex(of: 42))
      run.buffer = try PrioritizedEpisodeReplayBuffer(
        contents: contents.planting(Float(2), in: "rewards", row: row), defaults: BufferDefaults())
    },
    Planted(name: "a setting", section: "configuration", line: "  ~ lr: 0.0005 -> 0.001") { run in
      run.configuration["lr"] = 0.001
    },
    Planted(
      name: "a result", section: "results (of 4 iterations that both have)",
      line: "  ~ iteration 2/learners/default_policy/qf_loss: 0.5 -> 0.75"
    ) { run in
      run.results[1]["learners"] = ["default_policy": ["qf_loss": 0.75]]
    },
  ]
}

@Suite("Runs are compared: checkpoints, experiments, and a checkpoint with a dump")
struct RunDiffTests {
  /// Writes a run of four iterations with something planted at its end.
  private func write(
    _ path: FilePath, seed: UInt64 = 7, iterations: Int = 4, segmentBytes: Int = 4096,
    _ plant: (inout RunSample) throws -> Void = { _ in }
  ) throws {
    var run = try RunSample(seed: seed)
    for _ in 0..<iterations { try run.train() }
    try plant(&run)
    let directory = try ExperimentDirectory.create(at: path)
    try run.save(to: directory, segmentBytes: segmentBytes)
    try run.dump(to: directory)
    try run.writeTexts(to: directory)
  }

  private func diff(_ old: FilePath, _ new: FilePath, _ options: DiffReport.Options = .init()) throws -> DiffReport {
    try DiffReport(from: SavedState.open(old), to: SavedState.open(new), options: options)
  }

  private func lines(_ report: DiffReport, in directory: FilePath) -> [String] {
    DiffTextRendering().render(report).replacing("\(directory)/", with: "").split(separator: "\n").map(String.init)
  }

  @Test func `two runs of one training are the same, whatever their names, times and segments`() throws {
    try withTemporaryDirectory { directory in
      try write(directory.appending("a"))
      try write(directory.appending("b"), segmentBytes: 2048) { run in
        run.runID = "other"
        run.provenance = ["created": "2026-01-01T00:00:00Z", "host": "elsewhere"]
        run.algorithm = run.algorithm.setting(["timers"], to: ["training_step": 99.0])
        for index in run.results.indices {
          run.results[index]["timers"] = ["training_step": 99.0]
          run.results[index]["time_total_s"] = 1e6
          run.results[index]["pid"] = 1
        }
        run.configuration["callbacks"] = [
          ["name": "DumpReplayBuffer", "settings": ["to": "elsewhere", "every": ["iterations": 2]]]
        ]
      }
      let report = try diff(directory.appending("a"), directory.appending("b"))
      #expect(report.isSame)
      #expect(
        lines(report, in: directory) == [
          "same: a and b (experiment of rlbuf by its checkpoint_000004)",
          "  4 results; 4 components: algorithm_state, learner_group/learner, env_runner, replay_buffer",
        ])
      let strict = try diff(directory.appending("a"), directory.appending("b"), .init(provenance: .compared))
      #expect(!strict.isSame)
      guard case .runs(let runs) = strict.comparison else { throw WrongComparison() }
      #expect(runs.provenance.map(\.path).contains("run_id") && runs.provenance.map(\.path).contains("host"))
    }
  }

  @Test(arguments: Planted.all) func `a planted change is found, and alone`(planted: Planted) throws {
    try withTemporaryDirectory { directory in
      try write(directory.appending("a"))
      try write(directory.appending("b"), planted.plant)
      let report = try diff(directory.appending("a"), directory.appending("b"))
      #expect(!report.isSame)
      let found = lines(report, in: directory)
      #expect(found.first?.hasPrefix("different: a and b ") == true)
      // Sections are what stands at the margin; "the same" ends the page.
      let sections = found.dropFirst().filter { !$0.hasPrefix(" ") && !$0.hasPrefix("the same: ") }
      #expect(sections == [planted.section], "\(found.joined(separator: "\n"))")
      #expect(found.contains { $0.hasPrefix(planted.line) }, "\(found.joined(separator: "\n"))")
      let changes = found.filter { $0.contains("~ ") }
      // Two of PCG64's four words make its state, and only one of them moves.
      #expect(changes.count == 1, "\(found.joined(separator: "\n"))")
    }
  }

  @Test func `another seed differs in every component, tensors by distance`() throws {
    try withTemporaryDirectory { directory in
      try write(directory.appending("a"))
      try write(directory.appending("b"), seed: 8)
      guard case .runs(let runs) = try diff(directory.appending("a"), directory.appending("b")).comparison else {
        throw WrongComparison()
      }
      #expect(runs.components.allSatisfy { !$0.isSame } && runs.components.count == 4)
      guard case .state(let changes) = runs.components[1].content else { throw WrongComparison() }
      let distances = changes.compactMap { change -> Double? in
        if case .tensor(_, let difference) = change.kind { difference.distance } else { nil }
      }
      #expect(distances.count >= 12 && distances == distances.sorted(by: >))
    }
  }

  @Test func `a shorter run lacks results`() throws {
    try withTemporaryDirectory { directory in
      try write(directory.appending("a"), iterations: 6)
      try write(directory.appending("b"))
      let report = try diff(directory.appending("a"), directory.appending("b"))
      let found = lines(report, in: directory)
      #expect(found.contains("  ~ iteration: 6 -> 4") && found.contains("  - iterations 5 to 6: 2 results"))
      #expect(found[0] == "different: a and b (experiment of rlbuf by its checkpoint_000006; experiment of rlbuf by its checkpoint_000004)")
    }
  }

  @Test func `a checkpoint is compared with its experiment without results, and with dumps by its buffer`() throws {
    try withTemporaryDirectory { directory in
      let run = directory.appending("a")
      try write(run)
      let checkpoint = run.appending("checkpoint_000004")
      let whole = try diff(checkpoint, run)
      #expect(whole.isSame)
      guard case .runs(let runs) = whole.comparison else { throw WrongComparison() }
      #expect(runs.comparedResults == nil)
      for pair in [(checkpoint, run.appending("buffers/iteration-000004.msgpack.zst")), (run.appending("buffers/iteration-000004.msgpack.zst"), run)] {
        let report = try diff(pair.0, pair.1)
        #expect(report.isSame)
        guard case .buffers(let diff) = report.comparison else { throw WrongComparison() }
        #expect(diff.ring.steps.kept == 389)
      }
    }
  }

  @Test func `a tolerance lets small changes pass`() throws {
    try withTemporaryDirectory { directory in
      try write(directory.appending("a"))
      try write(directory.appending("b"), Planted.all[0].plant)
      let options = DiffReport.Options(tolerance: Tolerance(absolute: 1e-3))
      #expect(try diff(directory.appending("a"), directory.appending("b"), options).isSame)
    }
  }

  @Test func `a component that was left out differs from one that was saved`() throws {
    try withTemporaryDirectory { directory in
      var run = try RunSample(seed: 7)
      try run.train()
      try run.save(to: ExperimentDirectory.create(at: directory.appending("a")))
      var contents = CheckpointContents(
        runID: "b", iteration: run.iteration, environmentSteps: run.environmentSteps, results: run.results[0],
        configuration: run.configuration, proofs: run.contents.proofs)
      contents.add("algorithm_state", state: run.algorithm)
      contents.add("learner_group/learner", state: run.learner)
      contents.add("env_runner", state: run.runner)
      contents.omit("replay_buffer", because: "it is dumped")
      try ExperimentDirectory.create(at: directory.appending("b")).save(contents)
      let report = try diff(directory.appending("a"), directory.appending("b"))
      let found = lines(report, in: directory)
      #expect(found.contains("  ~ components/replay_buffer: \"replay buffer\" -> \"left out\""), "\(found)")
      #expect(throws: InspectionError.noSingleBuffer(directory.appending("b/checkpoint_000001"), buffers: [])) {
        try write(directory.appending("c"))
        _ = try diff(directory.appending("b"), directory.appending("c/buffers/iteration-000004.msgpack.zst"))
      }
    }
  }

  @Test func `the JSON names what the text names`() throws {
    try withTemporaryDirectory { directory in
      try write(directory.appending("a"))
      try write(directory.appending("b"), Planted.all[2].plant)
      let text = try DiffJSONRendering().render(try diff(directory.appending("a"), directory.appending("b")))
      let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(json["kind"] as? String == "runs" && json["same"] as? Bool == false)
      let runs = try #require(json["runs"] as? [String: Any])
      let components = try #require(runs["components"] as? [[String: Any]])
      #expect(components.map { $0["same"] as? Bool } == [true, false, true, true])
      let changes = try #require(components[1]["state"] as? [[String: Any]])
      #expect(changes.map { $0["path"] as? String } == ["num_updates"] && runs["compared_results"] as? Int == 4)
    }
  }
}

private struct WrongComparison: Error {}

extension StateValue {
  /// The value with the first element of a list at a key changed.
  fileprivate func changing(_ key: StateKey, _ change: (StateValue) throws -> StateValue) throws -> StateValue {
    guard case .array(var elements)? = self[key] else { throw WrongComparison() }
    elements[0] = try change(elements[0])
    return setting([key], to: .array(elements))
  }

  /// The value with other bytes in a tensor.
  fileprivate func changingTensor(_ path: [StateKey], _ change: (inout [UInt8]) -> Void) throws -> StateValue {
    let tensor = try #require(path.reduce(self as StateValue?) { $0?[$1] }?.tensor)
    var bytes = tensor.bytes
    change(&bytes)
    return setting(path[...], to: .tensor(try Tensor(tensor.dataType, shape: tensor.shape, bytes: bytes)))
  }
}
