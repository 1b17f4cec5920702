import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("Damage is found and named")
struct DamageTests {
  private let fileSystem = POSIXFileSystem()

  /// How a file is damaged.
  enum Harm: CaseIterable { case changed, cut, emptied, missing, link }

  private func harm(_ path: FilePath, _ harm: Harm) throws {
    var bytes = try fileSystem.readAll(path, limit: 1 << 26)
    try fileSystem.unlink(path)
    switch harm {
    case .changed:
      bytes[bytes.count / 2] ^= 1
      try fileSystem.commit(bytes.span, to: path)
    case .cut: try fileSystem.commit(bytes.span.extracting(0..<bytes.count - 1), to: path)
    case .emptied: try write("", to: path)
    case .missing: break
    case .link:
      let elsewhere = path.removingLastComponent().removingLastComponent().appending("elsewhere")
      try fileSystem.commit(bytes.span, to: elsewhere)
      try link(path, to: elsewhere)
    }
  }

  private func link(_ path: FilePath, to target: FilePath) throws {
    try #require(symlinkAt(target, path))
  }

  /// A checkpoint that stands alone, so that no pool helps.
  private func withCheckpoint(_ body: (FilePath) throws -> Void) throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      try experiment.save(
        contents(1, try grown(EpisodesUnderWay.self, capacity: 40, times: 8).snapshot()), options: smallSegments)
      let alone = folder.appending("checkpoint_000001")
      try fileSystem.rename(experiment.layout.checkpoint(1), to: alone, mode: .noReplace)
      try body(alone)
    }
  }

  @Test(arguments: Harm.allCases)
  func `every file that is not as it was is named`(how: Harm) throws {
    try withCheckpoint { path in
      let checkpoint = try Checkpoint.open(path)
      let files = checkpoint.manifest.files.map(\.path)
      #expect(files.count > 3)
      for file in files {
        let bytes = try fileSystem.readAll(path.appending(file), limit: 1 << 26)
        try harm(path.appending(file), how)
        let result = try checkpoint.verify()
        #expect(result.damage.map(\.file) == [file])
        if how == .changed {
          // Its size is right, so only reading it shows.
          #expect(throws: Never.self) { try Checkpoint.open(path) }
        } else {
          #expect(throws: CheckpointError.self) { try Checkpoint.open(path) }
        }
        #expect(throws: CheckpointError.self) { try readAll(checkpoint) }
        try? fileSystem.unlink(path.appending(file))
        try fileSystem.commit(bytes.span, to: path.appending(file))
        try? fileSystem.unlink(path.appending("elsewhere"))
      }
      #expect(try checkpoint.verify().isVerified)
      try readAll(checkpoint)
    }
  }

  private func readAll(_ checkpoint: Checkpoint) throws {
    for component in checkpoint.manifest.components {
      if component.isBuffer {
        let buffer = try checkpoint.buffer(component.name)
        _ = try buffer.rows(0..<buffer.rowCount)
      } else {
        _ = try checkpoint.state(component.name)
      }
    }
  }

  @Test func `a directory that is a link out of the checkpoint is refused`() throws {
    try withCheckpoint { path in
      let checkpoint = try Checkpoint.open(path)
      let outside = path.removingLastComponent().appending("outside")
      try fileSystem.rename(path.appending("replay_buffer"), to: outside, mode: .noReplace)
      try link(path.appending("replay_buffer"), to: outside)
      #expect(throws: CheckpointError.self) { try Checkpoint.open(path) }
      #expect(throws: CheckpointError.self) { try checkpoint.buffer("replay_buffer") }
      #expect(try checkpoint.verify().damage.allSatisfy { $0.reason == "replay_buffer is not a directory" })
    }
  }

  @Test func `what nobody saved is named but is no damage`() throws {
    try withCheckpoint { path in
      try write("note", to: path.appending("learner_group/note.txt"))
      let result = try Checkpoint.open(path).verify()
      #expect(result.isVerified && result.unknownFiles == ["learner_group/note.txt"])
    }
  }

  @Test func `damage that sizes do not show passes a checkpoint over if its digests are asked for`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      for iteration in [2, 4] { try experiment.save(plainContents(iteration)) }
      let newest = experiment.layout.checkpoint(4)
      try harm(newest.appending("algorithm_state.msgpack.zst"), .changed)
      #expect(try Checkpoint.open(experiment.path).manifest.iteration == 4)
      let error = #expect(throws: CheckpointError.self) { try Checkpoint.open(experiment.path, verifying: .all) }
      #expect(
        error?.description.hasPrefix(
          "the newest checkpoint \(newest) cannot be used: algorithm_state.msgpack.zst: its SHA-256 is ") == true)
      let older = try Checkpoint.open(experiment.path, fallback: .allowOlder, verifying: .all)
      #expect(older.manifest.iteration == 2)
      #expect(older.passedOver.map(\.path) == [newest])
      #expect(try Checkpoint.open(newest).manifest.iteration == 4)
      let direct = #expect(throws: CheckpointError.self) { try Checkpoint.open(newest, verifying: .all) }
      #expect(direct?.description.hasPrefix("\(newest)/algorithm_state.msgpack.zst is damaged: ") == true)
      let rest = ComponentSelection(without: ["algorithm_state"])
      #expect(try Checkpoint.open(experiment.path, verifying: rest).manifest.iteration == 4)
    }
  }

  @Test func `the newest checkpoint of an experiment is never passed over silently`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      for iteration in [2, 4, 11] { try experiment.save(plainContents(iteration)) }
      #expect(try Checkpoint.open(experiment.path).manifest.iteration == 11)
      let newest = experiment.layout.checkpoint(11)
      try fileSystem.unlink(newest.appending("checkpoint.json"))
      #expect(throws: CheckpointError.newestUnusable(newest, reason: "it has no checkpoint.json", hasOlder: true)) {
        try Checkpoint.open(experiment.path)
      }
      try write("", to: experiment.layout.checkpoint(4).appending("checkpoint.json"))
      let older = try Checkpoint.open(experiment.path, fallback: .allowOlder)
      #expect(older.manifest.iteration == 2)
      #expect(
        older.passedOver == [
          CheckpointSkip(newest, reason: "it has no checkpoint.json"),
          CheckpointSkip(experiment.layout.checkpoint(4), reason: "its checkpoint.json is empty"),
        ])
      try fileSystem.unlink(experiment.layout.checkpoint(2).appending("algorithm_state.msgpack.zst"))
      #expect(throws: CheckpointError.self) { try Checkpoint.open(experiment.path, fallback: .allowOlder) }
      #expect(throws: CheckpointError.incomplete(newest, reason: "it has no checkpoint.json")) {
        try Checkpoint.open(newest)
      }
    }
  }

  @Test func `a segment is found in the pool, and by its digest alone`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      let buffer = try grown(ReplayBuffer.self)
      let saved = try experiment.save(contents(1, buffer.snapshot()), options: smallSegments)
      // As a copy of the experiment that knows no links: the segments are in the pool alone.
      let names = try fileSystem.list(experiment.layout.segments).map(\.name)
      for name in names { try fileSystem.unlink(saved.path.appending("replay_buffer").appending(name)) }
      let checkpoint = try Checkpoint.open(experiment.path)
      #expect(try everything(checkpoint.buffer("replay_buffer")) == everything(buffer.snapshot()))
      let result = try checkpoint.verify()
      #expect(result.isVerified && result.segmentsFromPool.count == names.count)
      try harm(experiment.layout.segments.appending(names[0]), .changed)
      #expect(try checkpoint.verify().damage.count == 1)
      #expect(throws: CheckpointError.self) { try readAll(checkpoint) }
      try fileSystem.unlink(experiment.layout.segments.appending(names[0]))
      #expect {
        try readAll(checkpoint)
      } throws: {
        guard case .missingSegment(_, let name, let looked)? = $0 as? CheckpointError else { return false }
        return name == names[0].string && looked.count == 2
      }
    }
  }

  @Test func `a pool that is a link is neither read nor written`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      let buffer = try grown(ReplayBuffer.self)
      let saved = try ExperimentDirectory.create(at: path).save(contents(1, buffer.snapshot()), options: smallSegments)
      let (pool, outside) = (ExperimentLayout(path).segments, folder.appending("outside"))
      try fileSystem.rename(pool, to: outside, mode: .noReplace)
      #expect(symlinkAt(outside, pool))
      let before = try tree(outside)
      #expect(throws: CheckpointError.self) {
        try ExperimentDirectory.open(at: path)
          .save(contents(2, try grown(ReplayBuffer.self, times: 50).snapshot()), options: smallSegments)
      }
      #expect(try tree(outside) == before)
      let name = try #require(try fileSystem.list(outside).first).name
      try fileSystem.unlink(saved.path.appending("replay_buffer").appending(name))
      #expect {
        try Checkpoint.open(saved.path)
      } throws: {
        guard case .incomplete? = $0 as? CheckpointError else { return false }
        return true
      }
    }
  }

  @Test func `a superseded checkpoint finds its segments in the pool too`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
      let buffer = try grown(ReplayBuffer.self)
      let saved = try experiment.save(contents(2, buffer.snapshot()), options: smallSegments)
      for entry in try fileSystem.list(experiment.layout.segments) {
        try fileSystem.unlink(saved.path.appending("replay_buffer").appending(entry.name))
      }
      let moved = try experiment.rewind(to: 1)
      #expect(moved.count == 1)
      let checkpoint = try Checkpoint.open(#require(moved.first))
      #expect(try everything(checkpoint.buffer("replay_buffer")) == everything(buffer.snapshot()))
    }
  }

  @Test func `a damaged pool is not trusted by a new writer, and repaired`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      let buffer = try grown(ReplayBuffer.self)
      try ExperimentDirectory.create(at: path).save(contents(1, buffer.snapshot()), options: smallSegments)
      let layout = ExperimentLayout(path)
      for entry in try fileSystem.list(layout.segments) {
        try harm(layout.segments.appending(entry.name), .changed)
      }
      let experiment = try ExperimentDirectory.open(at: path)
      let saved = try experiment.save(contents(2, buffer.snapshot()), options: smallSegments)
      #expect(saved.segmentsReused > 2)
      #expect(try Checkpoint.open(path).verify().isVerified)
      for entry in try fileSystem.list(layout.segments) {
        let inCheckpoint = saved.path.appending("replay_buffer").appending(entry.name)
        guard (try? fileSystem.status(of: inCheckpoint)) != nil else { continue }
        #expect(try text(layout.segments.appending(entry.name)) == text(inCheckpoint))
      }
    }
  }

  @Test(arguments: [Errno.improperLink, .tooManyLinks, .notPermitted])
  func `where links are refused, files are copied`(code: Errno) throws {
    try withTemporaryDirectory { folder in
      let fileSystem = FaultInjectingFileSystem()
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: fileSystem)
      let buffer = try grown(ReplayBuffer.self)
      for iteration in 1...2 {
        fileSystem.reset(fault: Fault(.failure(code), at: .operation(.link, 1), .fromThenOn))
        try experiment.save(contents(iteration, buffer.snapshot()), options: smallSegments)
        #expect(fileSystem.operations.contains(.link))
        let checkpoint = try Checkpoint.open(experiment.path)
        #expect(try checkpoint.verify().isVerified)
        #expect(try everything(checkpoint.buffer("replay_buffer")) == everything(buffer.snapshot()))
      }
    }
  }
}
