import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("A save writes what is new")
struct IncrementTests {
  private let fileSystem = POSIXFileSystem()
  private let rowBytes = 29

  /// Transitions that do not compress.
  private func noise(_ count: Int, using generator: inout PCG64) throws -> [Tensor] {
    let numbers = (0..<5 * count).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: generator.next())) }
    return [
      try Tensor(Array(numbers[..<(2 * count)]), shape: [count, 2]),
      Tensor(vector: (0..<count).map { _ in Int64(bitPattern: generator.next()) }),
      Tensor(vector: Array(numbers[(2 * count)..<(3 * count)])),
      Tensor(vector: (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }),
      try Tensor(Array(numbers[(3 * count)...]), shape: [count, 2]),
    ]
  }

  private func plain(_ iteration: Int, _ buffer: BufferSnapshot) -> CheckpointContents {
    var contents = plainContents(iteration)
    contents.add("replay_buffer", buffer: buffer)
    return contents
  }

  /// State, list of segments and manifest of these saves, without priorities: twelve segments take about 40 KiB.
  private let overhead = 64 << 10
  /// A tenth of what `CheckpointOptions` has by default, as is the buffer.
  private let options = CheckpointOptions(segmentBytes: 256 << 10, rewriteBytes: 48 << 10)

  @Test func `flat: the new rows, what a save may write again, and the state`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var generator = PCG64(seed: 1)
      var buffer = ReplayBuffer(capacity: 100_000, schema: try testSchema(isFlat: true), seed: 3)
      try buffer.add(try noise(100_000, using: &generator))
      let first = try experiment.save(plain(1, buffer.snapshot()), options: options)
      #expect(first.increments == ["replay_buffer": .full(because: .first)] && first.bytesWritten > 100_000 * 25)
      for iteration in 2...9 {
        try buffer.add(try noise(1_000, using: &generator))
        let saved = try experiment.save(plain(iteration, buffer.snapshot()), options: options)
        #expect(saved.bytesWritten <= 1_000 * rowBytes + options.rewriteBytes + overhead, "\(iteration)")
        guard case .rows(let rows)? = saved.increments["replay_buffer"] else { return #expect(Bool(false)) }
        #expect(rows >= 1_000 && (rows - 1_000) * 27 <= options.rewriteBytes, "\(iteration): \(rows)")
        #expect(saved.bytesWritten * 20 <= first.bytesWritten, "\(iteration)")
        #expect(
          try everything(Checkpoint.open(experiment.path).buffer("replay_buffer")) == everything(buffer.snapshot()))
      }
    }
  }

  @Test func `prioritized: 8 bytes more for each step that is stored`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var generator = PCG64(seed: 1)
      var buffer = PrioritizedReplayBuffer(capacity: 50_000, schema: try testSchema(isFlat: true), seed: 3)
      try buffer.add(try noise(50_000, using: &generator))
      try experiment.save(plain(1, buffer.snapshot()), options: options)
      for iteration in 2...5 {
        try buffer.add(try noise(1_000, using: &generator))
        let sample = try buffer.sample(count: 5_000)
        try buffer.updatePriorities(sample.steps, sample.steps.map { _ in generator.random() + 0.1 })
        let saved = try experiment.save(plain(iteration, buffer.snapshot()), options: options)
        #expect(
          saved.bytesWritten <= 1_000 * rowBytes + 8 * buffer.count + options.rewriteBytes + overhead, "\(iteration)")
        #expect(saved.bytesWritten >= 1_000 * 25)
      }
    }
  }

  @Test func `a full save says why`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      var experiment: ExperimentDirectory? = try ExperimentDirectory.create(at: path)
      var generator = PCG64(seed: 1)
      var iteration = 0
      func save(_ snapshot: BufferSnapshot, _ options: CheckpointOptions = smallSegments) throws -> Increment? {
        iteration += 1
        return try #require(experiment).save(plain(iteration, snapshot), options: options).increments["replay_buffer"]
      }
      func filled(_ count: Int) throws -> ReplayBuffer {
        var buffer = ReplayBuffer(capacity: 300, schema: try testSchema(isFlat: true), seed: 3)
        try buffer.add(try noise(count, using: &generator))
        return buffer
      }
      var buffer = try filled(300)
      #expect(try save(buffer.snapshot()) == .full(because: .first))
      #expect(try save(buffer.snapshot()) == .rows(0))
      // 40 steps are kept of what was saved, less than a segment: written again.
      try buffer.add(try noise(299, using: &generator))
      try buffer.add(try noise(1, using: &generator))
      #expect(try save(buffer.snapshot()) == .full(because: .otherRows))
      for _ in 0..<2 { try buffer.add(try noise(160, using: &generator)) }
      #expect(try save(buffer.snapshot()) == .full(because: .missedSteps(20)))
      for _ in 0..<3 { try buffer.add(try noise(300, using: &generator)) }
      // A new process knows as much.
      experiment = nil
      experiment = try ExperimentDirectory.open(at: path)
      #expect(try save(buffer.snapshot()) == .full(because: .missedSteps(600)))
      let due = CheckpointOptions(segmentBytes: 1024, fullCopyEvery: 2)
      #expect(try save(buffer.snapshot(), due) == .rows(0))
      #expect(try save(buffer.snapshot(), due) == .full(because: .due))
      #expect(try save(try filled(300).snapshot()) == .full(because: .otherRows))
      #expect(try save(try grown(PrioritizedReplayBuffer.self).snapshot()) == .full(because: .otherRows))
      var reservoir = ReservoirReplayBuffer(capacity: 30, schema: try testSchema(isFlat: true), seed: 3)
      for _ in 0..<200 { try reservoir.add(try noise(1, using: &generator)) }
      #expect(try save(reservoir.snapshot()) == .full(because: .unsealed))
      var small = ReplayBuffer(capacity: 300, schema: try testSchema(isFlat: true), seed: 3)
      #expect(try save(small.snapshot()) == .rows(0))
      try small.add(try noise(5, using: &generator))
      #expect(try save(small.snapshot()) == .full(because: .small))
      try small.add(try noise(5, using: &generator))
      #expect(try save(small.snapshot()) == .full(because: .small))
      #expect(try everything(Checkpoint.open(path).buffer("replay_buffer")) == everything(small.snapshot()))
    }
  }

  @Test func `many small saves leave few files, in the pool and in each checkpoint`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      var generator = PCG64(seed: 1)
      var buffer = ReplayBuffer(capacity: 2_000, schema: try testSchema(isFlat: true), seed: 3)
      let options = CheckpointOptions(segmentBytes: 16 << 10, rewriteBytes: 8 << 10)
      for iteration in 1...120 {
        try buffer.add(try noise(20, using: &generator))
        let saved = try experiment.save(plain(iteration, buffer.snapshot()), options: options)
        if iteration.isMultiple(of: 40) { try experiment.prune(Retention(last: 1)) }
        // Every segment has 8 KiB and more, but the last one.
        let segments = try inodes(saved.path.appending("replay_buffer")).count
        #expect(segments <= saved.byteCount / options.rewriteBytes + 1, "\(iteration)")
        #expect(segments <= 12, "\(iteration)")
      }
      #expect(try fileSystem.list(experiment.layout.segments).count <= 12)
    }
  }

  // MARK: full copies

  private func inodes(_ directory: FilePath) throws -> [String: UInt64] {
    var inodes: [String: UInt64] = [:]
    for entry in try fileSystem.list(directory) where entry.name.string != "state.msgpack.zst" {
      inodes[entry.name.string] = try fileSystem.status(of: directory.appending(entry.name)).inode
    }
    return inodes
  }

  @Test func `every so often a checkpoint has blocks of its own, which those after it share`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      var experiment: ExperimentDirectory? = try ExperimentDirectory.create(at: path)
      let snapshot = try grown(ReplayBuffer.self).snapshot()
      let options = CheckpointOptions(segmentBytes: 1024, fullCopyEvery: 3)
      var blocks: [[String: UInt64]] = []
      for iteration in 1...9 {
        // The count goes on in a new process.
        if iteration.isMultiple(of: 2) {
          experiment = nil
          experiment = try ExperimentDirectory.open(at: path)
        }
        let saved = try #require(experiment).save(contents(iteration, snapshot), options: options)
        #expect(saved.segmentsReused == (iteration % 3 == 1 ? 0 : 9), "\(iteration)")
        blocks.append(try inodes(saved.path.appending("replay_buffer")))
        #expect(try inodes(ExperimentLayout(path).segments) == blocks[iteration - 1], "\(iteration)")
      }
      for (first, second) in [(0, 1), (1, 2), (3, 4), (6, 8)] { #expect(blocks[first] == blocks[second]) }
      for (first, second) in [(2, 3), (0, 3), (5, 6), (0, 6)] {
        #expect(Set(blocks[first].values).isDisjoint(with: blocks[second].values))
        #expect(blocks[first].keys == blocks[second].keys)
      }
      // A block that goes bad is bad in three checkpoints, and no more.
      let name = try #require(blocks[4].keys.min())
      let damaged = ExperimentLayout(path).checkpoint(5).appending("replay_buffer").appending(name)
      let file = try fileSystem.openForAppending(damaged)
      _ = try fileSystem.write([1].span, to: file)
      try fileSystem.close(file)
      for iteration in 1...9 {
        let checkpoint = try Checkpoint.verify(ExperimentLayout(path).checkpoint(iteration))
        // The pool has the blocks of the newest full copy, so that the segment is found there all the same.
        #expect(checkpoint.segmentsFromPool.count == ((4...6).contains(iteration) ? 1 : 0), "\(iteration)")
        #expect(checkpoint.isVerified)
      }
    }
  }

  @Test func `a full copy that fails leaves the pool with what it had`() throws {
    try withTemporaryDirectory { folder in
      let faulty = FaultInjectingFileSystem()
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: faulty)
      let snapshot = try grown(ReplayBuffer.self).snapshot()
      try experiment.save(plain(1, snapshot))
      let before = try tree(experiment.path)
      var number = 1
      var failed = 0
      while true {
        faulty.reset(fault: Fault(.failure(.ioError), at: .call(number)))
        do {
          try experiment.save(plain(2, snapshot), options: CheckpointOptions(fullCopyEvery: 1))
          if faulty.calls.count < number { break }
          faulty.reset()
          try fileSystem.removeTree(experiment.layout.checkpoint(2))
        } catch { failed += 1 }
        faulty.reset()
        #expect(try tree(experiment.path) == before, "call \(number)")
        number += 1
      }
      #expect(failed > 20)
    }
  }

  // MARK: a buffer that is lost

  @Test func `a replay buffer that lost nearly all its steps is told, and retention keeps the one before`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      let full = try grown(ReplayBuffer.self).snapshot()
      try ExperimentDirectory.create(at: path).save(plain(1, full))
      // Also by a new process, which knows it from the checkpoint.
      let experiment = try ExperimentDirectory.open(at: path)
      var empty = try ReplayBuffer.empty(capacity: 300)
      let saved = try experiment.save(plain(2, empty.snapshot()))
      #expect(
        saved.warnings == [
          "replay_buffer has 0 steps, and had 300 in the checkpoint before; retention keeps that one as long as this is so"
        ])
      #expect(try experiment.save(plain(3, empty.snapshot())).warnings.isEmpty)
      #expect(try experiment.prune(Retention(last: 1)).checkpoints[0].reasons == [.largerBuffer(steps: 300)])
      var generator = PCG64(seed: 1)
      try empty.add(try noise(30, using: &generator))
      #expect(try experiment.save(plain(4, empty.snapshot())).warnings.isEmpty)
      #expect(try experiment.prune(Retention(last: 1)).checkpoints.map(\.goes) == [true, true, false])
    }
  }
}
