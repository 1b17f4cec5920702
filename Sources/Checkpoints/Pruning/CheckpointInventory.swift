internal import BufferFiles
internal import FileSystems
internal import SystemPackage

/// The checkpoints of an experiment as retention sees them, with what they share.
struct CheckpointInventory {
  /// The checkpoints by number.
  private(set) var candidates: [RetentionCandidate] = []
  /// The digest of the manifest of each that has one, by number.
  private(set) var digests: [Int: String] = [:]
  /// The iterations whose checkpoints lack components, which dumps are to give.
  private(set) var incompleteBuffers: [Int] = []
  /// The run that the newest of them is of.
  private(set) var runID: String?
  private(set) var isPoolKnown = true

  private let layout: ExperimentLayout
  private let fileSystem: any FileSystem

  /// Looks at all checkpoints.
  /// - Throws: `CheckpointError.fileSystem` if a directory cannot be listed.
  init(
    _ layout: ExperimentLayout, _ iterations: [Int], _ records: VerifiedRecords, metric: inout ResultMetric?,
    on fileSystem: any FileSystem
  ) throws(CheckpointError) {
    self.layout = layout
    self.fileSystem = fileSystem
    // The newest first, whose run the others must be of.
    for iteration in iterations.reversed() { try look(at: iteration, records, &metric) }
    candidates.reverse()
  }

  /// Notes what reading one of them whole has shown.
  mutating func note(_ standing: RetentionCandidate.Standing, at index: Int) { candidates[index].standing = standing }

  /// Forgets those that go.
  mutating func remove(goingIn plan: RetentionPlan) {
    let going = zip(candidates, plan.decisions).filter { if case .goes = $0.1 { true } else { false } }
    let iterations = Set(going.map(\.0.iteration))
    candidates.removeAll { iterations.contains($0.iteration) }
    incompleteBuffers.removeAll { iterations.contains($0) }
  }

  private mutating func look(
    at iteration: Int, _ records: VerifiedRecords, _ metric: inout ResultMetric?
  ) throws(CheckpointError) {
    let path = layout.checkpoint(iteration)
    var candidate = RetentionCandidate(iteration: iteration)
    candidate.seconds = fileSystem.modificationSeconds(of: path)
    do throws(CheckpointError) {
      let (manifest, digest) = try fileSystem.manifest(in: path)
      digests[iteration] = digest
      try take(manifest, at: path, into: &candidate)
      if runID == nil { runID = manifest.runID }
      candidate.standing = records.checkpoints[path.name] == digest ? .verified : .unverified
      candidate.metric = metric?.value(iteration, in: manifest.results)
      if runID != manifest.runID { candidate.standing = .foreign("it is of the run \(manifest.runID)") }
    } catch {
      // What cannot be read may name any segment of the pool.
      if digests[iteration] == nil { isPoolKnown = false }
      candidate.standing = .damaged(error.reason(in: path))
    }
    candidates.append(candidate)
  }

  /// Notes what a manifest says and what lies in its directory.
  private mutating func take(
    _ manifest: CheckpointManifest, at path: FilePath, into candidate: inout RetentionCandidate
  ) throws(CheckpointError) {
    candidate.segments = manifest.segmentNames
    candidate.seconds = fileSystem.modificationSeconds(of: path.appending(ExperimentLayout.manifestName))
    for component in manifest.components {
      if let steps = component.steps { candidate.bufferSteps[component.name] = steps }
    }
    for name in manifest.files.map(\.path) + [ExperimentLayout.manifestName] {
      if let file = fileSystem.storedFile(at: path.appending(name)) { candidate.files.append(file) }
    }
    let checkpoint = try Checkpoint.openDirectory(path, on: fileSystem)
    let stranger = try checkpoint.unknownFiles().first
    candidate.attachment = stranger.map { "\($0) is not of the checkpoint" }
    if !manifest.omitted.isEmpty { incompleteBuffers.append(manifest.iteration) }
  }
}

extension FileSystem {
  /// A file that has this name; nil if there is none.
  func storedFile(at path: FilePath) -> StoredFile? {
    guard let status = try? uninterrupted({ () throws(FileSystemError) in try status(of: path) }),
      status.kind == .regular
    else { return nil }
    return StoredFile(
      identity: .init(device: status.device, inode: status.inode), byteCount: Int(status.byteCount),
      linkCount: status.linkCount)
  }

  /// When a path was last changed, in seconds since 1970; 0 if that cannot be known.
  func modificationSeconds(of path: FilePath) -> Int64 {
    (try? uninterrupted { () throws(FileSystemError) in try status(of: path) })?.modificationSeconds ?? 0
  }

  /// The files below a directory, each of its names once; links are not followed.
  func storedFiles(below directory: FilePath) throws(FileSystemError) -> [StoredFile] {
    var files: [StoredFile] = []
    for entry in try listIfPresent(directory) {
      let path = directory.appending(entry.name)
      if entry.kind == .directory {
        files += try storedFiles(below: path)
      } else if let file = storedFile(at: path) {
        files.append(file)
      }
    }
    return files
  }
}

extension FilePath {
  /// The last name in it, as text.
  var name: String { lastComponent?.string ?? "" }
}
