import BufferFiles
import Checkpoints
import FileSystems
import FileSystemsTestSupport
import ReplayBuffers
import StateTree
import SystemPackage
import Testing

@Suite("A save for which there is no room does not begin")
struct SpaceTests {
  private let spare: Int64 = 1 << 20

  /// What an error says of the bytes needed and free.
  private func shortage(_ body: () throws -> Void) -> (path: FilePath, needed: Int64, free: Int64)? {
    do {
      try body()
      return nil
    } catch CheckpointError.file(.fileSystem(let error)) {
      guard error.code == .noSpace, error.operation == .allocate else { return nil }
      return (error.path, error.bytesNeeded ?? -1, error.bytesFree ?? -1)
    } catch { return nil }
  }

  @Test func `only what an increment writes has to fit`() throws {
    try withTemporaryDirectory { folder in
      let disk = SmallDisk()
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: disk)
      var buffer = try grown(ReplayBuffer.self, capacity: 400_000, times: 20_000)
      // About 5.5 MB, which compress to less than half.
      disk.freeBytes = 1_500_000
      let refused = shortage { try experiment.save(contents(1, buffer.snapshot())) }
      #expect(refused?.path == experiment.layout.checkpoint(1) && refused?.free == 1_500_000)
      #expect(try tree(experiment.path).isEmpty)
      disk.freeBytes = 100 << 20
      let first = try experiment.save(contents(1, buffer.snapshot()))
      let needed = try #require(refused?.needed) - spare
      #expect(
        needed >= Int64(first.bytesWritten) && needed < Int64(first.bytesWritten) * 13 / 10,
        "\(needed), \(first.bytesWritten)")
      // The increment is small enough.
      var generator = PCG64(seed: 5)
      for _ in 0..<5 { try buffer.grow(using: &generator) }
      disk.freeBytes = 2 << 20
      try experiment.save(contents(2, buffer.snapshot()))
      #expect(try Checkpoint.open(experiment.path).verify().isVerified)
    }
  }

  @Test func `state and priorities count too`() throws {
    try withTemporaryDirectory { folder in
      let disk = SmallDisk()
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: disk)
      var contents = plainContents(1)
      contents.add("learner", state: ["weights": .tensor(Tensor(vector: [Float](repeating: 0.5, count: 1 << 20)))])
      disk.freeBytes = 5 << 20
      let refused = shortage { try experiment.save(contents) }
      #expect(refused.map { $0.needed > 5 << 20 && $0.needed < 6 << 20 } == true)
      disk.freeBytes = 6 << 20
      try experiment.save(contents)
    }
  }

  @Test func `where the free space cannot be told, writing tells`() throws {
    try withTemporaryDirectory { folder in
      let faulty = FaultInjectingFileSystem()
      let experiment = try ExperimentDirectory.create(at: folder.appending("run"), on: faulty)
      faulty.reset(fault: Fault(.failure(.noFunction), at: .operation(.freeBytes, 1), .fromThenOn))
      try experiment.save(contents(1, try grown(ReplayBuffer.self).snapshot()))
      #expect(faulty.operations.contains(.freeBytes))
    }
  }
}
