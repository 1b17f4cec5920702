import BufferFiles
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

/// Segments that are missing or damaged cost their steps, and nothing but these, where a loss is allowed.
@Suite struct `Restoring with loss` {
  private let fileSystem = POSIXFileSystem()

  /// How a segment is damaged, in the checkpoint and in the pool.
  enum Harm: CaseIterable { case missing, changed, cut, other, index }

  private func harm(_ name: String, _ how: Harm, _ other: String, in layout: ExperimentLayout) throws {
    for directory in [layout.segments, layout.checkpoint(1).appending("replay_buffer")] {
      let path = directory.appending(name)
      let file = try BufferFile.open(path)
      let rows = try #require(try file.entries().first { $0.kind == .rows })
      let middle = rows.offset + rows.compressedBytes / 2
      var bytes = try fileSystem.readAll(path, limit: 1 << 26)
      let foreign = try fileSystem.readAll(directory.appending(other), limit: 1 << 26)
      try fileSystem.unlink(path)
      switch how {
      case .missing: break
      case .changed:
        bytes[middle] ^= 1
        try fileSystem.commit(bytes.span, to: path)
      case .cut: try fileSystem.commit(bytes.span.extracting(0..<middle), to: path)
      case .index:
        bytes[file.summary.index[0].offset + 20] ^= 1
        try fileSystem.commit(bytes.span, to: path)
      case .other: try fileSystem.commit(foreign.span, to: path)
      }
    }
  }

  /// The steps of contents: the bytes of a row, which is noise and so unlike any other, with the priority.
  private func steps(_ contents: some BufferContents) throws -> [[UInt8]: Double?] {
    let all = try contents.rows(0..<contents.rowCount)
    let leaves = try? StateReader(contents.state()).vector("priorities") as [Double]
    var (steps, number): ([[UInt8]: Double?], Int) = ([:], 0)
    for row in 0..<all.count where all.steps[row] >= 0 {
      steps[all.columns.flatMap { $0.rows(row..<row + 1).bytes }] = .some(leaves?[number])
      number += 1
    }
    return steps
  }

