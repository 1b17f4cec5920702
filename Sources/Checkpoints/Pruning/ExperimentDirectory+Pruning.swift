public import FileSystems
internal import Glibc
internal import Synchronization
public import SystemPackage

extension ExperimentDirectory {
  /// Deletes what retention does not keep.
  ///
  /// What goes is given a temporary name first, that is made durable, and only then are files deleted, and after them the
  /// segments of the pool that no manifest names: a crash at any moment leaves whole checkpoints, and garbage that the
  /// next writer removes. What has to count and was never verified is read whole first, and that is recorded.
  /// - Throws: `CheckpointError.invalidRetention`, `.unknownMetric`, `.fileSystem`; then no checkpoint is gone, unless
  ///   a directory could not be given its name back: it was to go.
  @discardableResult
  public func prune(
    _ retention: Retention, scope: PruneScope = .checkpoints
  ) throws(CheckpointError) -> PruneReport {
    try memory.withLock { (memory: inout ExperimentMemory) throws(CheckpointError) in
      removeLeftoversOfFailures(&memory)
      let before = VerifiedRecords(of: layout, on: fileSystem)
      let planning = try PrunePlanning(layout, retention, scope, now: .now, on: fileSystem)
      if planning.records != before { try write(planning.records) }
      var report = planning.report
      let directories = (report.superseded + report.checkpoints).filter(\.goes).map(\.path)
      try remove(directories, &report, &memory)
      try removeDumps(report.dumps.filter(\.goes).map(\.path))
      do throws(FileSystemError) { report.segmentsRemoved = try removeUnusedSegments(&memory.named) } catch {
        report.warnings.append("segments that no checkpoint uses were kept: \(error)")
      }
      return report
    }
  }

  private func write(_ records: VerifiedRecords) throws(CheckpointError) {
    var records = records
    try onFiles { () throws(FileSystemError) in try records.forgetMissing(in: layout, on: fileSystem) }
    try records.write(to: layout, on: fileSystem)
  }

  /// Says what `prune` would delete, and changes nothing: it takes no lock, and a run may be going on.
  ///
  /// What has to count and was never verified is read whole all the same, so that the answer is the right one.
  /// - Throws: `CheckpointError.notExperiment`, `.invalidRetention`, `.unknownMetric`, `.fileSystem`.
  public static func planPruning(
    at path: FilePath, _ retention: Retention, scope: PruneScope = .checkpoints,
    on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> PruneReport {
    try PrunePlanning(ExperimentLayout(path), retention, scope, now: .now, on: fileSystem).report
  }

  /// Takes directories away: none of them, or all for readers; what is left of them then is garbage.
  private func remove(
    _ directories: [FilePath], _ report: inout PruneReport, _ memory: inout ExperimentMemory
  ) throws(CheckpointError) {
    guard !directories.isEmpty else { return }
    var renamed: [(old: FilePath, new: FilePath)] = []
    do throws(FileSystemError) {
      for directory in directories { renamed.append((directory, try fileSystem.renameToTemporary(directory))) }
      // Nothing of them is deleted before a loss of power cannot bring the old names back.
      try fileSystem.syncNames(in: path)
    } catch {
      for (old, new) in renamed.reversed() {
        do { try fileSystem.move(new, to: old) } catch { memory.hasLeftovers = true }
      }
      throw .fileSystem(error)
    }
    for directory in directories { memory.named[directory] = nil }
    for (old, new) in renamed {
      do { try fileSystem.removeTree(new) } catch {
        memory.hasLeftovers = true
        report.warnings.append("\(old) is gone, but not all of its bytes: \(error)")
      }
    }
  }

  private func removeDumps(_ dumps: [FilePath]) throws(CheckpointError) {
    guard !dumps.isEmpty else { return }
    let (layout, fileSystem) = (layout, fileSystem)
    try onFiles { () throws(FileSystemError) in
      for dump in dumps {
        try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.unlink(dump) }
      }
      try fileSystem.syncNames(in: layout.dumps)
    }
  }

  /// Removes what an earlier save or pruning of this writer could not, if it failed; that this fails too hinders nobody.
  func removeLeftoversOfFailures(_ memory: inout ExperimentMemory) {
    guard memory.hasLeftovers else { return }
    do throws(FileSystemError) {
      try removeDirectoriesLeftOver()
      try fileSystem.removeTemporaries(inLocked: layout.segments) { _ in true }
      memory.hasLeftovers = false
    } catch {}
  }

  /// Removes directories that are neither checkpoints yet nor any more; no other thread may be saving.
  func removeDirectoriesLeftOver() throws(FileSystemError) {
    try fileSystem.removeTemporaries(inLocked: path, follow: .userPath) { name in
      ExperimentLayout.iteration(ofCheckpoint: name) != nil || ExperimentLayout.iteration(ofSuperseded: name) != nil
    }
  }
}

extension Int64 {
  /// Seconds since 1970.
  /// - Source: time(2)
  fileprivate static var now: Int64 { Int64(time(nil)) }
}
