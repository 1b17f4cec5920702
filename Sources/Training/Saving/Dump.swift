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
  private let insertionCount: Int
  private let provenance: StateMap
  private let metadata: StateMap
  private let keep: DumpRetention
  private let runID: String
  private let ledger: SaveLedger
  /// The iterations of checkpoints that stand on a dump, as long as the run has not saved any.
  private let restoredAnchors: [Int]

  init(_ snapshot: BufferSnapshot, of algorithm: any Algorithm, in directory: FilePath, keep: DumpRetention) {
    let (services, run) = (algorithm.services, algorithm.run)
    dumps = DumpDirectory(path: directory, fileSystem: services.fileSystem)
    path = dumps.file(algorithm.iteration)
    self.snapshot = snapshot
    iteration = algorithm.iteration
    insertionCount = algorithm.insertionCount
    provenance = [
      "run_id": .string(run.id), "host": .string(services.machine.host),
      "process": .integer(services.machine.process), "timestamp": .integer(services.clock.timestamp()),
    ]
    metadata = [
      "iteration": .integer(algorithm.iteration), "environment_steps": .integer(algorithm.environmentSteps),
    ]
    self.keep = keep
    runID = run.id
    ledger = run.ledger
    restoredAnchors = run.iterationOfRestoredAnchor.map { [$0] } ?? []
  }

  /// Writes it, whole and durable or not at all; then older ones go.
  /// - Parameter stall: How long training stood still for it.
  /// - Throws: `TrainingError.dumpExists`, `.fileSystem`, and what writing throws.
  func write(stall: Duration) throws -> SaveJob.Outcome {
    let start = ContinuousClock.now
    try dumps.create()
    dumps.removeLeftovers()
    if (try? dumps.fileSystem.status(of: path)) != nil { throw TrainingError.dumpExists(path) }
    if let reason = try lackOfRoom() { return skipped(reason) }
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
    let byteCount = (try? dumps.fileSystem.status(of: path).byteCount).map { Int($0) } ?? 0
    let save = FinishedSave(
      kind: .dump, path: path, iteration: iteration, insertionCount: insertionCount, byteCount: byteCount,
      bytesWritten: byteCount, bytesShared: 0, stall: stall, duration: ContinuousClock.now - start)
    return .saved(save, warnings: prune())
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

  private func skipped(_ reason: String) -> SaveJob.Outcome {
    .skipped(warning: "the dump \(path) is skipped: \(reason); free some space")
  }

  /// Dumps of other runs, and what cannot be read, are neither counted nor deleted.
  /// - Returns: what went wrong; the dump is durable all the same.
  private func prune() -> [String] {
    guard case .last(let count) = keep else { return [] }
    do {
      let written = try dumps.iterations().filter { $0 <= iteration && isOwn($0) }
      // Checkpoints that wait are of this iteration or later: nothing that they stand on is deleted here.
      let anchors = ledger.iterationsStandingOnDumps(restored: restoredAnchors)
      let needed = Set(anchors.compactMap { anchor in written.last { $0 <= anchor } })
      for old in written.dropLast(max(1, count)) where !needed.contains(old) {
        try dumps.fileSystem.unlink(dumps.file(old))
      }
      return []
    } catch { return ["dumps older than \(path) were kept: \(error)"] }
  }

  private func isOwn(_ number: Int) -> Bool { number == iteration || dumps.holds(number, of: runID) }
}
