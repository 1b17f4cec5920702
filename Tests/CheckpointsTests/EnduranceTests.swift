import Checkpoints
import Dispatch
import FileSystems
import FileSystemsTestSupport
import Glibc
import ReplayBuffers
import StateTree
import Synchronization
import SystemPackage
import Testing

@Suite("Checkpoints are read and saved for a long time")
struct EnduranceTests {
  /// A run whose buffer goes on while readers look.
  private struct Writer {
    let experiment: ExperimentDirectory
    var buffer: ReplayBuffer
    var generator = PCG64(seed: 8)
    var iteration = 0

    init(at path: FilePath) throws {
      experiment = try ExperimentDirectory.create(at: path)
      buffer = try grown(ReplayBuffer.self, capacity: 120, times: 10)
    }

    /// Saves the next iteration, after which the last two stay.
    /// - Returns: the digest of the buffer.
    mutating func save(noting note: (Int, String) -> Void = { _, _ in }) throws {
      iteration += 1
      try buffer.grow(using: &generator)
      let snapshot = buffer.snapshot()
      note(iteration, StateDigest.sha256(of: try everything(snapshot)))
      try experiment.save(contents(iteration, snapshot), options: smallSegments)
      try experiment.prune(Retention(last: 2))
    }
  }

  @Test func `four readers see whole checkpoints or none while they are saved and pruned`() throws {
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      var writer = try Writer(at: path)
      let progress = Progress()
      try writer.save(noting: progress.note)
      // Threads of their own: readers that block would leave no task to run.
      let readers = DispatchGroup()
      for number in 0..<4 {
        DispatchQueue(label: "reader \(number)").async(group: readers) {
          while !progress.isOver.load(ordering: .relaxed) {
            do {
              guard let fault = try Self.read(path, number, progress) else { continue }
              if fault.isEmpty { progress.wholeReads.add(1, ordering: .relaxed) } else { progress.fail(fault) }
            } catch { progress.fail("reader \(number): \(error)") }
          }
        }
      }
      let end = ContinuousClock.now + .seconds(3)
      while ContinuousClock.now < end { try writer.save(noting: progress.note) }
      progress.isOver.store(true, ordering: .relaxed)
      readers.wait()
      #expect(progress.faults.withLock { $0.prefix(3) } == [])
      let reads = progress.wholeReads.load(ordering: .relaxed)
      print("readers: \(reads) whole reads while \(writer.iteration) checkpoints were saved")
      #expect(reads > 40 && writer.iteration > 10)
    }
  }

  /// What the writer and the readers tell each other.
  private final class Progress: Sendable {
    let isOver = Atomic(false)
    let wholeReads = Atomic(0)
    let faults = Mutex<[String]>([])
    private let saved = Mutex<[Int: String]>([:])

    func note(_ iteration: Int, _ digest: String) { saved.withLock { $0[iteration] = digest } }

    func digest(of iteration: Int) -> String? { saved.withLock { $0[iteration] } }

    func fail(_ fault: String) { faults.withLock { $0.append(fault) } }
  }

  /// One look: the empty text if what was read is what was saved, nil if it was pruned meanwhile, else what is wrong.
  private static func read(_ path: FilePath, _ number: Int, _ progress: Progress) throws -> String? {
    guard let entry = try ExperimentListing.of(path).checkpoints.randomElement() else { return nil }
    do {
      let checkpoint = try Checkpoint.open(entry.path)
      let iteration = checkpoint.manifest.iteration
      if number == 0, try !checkpoint.verify().isVerified { return try gone(entry.path, "\(iteration) is damaged") }
      let digest = StateDigest.sha256(of: try everything(checkpoint.buffer("replay_buffer")))
      let state = try checkpoint.state("algorithm_state")
      guard state["iteration"] == .integer(iteration), progress.digest(of: iteration) == digest else {
        return "iteration \(iteration) is not what was saved"
      }
      return ""
    } catch { return try gone(entry.path, "\(error)") }
  }

  /// What is wrong with a checkpoint, unless it was pruned meanwhile: its name then names nothing.
  private static func gone(_ path: FilePath, _ fault: String) throws -> String? {
    do throws(FileSystemError) { _ = try POSIXFileSystem().status(of: path) } catch { return nil }
    return fault
  }

  @Test func `after 2,000 saves and restores there are no more open files and hardly more memory than after 500`() async {
    // In a process of its own, since it counts what the whole process has open and holds.
    await #expect(processExitsWith: .success) { try Self.endure() }
  }

  private static func endure() throws {
    // In memory, where there is such a place: two thousand saves sync some fifty thousand times.
    if (try? POSIXFileSystem().list("/dev/shm")) != nil { unsafe setenv("TMPDIR", "/dev/shm", 1) }
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      var writer = try Writer(at: path)
      var (files, kilobytes): ([Int], [Int]) = ([], [])
      for cycle in 1...2_000 {
        try writer.save()
        let restored = try ReplayBuffer(
          contents: Checkpoint.open(path).buffer("replay_buffer"), defaults: BufferDefaults())
        try #require(restored.state == writer.buffer.state, "cycle \(cycle)")
        guard cycle == 500 || cycle == 2_000 else { continue }
        files.append(try POSIXFileSystem().list("/proc/self/fd").count)
        kilobytes.append(try residentKilobytes())
      }
      #expect(files[1] <= files[0], "open files: \(files)")
      // 2 KiB a save. Measured are 1.2 KiB, of which it is not known where they go; the aim is 1 MiB for all.
      #expect(kilobytes[1] - kilobytes[0] <= 3 << 10, "resident kB: \(kilobytes)")
      // As many checkpoints as are kept, and no temporary.
      let names = try POSIXFileSystem().list(path).map(\.name.string)
      #expect(names.count { $0.hasPrefix("checkpoint_") } == 2 && !names.contains { $0.hasPrefix(".") })
    }
  }

  /// The memory of this process that is in use.
  /// - Source: proc(5), `VmRSS`
  private static func residentKilobytes() throws -> Int {
    let line = try text("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return try #require(line?.split(separator: " ").compactMap { Int($0) }.first)
  }
}
