import BufferFiles
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("Checkpoints give back what was saved")
struct RoundTripTests {
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `a ring of transitions comes back after every save`(seed: UInt64) throws {
    try saveAndCompare(ReplayBuffer.self, seed: seed)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `a prioritized ring of transitions comes back after every save`(seed: UInt64) throws {
    try saveAndCompare(PrioritizedReplayBuffer.self, seed: seed)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `a queue comes back after every save`(seed: UInt64) throws {
    try saveAndCompare(FIFOReplayBuffer.self, seed: seed)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `a mix of newest and replayed comes back after every save`(seed: UInt64) throws {
    try saveAndCompare(MixInReplayBuffer<ReplayBuffer>.self, seed: seed)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `a reservoir comes back after every save, and what it may replace is not reused`(seed: UInt64) throws {
    try saveAndCompare(ReservoirReplayBuffer.self, seed: seed, leastReused: 0)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `episodes come back after every save`(seed: UInt64) throws {
    try saveAndCompare(EpisodesUnderWay.self, seed: seed)
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `episodes with priorities come back after every save`(seed: UInt64) throws {
    try saveAndCompare(PrioritiesUnderWay.self, seed: seed)
  }

  /// Saves a buffer that grows and turns over, now and then from a new process, and compares what comes back.
  private func saveAndCompare<Buffer: GrowingBuffer>(
    _ type: Buffer.Type, seed: UInt64, leastReused: Int = 11
  ) throws {
    var generator = PCG64(seed: seed)
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      var experiment: ExperimentDirectory? = try ExperimentDirectory.create(at: path)
      var buffer = try Buffer.empty(capacity: 400)
      var (written, reused) = (0, 0)
      for iteration in 1...10 {
        for _ in 0..<Int(generator.integers(in: 0..<16)) { try buffer.grow(using: &generator) }
        if generator.random() < 0.3 {
          experiment = nil
          experiment = try ExperimentDirectory.open(at: path)
        }
        let snapshot = buffer.snapshot()
        let saved = try #require(experiment).save(contents(iteration, snapshot), options: smallSegments)
        let checkpoint = try Checkpoint.open(saved.path)
        let restored = try checkpoint.buffer("replay_buffer")
        try #require(try everything(restored) == everything(snapshot), "seed \(seed), iteration \(iteration)")
        try #require(try checkpoint.verify().isVerified)
        let again = try Buffer(contents: restored, defaults: BufferDefaults())
        try again.checkInvariants()
        try #require(again.state == buffer.state, "seed \(seed), iteration \(iteration)")
        written += saved.segmentsWritten
        reused += saved.segmentsReused
      }
      #expect(reused >= leastReused, "seed \(seed): \(written) segments written, \(reused) reused")
    }
  }

  @Test func `a second save writes only what is new`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var buffer = try grown(ReplayBuffer.self, capacity: 100_000, times: 1_000)
      let options = CheckpointOptions(segmentBytes: 32 << 10)
      let first = try experiment.save(contents(1, buffer.snapshot()), options: options)
      #expect(first.segmentsReused == 0 && first.segmentsWritten > 8)
      var generator = PCG64(seed: 5)
      try buffer.grow(using: &generator)
      let second = try experiment.save(contents(2, buffer.snapshot()), options: options)
      #expect(second.segmentsReused == first.segmentsWritten - 1)
      #expect(second.segmentsWritten <= 2)
      #expect(second.bytesWritten * 3 < first.bytesWritten)
      #expect(second.byteCount > first.byteCount * 9 / 10)
    }
  }

  @Test func `a new process goes on where the last one stopped`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      let buffer = try grown(EpisodesUnderWay.self, capacity: 10_000, times: 300)
      var experiment: ExperimentDirectory? = try ExperimentDirectory.create(at: path)
      let first = try #require(experiment).save(contents(1, buffer.snapshot()), options: smallSegments)
      experiment = nil
      let second = try ExperimentDirectory.open(at: path).save(contents(2, buffer.snapshot()), options: smallSegments)
      #expect(second.segmentsReused == first.segmentsWritten - 1)
      #expect(second.segmentsWritten == 1)
    }
  }

  @Test func `a buffer that only has the same step numbers shares nothing`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      let experiment = try ExperimentDirectory.create(at: path)
      let first = try grown(ReplayBuffer.self, capacity: 10_000, times: 50)
      try experiment.save(contents(1, first.snapshot()), options: smallSegments)
      var other = try ReplayBuffer.empty(capacity: 10_000)
      var generator = PCG64(seed: 99)
      while other.count < first.count { try other.grow(using: &generator) }
      let saved = try experiment.save(contents(2, other.snapshot()), options: smallSegments)
      #expect(saved.segmentsReused == 0)
      let restored = try Checkpoint.open(path).buffer("replay_buffer")
      #expect(try everything(restored) == everything(other.snapshot()))
    }
  }

  @Test(arguments: [false, true]) func `transitions that were mended since the last save are saved mended`(
    inNewProcess: Bool
  ) throws {
    try saveMended(ReplayBuffer.self, inNewProcess: inNewProcess)
  }

  @Test(arguments: [false, true]) func `episodes that were mended since the last save are saved mended`(
    inNewProcess: Bool
  ) throws {
    try saveMended(EpisodesUnderWay.self, inNewProcess: inNewProcess)
  }

  /// One reward in the middle of many is another one, and all else is as it was.
  private func saveMended<Buffer: GrowingBuffer>(_ type: Buffer.Type, inNewProcess: Bool) throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      let buffer = try grown(Buffer.self, capacity: 50_000, times: 2_500)
      var experiment: ExperimentDirectory? = try ExperimentDirectory.create(at: path)
      try experiment?.save(contents(1, buffer.snapshot()))
      if inNewProcess {
        experiment = nil
        experiment = try ExperimentDirectory.open(at: path)
      }
      let mended = try Buffer(contents: Mended(buffer.snapshot(), row: buffer.snapshot().rowCount / 3), defaults: BufferDefaults())
      let saved = try #require(try experiment?.save(contents(2, mended.snapshot())))
      #expect(saved.segmentsReused == 0)
      let restored = try Checkpoint.open(path).buffer("replay_buffer")
      #expect(try everything(restored) == everything(mended.snapshot()))
      // The same rows in other memory share what the save before wrote of them, and so does the save after it.
      let again = try Buffer(contents: mended.snapshot(), defaults: BufferDefaults())
      for iteration in 3...4 {
        let shared = try #require(try experiment?.save(contents(iteration, again.snapshot())))
        #expect(shared.segmentsReused > 0)
        #expect(try everything(Checkpoint.open(path).buffer("replay_buffer")) == everything(again.snapshot()))
      }
    }
  }

  @Test func `a segment is an ordinary file that verifies`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      let buffer = try grown(EpisodesUnderWay.self)
      try experiment.save(contents(1, buffer.snapshot()), options: smallSegments)
      let names = try POSIXFileSystem().list(experiment.layout.segments).map(\.name)
      #expect(names.count > 3)
      for name in names {
        let path = experiment.layout.segments.appending(name)
        #expect(try BufferFile.verify(path).isSound)
        #expect(try BufferFile.open(path).contents().rowCount > 0)
      }
    }
  }

  @Test func `states and the manifest come back`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("a/b/run"))
      var contents = contents(7, try grown(ReplayBuffer.self).snapshot(), note: "e\u{301}")
      contents.inexactBecause = ["the environment cannot be saved"]
      contents.proofs = ["env_runner": "aa"]
      contents.omit("other_buffer", because: "asked for")
      try experiment.save(contents)
      let checkpoint = try Checkpoint.open(experiment.path)
      #expect(checkpoint.path == experiment.layout.checkpoint(7))
      #expect(try checkpoint.state("algorithm_state") == ["iteration": 7, "note": .string("e\u{301}")])
      #expect(try checkpoint.state("learner_group/learner") == ["weights": .tensor(Tensor(vector: [1, 2, Float(7)]))])
      let manifest = checkpoint.manifest
      #expect(manifest.componentNames == ["algorithm_state", "learner_group/learner", "replay_buffer"])
      #expect(manifest.configuration == contents.configuration && manifest.results == contents.results)
      #expect(manifest.provenance == contents.provenance && manifest.proofs == contents.proofs)
      #expect(manifest.inexactBecause == contents.inexactBecause && !manifest.isExact)
      #expect(manifest.omitted == [.init(name: "other_buffer", because: "asked for")])
      #expect(manifest.runID == "run" && manifest.iteration == 7 && manifest.environmentSteps == 700)
    }
  }

  @Test func `an empty buffer is saved and comes back`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var contents = CheckpointContents(runID: "run", iteration: 0, environmentSteps: 0)
      contents.add("flat", buffer: try ReplayBuffer.empty(capacity: 5).snapshot())
      contents.add("episodes", buffer: try EpisodesUnderWay.empty(capacity: 5).snapshot())
      try experiment.save(contents)
      let checkpoint = try Checkpoint.open(experiment.path)
      for name in ["flat", "episodes"] { #expect(try checkpoint.buffer(name).rowCount == 0) }
      _ = try ReplayBuffer(contents: checkpoint.buffer("flat"), defaults: BufferDefaults())
      _ = try EpisodeReplayBuffer(contents: checkpoint.buffer("episodes"), defaults: BufferDefaults())
    }
  }

  @Test func `segments that no checkpoint names are deleted after a save, others and strangers are not`() throws {
    try withTemporaryDirectory { folder in
      let fileSystem = POSIXFileSystem()
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var buffer = try grown(ReplayBuffer.self, capacity: 200)
      try experiment.save(contents(1, buffer.snapshot()), options: smallSegments)
      let first = Set(try fileSystem.list(experiment.layout.segments).map(\.name.string))
      try write("mine", to: experiment.layout.segments.appending("notes.txt"))
      var generator = PCG64(seed: 2)
      for _ in 0..<60 { try buffer.grow(using: &generator) }
      #expect(try experiment.save(contents(2, buffer.snapshot()), options: smallSegments).segmentsRemoved == 0)
      try fileSystem.removeTree(experiment.layout.checkpoint(1))
      // A checkpoint that cannot be read may name any segment.
      try fileSystem.createDirectory(experiment.layout.checkpoint(0))
      #expect(try experiment.save(contents(3, buffer.snapshot()), options: smallSegments).segmentsRemoved == 0)
      try fileSystem.removeDirectory(experiment.layout.checkpoint(0))
      #expect(
        try experiment.save(contents(4, buffer.snapshot()), options: smallSegments).segmentsRemoved == first.count)
      let left = Set(try fileSystem.list(experiment.layout.segments).map(\.name.string))
      #expect(left.isDisjoint(with: first) && left.contains("notes.txt"))
      #expect(try Checkpoint.open(experiment.path).verify().isVerified)
    }
  }
}

/// The contents of a buffer with one reward changed.
private struct Mended: BufferContents {
  private let contents: BufferSnapshot
  private let row: Int

  init(_ contents: BufferSnapshot, row: Int) { (self.contents, self.row) = (contents, row) }

  var kind: String { contents.kind }
  var layout: BufferLayout { contents.layout }
  var schema: BufferSchema { contents.schema }
  var rowCount: Int { contents.rowCount }
  func state() -> StateValue { contents.state() }

  func rows(_ range: Range<Int>) throws -> RowBatch {
    let batch = contents.rows(range)
    guard range.contains(row), let column = schema.columns.firstIndex(where: { $0.name == "rewards" }) else { return batch }
    var columns = batch.columns
    columns[column].withMutableBytes { $0[4 * (row - range.lowerBound)] ^= 1 }
    return RowBatch(firstRow: batch.firstRow, steps: batch.steps, columns: columns)
  }
}
