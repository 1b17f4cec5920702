import RLBuf
import SystemPackage

extension VerifyCommand {
  /// Reads every file of a checkpoint, complete or not.
  func verifyCheckpoint(_ path: FilePath) throws -> Verdict {
    let report = try Checkpoint.verify(path)
    let found = "\(NumberText.count(report.fileCount, "file")), \(NumberText.bytes(report.byteCount))"
    if report.isVerified {
      try say("sound: \(path): \(found); every digest agrees")
    } else {
      try say("damaged: \(path): \(NumberText.count(report.damage.count, "place")); \(found) read")
      for damage in report.damage { try say("  \(damage)") }
    }
    if !report.segmentsFromPool.isEmpty {
      let count = NumberText.count(report.segmentsFromPool.count, "segment")
      try say("  \(count) in the experiment's pool alone: the checkpoint is not whole without it")
    }
    for name in report.unknownFiles.prefix(20) { try say("  not in the manifest: \(name)") }
    if report.unknownFiles.count > 20 { try say("  ... \(NumberText.count(report.unknownFiles.count - 20)) more") }
    return report.isVerified ? .sound : .damaged
  }

  /// Reads every checkpoint and every dump of an experiment, and says at the end how many are sound.
  func verify(_ experiment: SavedExperiment) throws -> Verdict {
    let listing = experiment.listing
    var verdicts: [Verdict] = []
    for entry in listing.checkpoints { verdicts.append(try verify(entry)) }
    for entry in listing.dumps { verdicts.append(try verifyEntry(entry.path) { try verifyOurs(entry.path) }) }
    let sound = verdicts.count { $0 == .sound }
    let what = "\(NumberText.count(listing.checkpoints.count, "checkpoint")), \(NumberText.count(listing.dumps.count, "dump"))"
    let worst = verdicts.max() ?? .sound
    let verdict = worst == .sound ? "sound" : worst == .damaged ? "damaged" : "not verified"
    try say("\(verdict): \(experiment.path): \(what); \(NumberText.count(sound)) of \(NumberText.count(verdicts.count)) sound")
    return worst
  }

  private func verify(_ entry: ExperimentListing.CheckpointEntry) throws -> Verdict {
    try verifyEntry(entry.path) {
      let verdict = try verifyCheckpoint(entry.path)
      guard verdict == .sound, let reason = entry.incompleteBecause else { return verdict }
      try say("damaged: \(entry.path): \(reason)")
      return .damaged
    }
  }

  /// What cannot be checked, or is gone again, shall not hide the others.
  private func verifyEntry(_ path: FilePath, _ body: () throws -> Verdict) throws -> Verdict {
    do { return try body() } catch let error as CheckpointError where error.isDamage {
      try say("damaged: \(path): \(error)")
      return .damaged
    } catch let error as any Error & CustomStringConvertible {
      Console.note("rlbuf: " + TerminalText.escaped(error.description))
      return .unknown
    }
  }
}

extension CheckpointError {
  /// Whether it is a checkpoint of ours and not sound, rather than something that cannot be read at all.
  var isDamage: Bool {
    switch self {
    case .incomplete, .invalidManifest, .damagedFile, .missingSegment, .invalidSegments, .newestUnusable, .invalidResults:
      true
    default: false
    }
  }
}
