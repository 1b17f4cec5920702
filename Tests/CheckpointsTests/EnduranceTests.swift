import BufferFiles
import Dispatch
import FileSystems
import FileSystemsTestSupport
import Glibc
import ReplayBuffers
import StateTree
import Synchronization
import SystemPackage
import Testing

@testable import Checkpoints

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

  @Test func `after 2,000 saves and restores there is no more open, held or recorded than after 500`() async {
    // In a process of its own, since it counts what the whole process has open and holds.
    await #expect(processExitsWith: .success) { try Self.endure() }
  }

  private static func endure() throws {
    // Libdispatch starts more threads than work when some wait for the disk: how many have come by when is not counted here.
    try #require(ProcessMemory.limitArenas(to: WorkerCount.automatic.value))
    // In memory, where there is such a place: two thousand saves sync some fifty thousand times.
    if (try? POSIXFileSystem().list("/dev/shm")) != nil { unsafe setenv("TMPDIR", "/dev/shm", 1) }
    try withTemporaryDirectory { folder in
      let path = folder.appending("run")
      var writer = try Writer(at: path)
      var usage: [Usage] = []
      for cycle in 1...2_000 {
        try writer.save()
        let restored = try ReplayBuffer(
          contents: Checkpoint.open(path).buffer("replay_buffer"), defaults: BufferDefaults())
        try #require(restored.state == writer.buffer.state, "cycle \(cycle)")
        if cycle == 500 || cycle == 2_000 { usage.append(try Usage(of: writer)) }
      }
      usage[0].expectNoMore(in: usage[1])
      // As many checkpoints as are kept, and no temporary.
      let names = try POSIXFileSystem().list(path).map(\.name.string)
      #expect(names.count { $0.hasPrefix("checkpoint_") } == 2 && !names.contains { $0.hasPrefix(".") })
    }
  }

  /// What a run holds at a moment.
  private struct Usage {
    let openFiles: Int
    let memory: ProcessMemory
    /// How many bytes of rows were ever added to the buffer.
    let rowBytes: Int
    let recordBytes: Int64

    init(of writer: Writer) throws {
      let fileSystem = POSIXFileSystem()
      openFiles = try fileSystem.list("/proc/self/fd").count
      memory = try ProcessMemory()
      rowBytes = writer.buffer.insertionCount * writer.buffer.schema.rowBytes
      recordBytes = try fileSystem.status(of: writer.experiment.layout.verified).byteCount
    }

    /// What may grow: libdispatch keeps up to 1,024 continuations of 64 bytes, 80 with what malloc adds, for each thread
    /// that works for it. Resident are besides the 128 KiB by which malloc enlarges a thread's arena, and the pages of the
    /// buffer's newest chunk, which is allocated whole and filled row by row.
    /// - Source: `DISPATCH_CONTINUATION_CACHE_LIMIT` of libdispatch's `internal.h`; mallopt(3), `M_TOP_PAD`
    func expectNoMore(in later: Usage) {
      let (threads, cacheBytes, padBytes) = (WorkerCount.automatic.value, 1024 * 80, 128 << 10)
      let live = later.memory.liveBytes - memory.liveBytes
      let resident = later.memory.residentBytes - memory.residentBytes
      let rows = later.rowBytes - rowBytes
      #expect(later.openFiles <= openFiles)
      #expect(live <= threads * cacheBytes, "\(live) more are allocated")
      #expect(resident <= rows + threads * (cacheBytes + padBytes), "\(resident) more are resident, \(rows) of them may be rows")
      #expect(later.recordBytes == recordBytes)
    }
  }
}
