import Checkpoints
import FileSystems
import FileSystemsTestSupport
import Foundation
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

private let rsyncPath = "/usr/bin/rsync"

@Suite("A copy of an experiment moves what is new")
struct CopyTests {
  private let fileSystem = POSIXFileSystem()

  /// An experiment with a checkpoint of a buffer of about 400 KiB in some sixteen segments.
  private func makeExperiment(_ folder: FilePath) throws -> (ExperimentDirectory, ReplayBuffer) {
    let experiment = try ExperimentDirectory.create(at: folder.appending("run"))
    let buffer = try grown(ReplayBuffer.self, capacity: 20_000, times: 1_500)
    try experiment.save(contents(1, buffer.snapshot()), options: options)
    return (experiment, buffer)
  }

  private let options = CheckpointOptions(segmentBytes: 24 << 10, rewriteBytes: 12 << 10)

  private func expectSame(_ copy: FilePath, as buffer: ReplayBuffer, isWhole: Bool) throws {
    let checkpoint = try Checkpoint.open(copy)
    #expect(try checkpoint.verify().isVerified && checkpoint.verify().segmentsFromPool.isEmpty == isWhole)
    #expect(try everything(checkpoint.buffer("replay_buffer")) == everything(buffer.snapshot()))
  }

  // MARK: rsync

  /// Runs rsync with hard links kept.
  /// - Returns: How many files and bytes it moved.
  private func rsync(_ source: FilePath, to target: FilePath) throws -> (files: Int, bytes: Int) {
    let process = Process()
    process.executableURL = URL(filePath: rsyncPath)
    process.arguments = ["-aH", "--stats", "--no-human-readable", "\(source)/", target.string]
    process.environment = ["LC_ALL": "C", "PATH": "/usr/bin:/bin"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    func number(_ label: String) throws -> Int {
      let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(label) }, "\(text)")
      return try #require(Int(line.dropFirst(label.count).prefix { $0 != " " }), "\(line)")
    }
    return (
      try number("Number of regular files transferred: "), try number("Total transferred file size: ")
    )
  }

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: rsyncPath), "rsync is not installed: apt-get install rsync"))
  func `rsync with hard links moves the new segments, the state and the manifest`() throws {
    try withTemporaryDirectory { folder in
      var (experiment, buffer) = try makeExperiment(folder)
      let copy = folder.appending("copy")
      let first = try rsync(experiment.path, to: copy)
      var generator = PCG64(seed: 9)
      for _ in 0..<10 { try buffer.grow(using: &generator) }
      let saved = try experiment.save(contents(2, buffer.snapshot()), options: options)
      #expect(saved.segmentsReused >= 12 && saved.segmentsWritten <= 2)
      let second = try rsync(experiment.path, to: copy)
      // Algorithm state, learner, the buffer's state, the manifest, and each new segment once.
      #expect(second.files == 4 + saved.segmentsWritten && second.bytes == saved.bytesWritten)
      #expect(second.bytes * 5 < first.bytes)
      try expectSame(copy, as: buffer, isWhole: true)
      // Links are links in the copy too.
      for entry in try fileSystem.list(copy.appending("segments")) {
        #expect(try fileSystem.status(of: copy.appending("segments").appending(entry.name)).linkCount >= 2)
      }
      let none = try rsync(experiment.path, to: copy)
      #expect(none.files == 0)
      // One checkpoint alone, with its segments, is enough.
      _ = try rsync(experiment.layout.checkpoint(2), to: folder.appending("alone"))
      try expectSame(folder.appending("alone"), as: buffer, isWhole: true)
      // After a pruning the copy goes on with what is left.
      try experiment.prune(Retention(last: 1))
      #expect(try rsync(experiment.path, to: copy).files == 1)
      try ExperimentDirectory.open(at: copy).save(contents(3, buffer.snapshot()), options: options)
      try expectSame(copy, as: buffer, isWhole: true)
    }
  }

  // MARK: object stores

  /// Copies what the target lacks, by name and size, as `aws s3 sync` and `gsutil rsync` do; they know neither links nor
  /// empty directories. Segments are taken from the pool alone.
  /// - Returns: How many files and bytes were moved.
  private func sync(_ source: FilePath, to target: FilePath) throws -> (files: Int, bytes: Int) {
    var (files, bytes) = (0, 0)
    func visit(_ path: String) throws {
      for entry in try fileSystem.list(source.appending(path)) {
        let name = path.isEmpty ? entry.name.string : "\(path)/\(entry.name.string)"
        if entry.kind == .directory {
          try visit(name)
          continue
        }
        let isLinked = name.hasPrefix("checkpoint_") && name.contains("replay_buffer/0")
        guard !isLinked, !name.hasSuffix(".lock") else { continue }
        let size = try fileSystem.status(of: source.appending(name)).byteCount
        if let there = try? fileSystem.status(of: target.appending(name)), there.byteCount == size { continue }
        try FileManager.default.createDirectory(
          atPath: target.appending(name).removingLastComponent().string, withIntermediateDirectories: true)
        let data = try fileSystem.readAll(source.appending(name), limit: 1 << 30)
        try fileSystem.commit(data.span, to: target.appending(name))
        files += 1
        bytes += data.count
      }
    }
    try visit("")
    return (files, bytes)
  }

  @Test func `an object store is given the pool and the rest without the links, and only what is new`() throws {
    try withTemporaryDirectory { folder in
      var (experiment, buffer) = try makeExperiment(folder)
      let store = folder.appending("store")
      let first = try sync(experiment.path, to: store)
      var generator = PCG64(seed: 9)
      for _ in 0..<10 { try buffer.grow(using: &generator) }
      let saved = try experiment.save(contents(2, buffer.snapshot()), options: options)
      let second = try sync(experiment.path, to: store)
      #expect(second.files == 4 + saved.segmentsWritten && second.bytes == saved.bytesWritten)
      #expect(second.bytes * 5 < first.bytes)
      #expect(try sync(experiment.path, to: store).files == 0)
      // What comes back restores, each checkpoint of it, and a run goes on there without writing all again.
      try expectSame(store, as: buffer, isWhole: false)
      #expect(try Checkpoint.verify(ExperimentLayout(store).checkpoint(1)).isVerified)
      let next = try ExperimentDirectory.open(at: store).save(contents(3, buffer.snapshot()), options: options)
      #expect(next.segmentsWritten == 0 && next.segmentsReused == saved.segmentsReused + saved.segmentsWritten)
      try expectSame(store, as: buffer, isWhole: true)
    }
  }
}
