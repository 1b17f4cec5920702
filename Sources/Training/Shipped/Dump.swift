internal import BufferFiles
internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// A dump of the replay buffer to be written: everything that is known of it when it is due.
struct Dump: Sendable {
  /// What is left of the disk beyond a dump.
  static let spareBytes: Int64 = 1 << 20

  let path: FilePath
  private let dumps: DumpDirectory
  private let snapshot: BufferSnapshot
  private let iteration: Int
  private let provenance: StateMap
  private let metadata: StateMap
  private let keep: DumpRetention
  private let runID: String
  /// The iterations of the newest checkpoints that stand on a dump.
  private let anchors: [Int]

  init(_ snapshot: BufferSnapshot, of algorithm: any Algorithm, in directory: FilePath, keep: DumpRetention) {
    let services = algorithm.services
    dumps = DumpDirectory(path: directory, fileSystem: services.fileSystem)
    path = dumps.file(algorithm.iteration)
    self.snapshot = snapshot
    iteration = algorithm.iteration
    provenance = [
      "run_id": .string(algorithm.run.id), "host": .string(services.machine.host),
      "process": .integer(services.machine.process), "timestamp": .integer(services.clock.timestamp()),
    ]
    metadata = [
      "iteration": .integer(algorithm.iteration), "environment_steps": .integer(algorithm.environmentSteps),
    ]
    self.keep = keep
    runID = algorithm.run.id
    anchors = algorithm.run.iterationsStandingOnDumps
  }

  /// Makes the directory, removes what killed runs left of dumps, and sees whether there is room.
  /// - Returns: why it is skipped, if the disk has no room for it.
  /// - Throws: `TrainingError.dumpExists`, `.fileSystem`.
  func prepare() throws -> String? {
    try dumps.create()
    dumps.removeLeftovers()
    if (try? dumps.fileSystem.status(of: path)) != nil { throw TrainingError.dumpExists(path) }
    return try lackOfRoom().map(skipped)
  }

  /// Writes it, whole and durable or not at all; then older ones go.
  /// - Returns: why it was skipped, if the disk had no room for it after all.
  /// - Throws: `TrainingError.dumpExists`, and what writing throws.
  func write() throws -> String? {
    let options = WritingOptions(existing: .refuse)
    do {
      try BufferFileWriter.write(
        snapshot, to: path, provenance: provenance, metadata: metadata, options: options, on: dumps.fileSystem)
    } catch let error as BufferFileError {
      guard case .fileSystem(let cause) = error else { throw error }
      if cause.code == .fileExists { throw TrainingError.dumpExists(path) }
      guard cause.code == .noSpace || cause.code == .diskQuotaExceeded else { throw error }
      return skipped("\(error)")
    }
    try prune()
    return nil
  }

  /// Judged by the size of the dump before it; without one, writing it will tell.
  private func lackOfRoom() throws -> String? {
    guard let free = try? dumps.fileSystem.freeBytes(at: dumps.path),
      let last = try dumps.iterations().last(where: { $0 < iteration }),
      let estimate = try? dumps.fileSystem.status(of: dumps.file(last)).byteCount,
      free < estimate + Self.spareBytes
    else { return nil }
    return "\(free) bytes are free, the last one took \(estimate), and \(Self.spareBytes) shall stay free"
  }

  private func skipped(_ reason: String) -> String { "the dump \(path) is skipped: \(reason); free some space" }

  /// Dumps of other runs, and what cannot be read, are neither counted nor deleted.
  private func prune() throws {
    guard case .last(let count) = keep else { return }
    let written = try dumps.iterations().filter { $0 <= iteration && isOwn($0) }
    let needed = Set(anchors.compactMap { anchor in written.last { $0 <= anchor } })
    for old in written.dropLast(max(1, count)) where !needed.contains(old) {
      try dumps.fileSystem.unlink(dumps.file(old))
    }
  }

  private func isOwn(_ number: Int) -> Bool { number == iteration || dumps.holds(number, of: runID) }
}
