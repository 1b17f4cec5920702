public import BufferFiles
internal import FileSystems
internal import Synchronization
internal import SystemPackage

extension ExperimentDirectory {
  /// Reads a checkpoint whole and, if every digest agrees, records that durably, so that pruning counts it without
  /// reading it again. A record of one that is damaged is taken back.
  ///
  /// Meant to be called once after `save`, in the background. Saving is not held up by the reading.
  /// - Throws: `CheckpointError.incomplete`, `.invalidManifest`, `.newerVersion`, `.fileSystem`.
  @discardableResult
  public func verify(_ iteration: Int) throws(CheckpointError) -> CheckpointVerification {
    let path = layout.checkpoint(iteration)
    let (manifest, digest) = try fileSystem.manifest(in: path)
    let result = try Checkpoint(path: path, manifest: manifest, passedOver: [], fileSystem: fileSystem).verify()
    try record { $0.checkpoints[path.name] = result.isVerified ? digest : nil }
    return result
  }

  /// Reads a dump in `buffers` whole and records it as `verify(_:)` does.
  /// - Throws: `CheckpointError.file`, `.fileSystem`.
  @discardableResult
  public func verifyDump(_ iteration: Int) throws(CheckpointError) -> VerificationReport {
    let (path, fileSystem) = (layout.dump(iteration), fileSystem)
    let digest = try onFiles { () throws(FileSystemError) in try fileSystem.endDigest(of: path) }
    let result: VerificationReport
    do { result = try BufferFile.verify(path, on: fileSystem) } catch { throw .file(error) }
    try record { $0.dumps[path.name] = result.isSound ? digest : nil }
    return result
  }

  /// Changes the records; those of what is not there any more are left out.
  private func record(_ change: (inout VerifiedRecords) -> Void) throws(CheckpointError) {
    try memory.withLock { (_: inout ExperimentMemory) throws(CheckpointError) in
      let before = VerifiedRecords(of: layout, on: fileSystem)
      var records = before
      change(&records)
      guard records != before else { return }
      try onFiles { () throws(FileSystemError) in try records.forgetMissing(in: layout, on: fileSystem) }
      try records.write(to: layout, on: fileSystem)
    }
  }
}
