public import FileSystems
public import SystemPackage

extension Checkpoint {
  /// Opens a checkpoint, or the newest of an experiment, checking that every file it names is there with its size.
  /// - Parameters:
  ///   - fallback: What to do if an experiment's newest checkpoint cannot be used. Default: stop.
  ///   - selection: The components whose files are read whole and compared with their digests before a checkpoint counts
  ///     as one that can be used. Default: none, since what is read later is compared then.
  ///   - damagedSegments: What to do if segments are missing or damaged. Default: stop.
  /// - Throws: `CheckpointError`: `.notExperiment`, `.noCheckpoint`, `.newestUnusable`; for a checkpoint's own directory
  ///   `.incomplete`, `.invalidManifest`, `.newerVersion`, `.damagedFile`, `.missingSegment`.
  public static func open(
    _ path: FilePath, fallback: Fallback = .refuse, verifying selection: ComponentSelection? = nil,
    damagedSegments: DamagedSegments = .refuse, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> Checkpoint {
    if try isCheckpoint(path, fileSystem) {
      let opened = try openDirectory(path, damagedSegments, on: fileSystem)
      if let selection { try opened.compareDigests(of: selection) }
      return opened
    }
    let layout = ExperimentLayout(path)
    let contents: ExperimentContents
    do { contents = try ExperimentContents(of: layout, on: fileSystem) } catch {
      throw error.isMissing ? .notExperiment(path) : .fileSystem(error)
    }
    guard !contents.checkpoints.isEmpty else {
      guard contents.isExperiment else { throw .notExperiment(path) }
      throw .noCheckpoint(path, skipped: [])
    }
    return try openNewest(of: contents.checkpoints, layout, fallback, selection, damagedSegments, fileSystem)
  }

  /// Whether a directory is a checkpoint's: by its manifest, or by its name if that is missing.
  private static func isCheckpoint(_ path: FilePath, _ fileSystem: any FileSystem) throws(CheckpointError) -> Bool {
    let manifest = path.appending(ExperimentLayout.manifestName)
    if try onFiles({ () throws(FileSystemError) in try fileSystem.exists(manifest) }) { return true }
    guard let name = path.lastComponent?.string, ExperimentLayout.iteration(ofCheckpoint: name) != nil else {
      return false
    }
    return try onFiles { () throws(FileSystemError) in try fileSystem.exists(path) }
  }

  private static func openNewest(
    of iterations: [Int], _ layout: ExperimentLayout, _ fallback: Fallback, _ selection: ComponentSelection?,
    _ damagedSegments: DamagedSegments, _ fileSystem: any FileSystem
  ) throws(CheckpointError) -> Checkpoint {
    var skipped: [CheckpointSkip] = []
    for iteration in iterations.reversed() {
      let directory = layout.checkpoint(iteration)
      do throws(CheckpointError) {
        let opened = try openDirectory(directory, damagedSegments, on: fileSystem)
        if let selection { try opened.compareDigests(of: selection) }
        return Checkpoint(
          path: opened.path, manifest: opened.manifest, passedOver: skipped, damagedSegments: damagedSegments,
          fileSystem: fileSystem)
      } catch {
        let reason = error.reason(in: directory)
        guard fallback == .allowOlder else {
          throw .newestUnusable(directory, reason: reason, hasOlder: iteration != iterations.first)
        }
        skipped.append(CheckpointSkip(directory, reason: reason))
      }
    }
    throw .noCheckpoint(layout.directory, skipped: skipped)
  }

  /// Reads the files of some components whole.
  /// - Throws: `CheckpointError.damagedFile`, `.missingSegment`, `.fileSystem` for the first that is not as it was saved.
  private func compareDigests(of selection: ComponentSelection) throws(CheckpointError) {
    let wanted = Set(manifest.components.filter { selection.selects($0.name) }.flatMap(\.paths))
    for file in manifest.files where wanted.contains(file.path) && !mayBeDamaged(file) {
      _ = try verifiedPath(of: file)
    }
  }

  /// Whether a file is a segment without which a restore goes on.
  private func mayBeDamaged(_ file: CheckpointManifest.File) -> Bool {
    damagedSegments == .skip && files.segments[file.path] != nil
  }

  /// Opens a checkpoint's own directory.
  static func openDirectory(
    _ path: FilePath, _ damagedSegments: DamagedSegments = .refuse, on fileSystem: any FileSystem
  ) throws(CheckpointError) -> Checkpoint {
    let manifest = try CheckpointManifest.read(in: path, on: fileSystem)
    if let name = path.lastComponent?.string, let iteration = ExperimentLayout.iteration(ofCheckpoint: name),
      iteration != manifest.iteration
    {
      throw .invalidManifest(
        path.appending(ExperimentLayout.manifestName),
        reason: "it is of iteration \(manifest.iteration), the directory of iteration \(iteration)")
    }
    let checkpoint = Checkpoint(
      path: path, manifest: manifest, passedOver: [], damagedSegments: damagedSegments, fileSystem: fileSystem)
    for file in manifest.files where !checkpoint.mayBeDamaged(file) {
      let place = try onFiles { () throws(FileSystemError) in try checkpoint.files.place(of: file) }
      if case .nowhere(let reason) = place { throw .incomplete(path, reason: "\(file.path): \(reason)") }
    }
    return checkpoint
  }
}

extension CheckpointError {
  /// Whether it is about a segment that is missing or damaged, rather than about anything else.
  var isSegmentDamage: Bool {
    switch self {
    case .damagedFile(let file, _): SegmentName.matches(file.lastComponent?.string ?? "")
    case .missingSegment: true
    default: false
    }
  }

  /// Why a checkpoint cannot be used, without naming it again.
  func reason(in checkpoint: FilePath) -> String {
    switch self {
    case .incomplete(_, let reason): reason
    case .invalidManifest(_, let reason): "\(ExperimentLayout.manifestName): \(reason)"
    case .damagedFile(let file, let reason): "\(file.relative(to: checkpoint)): \(reason)"
    case .missingSegment(_, let name, _): "\(name): it is missing"
    case .newerVersion(_, let found, let supported):
      "it has version \(found), this rlbuf reads up to \(supported)"
    default: description
    }
  }
}

extension FilePath {
  /// The path within a directory; the whole path if it lies elsewhere, such as in the pool.
  fileprivate func relative(to directory: FilePath) -> FilePath {
    var path = self
    return path.removePrefix(directory) ? path : self
  }
}
