import BufferFiles
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("Experiments are listed without a lock")
struct ListingTests {
  private let fileSystem = POSIXFileSystem()

  private func makeExperiment(_ path: FilePath) throws -> ExperimentDirectory {
    let experiment = try ExperimentDirectory.create(at: path)
    let buffer = try grown(ReplayBuffer.self)
    try experiment.save(contents(2, buffer.snapshot()))
    try experiment.save(plainContents(10))
    try fileSystem.createDirectory(experiment.layout.dumps)
    try BufferFileWriter.write(buffer.snapshot(), to: experiment.layout.dump(2))
    try write("no dump", to: experiment.layout.dump(10))
    try write("", to: experiment.layout.dumps.appending("iteration-4.msgpack.zst"))
    try fileSystem.createDirectory(experiment.layout.checkpoint(12))
    try fileSystem.createDirectory(experiment.path.appending("checkpoint_12"))
    try write("note", to: experiment.path.appending("note.txt"))
    try write("", to: experiment.path.appending("events.out.tfevents.1.host"))
    return experiment
  }

  @Test func `checkpoints and dumps are listed by number, with why something cannot be used`() throws {
    try withTemporaryDirectory { folder in
      // The writer holds its lock meanwhile.
      let experiment = try makeExperiment(folder.appending("run"))
      let listing = try ExperimentListing.of(experiment.path)
      #expect(listing.checkpoints.map(\.iteration) == [2, 10, 12])
      #expect(listing.checkpoints.map(\.environmentSteps) == [200, 1000, nil])
      #expect(listing.checkpoints.map(\.episodeReturn) == [2.5, nil, nil])
      #expect(listing.checkpoints.map(\.incompleteBecause) == [nil, nil, "it has no checkpoint.json"])
      #expect(listing.checkpoints[0].byteCount == (try Checkpoint.open(listing.checkpoints[0].path)).manifest.byteCount)
      #expect(listing.checkpoints.allSatisfy { $0.modificationSeconds > 1_700_000_000 })
      #expect(listing.dumps.map(\.iteration) == [2, 10])
      #expect(listing.dumps[0].steps == 300 && listing.dumps[0].unreadableBecause == nil)
      #expect(listing.dumps[1].steps == nil && listing.dumps[1].unreadableBecause != nil)
      #expect(listing.otherNames == 2)
      withExtendedLifetime(experiment) {}
    }
  }

  @Test func `a folder is looked into two levels deep, links left alone`() throws {
    try withTemporaryDirectory { folder in
      for name in ["b", "a", "group/c", "group/deep/d"] {
        try ExperimentDirectory.create(at: folder.appending(name)).save(plainContents(1))
      }
      #expect(symlinkAt(folder.appending("a"), folder.appending("z")))
      let found = try ExperimentListing.all(in: folder).map { $0.path.description.dropFirst("\(folder)/".count) }
      #expect(found == ["a", "b", "group/c"])
      #expect(try ExperimentListing.all(in: folder.appending("a")).count == 1)
      #expect(try ExperimentListing.all(in: folder.appending("a/checkpoint_000001")).isEmpty)
      let missing = folder.appending("missing")
      #expect(throws: CheckpointError.notExperiment(missing)) { try ExperimentListing.all(in: missing) }
    }
  }

  @Test func `what vanishes while it is listed is no error`() throws {
    try withTemporaryDirectory { folder in
      let experiment = try makeExperiment(folder.appending("run"))
      let faulty = FaultInjectingFileSystem()
      for operation in [FileSystemError.Operation.open, .read, .status] {
        for number in 1...40 {
          faulty.reset(fault: Fault(.failure(.noSuchFileOrDirectory), at: .operation(operation, number)))
          let listing = try ExperimentListing.of(experiment.path, on: faulty)
          #expect(listing.checkpoints.count >= 2, "\(operation) \(number)")
          #expect(faulty.openFiles.isEmpty)
        }
      }
    }
  }
}
