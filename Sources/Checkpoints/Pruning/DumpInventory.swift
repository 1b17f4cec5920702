internal import BufferFiles
internal import FileSystems
internal import StateTree
internal import SystemPackage

/// The dumps of an experiment as retention sees them.
struct DumpInventory {
  /// The dumps by number.
  private(set) var candidates: [RetentionCandidate] = []
  /// The digest of the end of each, by number.
  private(set) var digests: [Int: String] = [:]

  /// Looks at all dumps.
  /// - Parameter runID: The run whose dumps count; nil for that of the newest dump.
  /// - Throws: `CheckpointError.fileSystem` if their directory cannot be listed.
  init(
    _ layout: ExperimentLayout, of runID: String?, _ records: VerifiedRecords, metric: inout ResultMetric?,
    on fileSystem: any FileSystem
  ) throws(CheckpointError) {
    let entries = try onFiles { () throws(FileSystemError) in try fileSystem.listIfPresent(layout.dumps) }
    let iterations = entries.filter { $0.kind == .regular }
      .compactMap { ExperimentLayout.iteration(ofDump: $0.name.string) }
    var runID = runID
    for iteration in iterations.sorted(by: >) {
      let path = layout.dump(iteration)
      guard let stored = fileSystem.storedFile(at: path) else { continue }
      var candidate = RetentionCandidate(iteration: iteration, files: [stored])
      candidate.seconds = fileSystem.modificationSeconds(of: path)
      do {
        let file = try BufferFile.open(path, follow: .never, on: fileSystem)
        let digest = try fileSystem.endDigest(of: path)
        digests[iteration] = digest
        candidate.bufferSteps = ["dump": file.summary.stepCount]
        candidate.metric = metric?.value(iteration, in: file.header.metadata)
        candidate.standing = records.dumps[path.name] == digest ? .verified : .unverified
        if let fault = Self.fault(in: file.header, of: &runID) { candidate.standing = .foreign(fault) }
      } catch {
        candidate.standing = .damaged("\(error)")
      }
      candidates.append(candidate)
    }
    candidates.reverse()
  }

  /// Why a dump is not this run's; nil if it is. The first that says its run decides, if none is known.
  private static func fault(in header: FileHeader, of runID: inout String?) -> String? {
    guard case .string(let id)? = header.provenance["run_id"] else { return "it names no run" }
    if runID == nil { runID = id }
    return id == runID ? nil : "it is of the run \(id)"
  }

  /// Notes what reading one of them whole has shown.
  mutating func note(_ standing: RetentionCandidate.Standing, at index: Int) { candidates[index].standing = standing }

  /// Notes for each checkpoint that lacks components the dump that it would be restored with.
  mutating func anchor(_ checkpoints: [Int]) {
    for iteration in checkpoints {
      let index = candidates.lastIndex { candidate in
        if case .foreign = candidate.standing { return false }
        return candidate.iteration <= iteration
      }
      if let index { candidates[index].neededBy = iteration }
    }
  }
}
