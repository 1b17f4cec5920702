import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("A save that fails leaves the experiment as it was")
struct FaultTests {
  /// An experiment on a file system that fails on demand, with a checkpoint in it.
  private struct Subject {
    let fileSystem = FaultInjectingFileSystem()
    let experiment: ExperimentDirectory
    var buffer: EpisodesUnderWay
    var generator = PCG64(seed: 21)
    var iteration = 1

    init(in folder: FilePath) throws {
      experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: fileSystem)
      buffer = try grown(EpisodesUnderWay.self, capacity: 60, times: 12)
      try experiment.save(contents(1, buffer.snapshot()), options: smallSegments)
    }

    /// The calls of the save that was made last.
    var callCount = 0

    /// Saves the next iteration with a fault; false if it threw.
    mutating func save(_ fault: Fault) throws -> Bool {
      try buffer.grow(using: &generator)
      fileSystem.reset(fault: fault)
      defer {
        callCount = fileSystem.calls.count
        fileSystem.reset()
      }
      do {
        try experiment.save(contents(iteration + 1, buffer.snapshot()), options: smallSegments)
        iteration += 1
        return true
      } catch {
        #expect(error.description.isEmpty == false)
        return false
      }
    }
  }

  @Test func `every call that fails once leaves what there was, or a whole new checkpoint`() throws {
    try withTemporaryDirectory { folder in
      var subject = try Subject(in: folder)
      let open = subject.fileSystem.openFiles
      var (failed, harmless, number) = (0, 0, 1)
      while subject.callCount >= number - 1 {
        let before = try tree(subject.experiment.path)
        let saved = try subject.save(Fault(.failure(.ioError), at: .call(number)))
        #expect(subject.fileSystem.openFiles == open, "call \(number)")
        let newest = try Checkpoint.open(subject.experiment.path)
        #expect(newest.manifest.iteration == subject.iteration, "call \(number)")
        #expect(try newest.verify().isVerified, "call \(number)")
        if saved {
          let expected = try everything(subject.buffer.snapshot())
          #expect(try everything(newest.buffer("replay_buffer")) == expected, "call \(number)")
          harmless += 1
        } else {
          #expect(try tree(subject.experiment.path) == before, "call \(number)")
          failed += 1
        }
        number += 1
      }
      // Looking for what can be reused may fail, and so may cleaning up afterwards; writing may not.
      #expect(failed > 60 && harmless < failed)
    }
  }

  @Test(arguments: [1, 20, 45, 70, 95])
  func `a disk that fails for good costs neither the last checkpoint nor the next run`(first: Int) throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      var expected: StateValue = nil
      do {
        var subject = try Subject(in: folder)
        expected = try everything(subject.buffer.snapshot())
        let fault = Fault(.failure(.noSpace), at: .call(first), .fromThenOn)
        #expect(try subject.save(fault) == false)
      }
      let checkpoint = try Checkpoint.open(path)
      #expect(checkpoint.manifest.iteration == 1)
      #expect(try everything(checkpoint.buffer("replay_buffer")) == expected)
      let experiment = try ExperimentDirectory.open(at: path)
      #expect(try hidden(in: experiment.path).isEmpty && hidden(in: experiment.layout.segments).isEmpty)
      try experiment.save(plainContents(2))
      #expect(try Checkpoint.open(path).verify().isVerified)
    }
  }

  @Test func `an interrupted call is not noticed`() throws {
    try withTemporaryDirectory { folder in
      var subject = try Subject(in: folder)
      for number in stride(from: 1, to: 120, by: 5) {
        #expect(try subject.save(Fault(.failure(.interrupted), at: .call(number))), "call \(number)")
        #expect(try Checkpoint.open(subject.experiment.path).verify().isVerified, "call \(number)")
      }
    }
  }

  @Test func `a first save that fails leaves no pool`() throws {
    try withTemporaryDirectory { folder in
      let fileSystem = FaultInjectingFileSystem()
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: fileSystem)
      fileSystem.reset(fault: Fault(.failure(.ioError), at: .operation(.rename, 4)))
      let snapshot = try grown(ReplayBuffer.self).snapshot()
      #expect(throws: CheckpointError.self) { try experiment.save(contents(1, snapshot), options: smallSegments) }
      #expect(try tree(experiment.path).isEmpty)
    }
  }

  @Test func `what a killed save leaves is removed by the next writer and seen by nobody`() throws {
    try withTemporaryDirectory { folder in
      let fileSystem = POSIXFileSystem()
      let path = folder.appending("run")
      try ExperimentDirectory.create(at: path).save(plainContents(1))
      // As the process that writes this would leave them, and one whose number nobody has.
      for name in [".checkpoint_000002.\(2_000_000_000)-0.partial", ".checkpoint_000003.1-0.partial"] {
        let litter = path.appending(name)
        try fileSystem.createDirectory(litter)
        try fileSystem.createDirectory(litter.appending("replay_buffer"))
        try write("half", to: litter.appending("replay_buffer/state.msgpack.zst"))
      }
      try fileSystem.createDirectory(path.appending("segments"))
      try write("half", to: path.appending("segments/.000-1.msgpack.zst.1-0.partial"))
      try write("mine", to: path.appending(".hidden"))
      #expect(try Checkpoint.open(path).manifest.iteration == 1)
      #expect(try ExperimentListing.of(path).checkpoints.map(\.iteration) == [1])
      let experiment = try ExperimentDirectory.open(at: path)
      #expect(try hidden(in: path) == [".hidden"] && hidden(in: experiment.layout.segments).isEmpty)
    }
  }

  @Test func `what a run left that was killed in its first save is removed when the run begins anew`() throws {
    try withTemporaryDirectory { folder in
      let litter = folder.appending(".checkpoint_000001.2000000000-0.partial")
      try POSIXFileSystem().createDirectory(litter)
      try write("half", to: litter.appending("algorithm_state.msgpack.zst"))
      try ExperimentDirectory.create(at: folder).save(plainContents(1))
      #expect(try hidden(in: folder).isEmpty)
    }
  }

  private func hidden(in directory: FilePath) throws -> [String] {
    try POSIXFileSystem().list(directory).map(\.name.string).filter { $0.hasPrefix(".") }
  }
}
