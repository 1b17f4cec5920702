internal import BufferFiles
public import FileSystems
public import SystemPackage

extension ExperimentDirectory {
  /// Begins an experiment that goes on from a checkpoint of another one: with that checkpoint, its configuration and its
  /// results up to there, and if a component was left out of it with the newest dump not after it.
  ///
  /// Nothing of the other is changed. Segments and dumps are shared by link where the file system allows it.
  /// - Throws: `CheckpointError.experimentExists`, `.fileSystem`, or what is damaged in the checkpoint; nothing is left.
  public static func fork(
    _ checkpoint: Checkpoint, into path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> ExperimentDirectory {
    let experiment = try create(at: path, on: fileSystem)
    do throws(CheckpointError) {
      try experiment.takeOver(checkpoint)
    } catch {
      experiment.removeAll()
      throw error
    }
    return experiment
  }

  private func takeOver(_ checkpoint: Checkpoint) throws(CheckpointError) {
    let manifest = checkpoint.manifest
    var writing = try CheckpointWriting(
      manifest.withoutFiles, in: layout, options: CheckpointOptions(), on: fileSystem)
    do throws(CheckpointError) {
      for file in manifest.files {
        let source = try checkpoint.verifiedPath(of: file)
        try writing.takeOver(file, from: source, segment: checkpoint.files.segments[file.path])
      }
      try takeOverResults(of: ExperimentLayout(checkpoint.path.enclosing), upTo: manifest)
      try writing.commit()
    } catch {
      writing.abandon()
      throw error
    }
  }

  private func takeOverResults(of other: ExperimentLayout, upTo manifest: CheckpointManifest) throws(CheckpointError) {
    let (layout, fileSystem) = (layout, fileSystem)
    try onFiles { () throws(FileSystemError) in
      if try fileSystem.exists(other.parameters) { try fileSystem.copy(other.parameters, to: layout.parameters) }
    }
    for (cut, destination) in zip(
      other.cuts(to: manifest.iteration, on: fileSystem), [layout.results, layout.progress])
    where try onFiles({ () throws(FileSystemError) in try fileSystem.exists(cut.path) }) {
      try cut.cut(to: destination)
    }
    guard !manifest.omitted.isEmpty else { return }
    try onFiles { () throws(FileSystemError) in
      let iterations = try fileSystem.listIfPresent(other.dumps).filter { $0.kind == .regular }
        .compactMap { ExperimentLayout.iteration(ofDump: $0.name.string) }
      guard let newest = iterations.filter({ $0 <= manifest.iteration }).max() else { return }
      try fileSystem.ensureDirectory(layout.dumps)
      _ = try fileSystem.linkOrCopy(other.dump(newest), to: layout.dump(newest))
      try fileSystem.syncNames(in: layout.dumps)
    }
  }

  /// Takes a fork back with which no run could go on, so that the directory is as it was before `fork`.
  package func removeFork(of checkpoint: Checkpoint) {
    try? fileSystem.removeTree(layout.checkpoint(checkpoint.manifest.iteration))
    removeAll()
  }

  /// Removes what a fork that failed has made; before it there was no experiment.
  private func removeAll() {
    for file in [layout.parameters, layout.results, layout.progress] { try? fileSystem.unlink(file) }
    for directory in [layout.dumps, layout.segments] { try? fileSystem.removeTree(directory) }
    try? fileSystem.unlink(layout.lock)
    try? fileSystem.removeDirectory(path)
  }
}

extension CheckpointManifest {
  fileprivate var withoutFiles: CheckpointManifest {
    var manifest = self
    manifest.files = []
    return manifest
  }
}