  private func check<Buffer: GrowingBuffer>(_ type: Buffer.Type, _ how: Harm) throws {
    let original = try grown(type, capacity: 250, times: 45)
    let saved = try steps(original.snapshot())
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      let layout = ExperimentLayout(path)
      try ExperimentDirectory.create(at: path).save(contents(1, original.snapshot()), options: smallSegments)
      let names = try fileSystem.list(layout.checkpoint(1).appending("replay_buffer")).map(\.name.string)
        .filter { $0 != "state.msgpack.zst" }.sorted()
      try #require(names.count > 2)
      try harm(names[1], how, names[0], in: layout)
      #expect(throws: CheckpointError.self) { try Checkpoint.open(path, verifying: .all) }
      let checkpoint = try Checkpoint.open(path, verifying: .all, damagedSegments: .skip)
      var restoration = try Restoration(checkpoint)
      var buffer = try Buffer.empty(capacity: 250)
      #expect(try restoration.restoreBuffer("replay_buffer", into: &buffer))
      restoration.check(proof: "another", of: "replay_buffer")
      let report = restoration.finish()
      let rest = try steps(buffer.snapshot())
      let lost = report.lost.reduce(0) { $0 + $1.stepCount }
      #expect((lost > 0) == (how != .index) && lost == saved.count - rest.count, "\(type) \(how): \(report)")
      #expect(rest.allSatisfy { saved[$0.key] == $0.value }, "\(type) \(how): a step that was never saved, or its priority")
      #expect(report.lost.first?.segment == names[1] && report.lost.allSatisfy { $0.component == "replay_buffer" })
      #expect(report.restored.first { $0.component == "replay_buffer" }?.steps == buffer.count)
      #expect(how == .index ? buffer.state == original.state : !report.isExact)
      try buffer.checkInvariants()
      // The next checkpoint takes nothing over from the damaged segment.
      try ExperimentDirectory.open(at: path).save(contents(2, buffer.snapshot()), options: smallSegments)
      #expect(try Checkpoint.open(path).verify().isVerified)
    }
  }

  @Test(arguments: Harm.allCases) func `a ring`(how: Harm) throws { try check(ReplayBuffer.self, how) }

  @Test(arguments: Harm.allCases) func `a prioritized ring`(how: Harm) throws {
    try check(PrioritizedReplayBuffer.self, how)
  }

  @Test(arguments: Harm.allCases) func `a queue`(how: Harm) throws { try check(FIFOReplayBuffer.self, how) }

  @Test(arguments: Harm.allCases) func `a reservoir`(how: Harm) throws { try check(ReservoirReplayBuffer.self, how) }

  @Test(arguments: Harm.allCases) func `a mix`(how: Harm) throws { try check(MixInReplayBuffer<ReplayBuffer>.self, how) }

  @Test(arguments: Harm.allCases) func `episodes`(how: Harm) throws { try check(EpisodesUnderWay.self, how) }

  @Test(arguments: Harm.allCases) func `prioritized episodes`(how: Harm) throws { try check(PrioritiesUnderWay.self, how) }

  @Test(arguments: ["learner_group/learner", "algorithm_state", "replay_buffer"])
  func `damage to anything but segments is an error all the same`(component: String) throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      try experiment.save(contents(1, try grown(ReplayBuffer.self).snapshot()), options: smallSegments)
      let name = component == "algorithm_state" ? "algorithm_state.msgpack.zst" : "\(component)/state.msgpack.zst"
      let path = experiment.layout.checkpoint(1).appending(name)
      var bytes = try fileSystem.readAll(path, limit: 1 << 20)
      bytes[bytes.count / 2] ^= 1
      try fileSystem.commit(bytes.span, to: path)
      #expect(throws: CheckpointError.self) {
        try Checkpoint.open(experiment.path, verifying: .all, damagedSegments: .skip)
      }
    }
  }

  @Test func `a buffer that cannot be restored stays as it was`() throws {
    let original = try grown(PrioritizedReplayBuffer.self, capacity: 250, times: 45)
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      try experiment.save(contents(1, original.snapshot()), options: smallSegments)
      var restoration = try Restoration(try Checkpoint.open(experiment.path, damagedSegments: .skip))
      var other = try grown(ReplayBuffer.self, times: 3)
      let before = other.state
      #expect(throws: CheckpointError.self) { try restoration.restoreBuffer("replay_buffer", into: &other) }
      #expect(other.state == before && restoration.report.lost.isEmpty)
    }
  }

  @Test func `a report says which steps are lost`() {
    var report = RestoreReport(checkpoint: "runs/a/checkpoint_000004", iteration: 4, environmentSteps: 4000)
    report.lost = [
      .init(component: "replay_buffer", segment: "s", reason: "it is missing", stepCount: 1000, steps: 1000..<2000),
      .init(component: "replay_buffer", segment: "t", reason: "it is damaged", stepCount: 20, steps: 2000..<2100),
      .init(component: "replay_buffer", segment: "u", reason: "it is damaged", stepCount: 0),
      .init(component: "replay_buffer", segment: nil, reason: "their episodes have lost what follows", stepCount: 2),
    ]
    #expect(report.description == """
      restored runs/a/checkpoint_000004: iteration 4, 4,000 environment steps
        lost          replay_buffer  1,000 steps 1,000-1,999 of the segment s: it is missing
        lost          replay_buffer  20 steps within 2,000-2,099 of the segment t: it is damaged
        lost          replay_buffer  no step of the segment u: it is damaged
        lost          replay_buffer  2 steps: their episodes have lost what follows
      not exact: replay_buffer was restored without 1,022 steps, which are lost
      """)
  }
}
