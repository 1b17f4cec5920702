import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("A restore says all it did and did not do")
struct RestorationTests {
  private func withCheckpoint(
    _ change: (inout CheckpointContents) throws -> Void = { _ in }, _ body: (Checkpoint, ReplayBuffer) throws -> Void
  ) throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      let buffer = try grown(ReplayBuffer.self)
      var contents = CheckpointContents(runID: "run", iteration: 4, environmentSteps: 400)
      contents.add("algorithm_state", state: ["iteration": 4])
      contents.add("env_runner", state: PCG64(seed: 7).state)
      contents.add("learner_group/learner", state: ["w": 1.5])
      contents.add("replay_buffer", buffer: buffer.snapshot())
      contents.proofs["env_runner"] = StateDigest.sha256(of: PCG64(seed: 7).state)
      try change(&contents)
      try experiment.save(contents)
      try body(try Checkpoint.open(experiment.path), buffer)
    }
  }

  @Test func `a restore of everything is exact and says so`() throws {
    try withCheckpoint { checkpoint, saved in
      var restoration = try Restoration(checkpoint)
      var generator = PCG64(seed: 1)
      var buffer = try ReplayBuffer.empty(capacity: 1)
      #expect(try restoration.state(of: "algorithm_state") == ["iteration": 4])
      #expect(try restoration.restore("env_runner", into: &generator))
      restoration.check(proof: StateDigest.sha256(of: generator.state), of: "env_runner")
      #expect(try restoration.state(of: "learner_group/learner") == ["w": 1.5])
      #expect(try restoration.restoreBuffer("replay_buffer", into: &buffer))
      #expect(buffer.state == saved.state && generator.state == PCG64(seed: 7).state)
      let bytes = ["algorithm_state", "env_runner", "learner_group/learner", "replay_buffer"].map {
        grouped(checkpoint.byteCount(of: $0))
      }
      let report = restoration.finish()
      #expect(report.isExact)
      #expect(
        report.description == """
          restored \(checkpoint.path): iteration 4, 400 environment steps
            restored      algorithm_state        \(bytes[0]) bytes
            restored      env_runner             \(bytes[1]) bytes
            restored      learner_group/learner  \(bytes[2]) bytes
            restored      replay_buffer          300 steps, \(bytes[3]) bytes
            proof         env_runner             confirmed: its next draws are those of the saved run
          exact: the run goes on bit for bit
          """)
    }
  }

  @Test func `nothing is left out silently`() throws {
    try withCheckpoint({ contents in
      contents.omit("other_buffer", because: "it is dumped")
      contents.inexactBecause = ["a runner failed"]
      contents.proofs["algorithm_state"] = "aabbccddee"
    }) { checkpoint, _ in
      var restoration = try Restoration(checkpoint, selection: .init(without: ["learner_group", "replay_buffer"]))
      #expect(try restoration.state(of: "algorithm_state") != nil)
      var generator = PCG64(seed: 1)
      #expect(try restoration.restore("env_runner", into: &generator))
      #expect(try restoration.restore("evaluation", into: &generator) == false)
      #expect(try restoration.restore("other_buffer", into: &generator) == false)
      var buffer = try ReplayBuffer.empty(capacity: 1)
      #expect(try restoration.restoreBuffer("replay_buffer", into: &buffer) == false)
      #expect(buffer.count == 0)
      restoration.check(proof: "0011223344", of: "algorithm_state")
      restoration.report.changed.append(.init(path: "lr", saved: "0.5", now: "0.1"))
      restoration.report.defaulted.append(.init(name: "grad_clip", reason: "not saved; 40.0"))
      restoration.report.lostClosures.append("on_train_result")
      restoration.report.warnings.append("saved on another processor\u{1b}[31m")
      restoration.report.joined.append(
        .init(component: "other_buffer", path: "buffers/x", iteration: 3, steps: 90, stepsBehind: 100))
      let bytes = ["algorithm_state", "env_runner"].map { grouped(checkpoint.byteCount(of: $0)) }
      let report = restoration.finish()
      #expect(!report.isExact)
      #expect(
        report.description == """
          restored \(checkpoint.path): iteration 4, 400 environment steps
            restored      algorithm_state        \(bytes[0]) bytes
            restored      env_runner             \(bytes[1]) bytes
            joined        other_buffer           90 steps of buffers/x, iteration 3, 100 steps behind
            skipped       replay_buffer          not selected
            skipped       learner_group/learner  not selected
            left out      other_buffer           it is dumped
            missing       evaluation             not in the checkpoint; it begins anew
            changed       lr                     0.5 -> 0.1
            defaulted     grad_clip              not saved; 40.0
            lost closure  on_train_result        the saved run had it; give it again
            proof         algorithm_state        failed: its next draws are 00112233, saved were aabbccdd
            proof         env_runner             absent: there is nothing to compare
            warning       saved on another processor\\u{1b}[31m
          not exact: a runner failed
                     replay_buffer was skipped
                     learner_group/learner was skipped
                     evaluation is not in the checkpoint
                     other_buffer was joined from a dump
                     lr was changed
                     grad_clip was not saved
                     the closure on_train_result is gone
                     the proof of algorithm_state failed
          """)
    }
  }

  @Test func `what nobody asked for is extra`() throws {
    try withCheckpoint { checkpoint, _ in
      let report = try Restoration(checkpoint, selection: .init(only: ["env_runner", "replay_buffer"])).finish()
      #expect(report.extra == ["env_runner", "replay_buffer"])
      #expect(report.skipped == ["algorithm_state", "learner_group/learner"])
    }
  }

  @Test func `what was left out is reported even if nobody asks for it`() throws {
    try withCheckpoint({ $0.omit("other_buffer", because: "it is dumped") }) { checkpoint, _ in
      let report = try Restoration(checkpoint).finish()
      #expect(report.omitted == [.init(name: "other_buffer", reason: "it is dumped")])
      #expect(throws: CheckpointError.omittedComponent(checkpoint.path, name: "other_buffer", because: "it is dumped"))
      {
        try checkpoint.buffer("other_buffer")
      }
    }
  }

  @Test(
    arguments: [
      (["learner_group"], [], ["learner_group/learner"]), (["learner_group/learner"], [], ["learner_group/learner"]),
      (nil, ["learner_group", "env_runner"], ["algorithm_state", "replay_buffer"]),
      (["env_runner", "replay_buffer"], ["replay_buffer"], ["env_runner"]),
    ] as [([String]?, [String], [String])])
  func `a name selects what lies below it`(only: [String]?, without: [String], expected: [String]) throws {
    let selection = ComponentSelection(only: only, without: without)
    let all = ["algorithm_state", "env_runner", "learner_group/learner", "replay_buffer"]
    #expect(all.filter(selection.selects) == expected)
  }

  @Test(arguments: ["learner", "learner_group/", "env", "replay_buffer/rows", ""])
  func `a name that selects nothing is an error with the names there are`(name: String) throws {
    try withCheckpoint { checkpoint, _ in
      let known = ["algorithm_state", "env_runner", "learner_group/learner", "replay_buffer"]
      for selection in [ComponentSelection(only: [name]), ComponentSelection(without: [name])] {
        #expect(throws: CheckpointError.unknownComponent(checkpoint.path, name: name, known: known)) {
          try Restoration(checkpoint, selection: selection)
        }
      }
    }
  }

  @Test func `a part that does not fit stays as it was`() throws {
    try withCheckpoint { checkpoint, _ in
      var restoration = try Restoration(checkpoint)
      var generator = PCG64(seed: 1)
      #expect {
        try restoration.restore("algorithm_state", into: &generator)
      } throws: {
        guard case .component(checkpoint.path, "algorithm_state", _)? = $0 as? CheckpointError else { return false }
        return true
      }
      #expect(generator.state == PCG64(seed: 1).state)
      var episodes = try EpisodesUnderWay.empty(capacity: 3)
      #expect(
        throws: CheckpointError.buffer(.wrongKind(expected: "EpisodeReplayBuffer", found: "ReplayBuffer"))
      ) { try restoration.restoreBuffer("replay_buffer", into: &episodes) }
      #expect(throws: CheckpointError.wrongComponentKind(checkpoint.path, name: "replay_buffer", isBuffer: true)) {
        try restoration.state(of: "replay_buffer")
      }
      #expect(throws: CheckpointError.wrongComponentKind(checkpoint.path, name: "env_runner", isBuffer: false)) {
        try checkpoint.buffer("env_runner")
      }
    }
  }

  @Test func `a digest is of the values, whatever their order`() {
    let one: StateValue = ["a": 1, "b": ["y": [1.5, nil], "x": .tensor(Tensor(vector: [1, 2 as Int64]))]]
    let two: StateValue = ["b": ["x": .tensor(Tensor(vector: [1, 2 as Int64])), "y": [1.5, nil]], "a": 1]
    #expect(StateDigest.sha256(of: one) == StateDigest.sha256(of: two))
    #expect(StateDigest.sha256(of: ["a": 1]) != StateDigest.sha256(of: ["a": 1.0]))
    // `{"a": 1}` in MessagePack is 81 a1 61 01.
    #expect(
      StateDigest.sha256(of: ["a": 1]) == "ac22adafdfd6421b711ba440b6910ae1e4516fdc7d6210629d885caeb92ce11e")
  }
}

/// A count with its digits in groups of three.
private func grouped(_ count: Int) -> String {
  count < 1000 ? "\(count)" : grouped(count / 1000) + "," + String("00\(count % 1000)".suffix(3))
}
