internal import BufferFiles
public import Checkpoints
internal import FileSystems
internal import ReplayBuffers
internal import StateTree
public import SystemPackage

extension Algorithm {
  /// Whether the replay buffer is neither the checkpoint's nor a dump's, and was not left out on purpose.
  func needsDump(_ report: RestoreReport) -> Bool {
    let component = "replay_buffer"
    return replayBufferSnapshot != nil && !report.restored.contains { $0.component == component }
      && !report.joined.contains { $0.component == component } && !report.skipped.contains(component)
  }

  /// Takes a dump as the replay buffer, checked frame by frame, and says in the report how far it lies behind.
  ///
  /// A dump of the very iteration of the checkpoint goes on as if the checkpoint had held it, bit for bit.
  /// - Throws: `TrainingError.unusableDump`; the run has the buffer it had then.
  public func joinReplayBuffer(from path: FilePath, report: inout RestoreReport) throws {
    try joinReplayBuffer(from: path, before: nil, report: &report)
  }

  func joinReplayBuffer(from path: FilePath, before: FilePath?, report: inout RestoreReport) throws {
    do {
      let file = try BufferFile.open(path, on: services.fileSystem)
      let origin = DumpOrigin(file.header)
      let isExact =
        origin.runID == run.id && origin.environmentSteps == environmentSteps
        && origin.iteration == iteration
      try replaceReplayBuffer(with: file.contents(), continuity: isExact ? .exact : .broken)
      if let id = origin.runID, id != run.id {
        report.warnings.append("the dump \(path) was written by another run, \(id)")
      }
      report.joined.append(
        RestoreReport.Joined(
          component: "replay_buffer", path: path, iteration: origin.iteration, steps: file.steps.count,
          // Steps of another run are not those of this one.
          stepsBehind: origin.runID == run.id ? origin.environmentSteps.map { environmentSteps - $0 } : nil))
      if isExact { checkJoinedProof(&report) }
      if !isExact { run.inexactBecause.append("its replay buffer was joined from the dump \(path)") }
      run.inexactBecause.removeAll { $0 == Self.emptyBufferReason }
      report.warnings.removeAll { $0 == Self.emptyBufferWarning }
    } catch {
      throw TrainingError.unusableDump(path, reason: String(describing: error), before: before)
    }
  }

  /// The digest of the next draws is in the checkpoint even when the buffer is not.
  private func checkJoinedProof(_ report: inout RestoreReport) {
    guard let saved = run.savedProofs["replay_buffer"], let now = proof(of: "replay_buffer") else { return }
    report.proofs.removeAll { $0.component == "replay_buffer" }
    report.proofs.append(("replay_buffer", saved == now ? .confirmed : .failed(saved: saved, now: now)))
  }

  static var emptyBufferReason: String { "it was restored without its replay buffer" }
}

/// Where a dump comes from, as its header says.
struct DumpOrigin {
  let runID: String?
  let iteration: Int?
  let environmentSteps: Int?

  init(_ header: FileHeader) {
    if case .string(let id)? = header.provenance["run_id"] { runID = id } else { runID = nil }
    iteration = Self.count(header.metadata["iteration"])
    environmentSteps = Self.count(header.metadata["environment_steps"])
  }

  private static func count(_ value: StateValue?) -> Int? {
    if case .int(let value)? = value, (0...1 << 53).contains(value) { Int(value) } else { nil }
  }
}
