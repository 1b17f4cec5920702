internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import Synchronization
internal import SystemPackage

extension ExperimentDirectory {
  /// Writes a checkpoint so that it appears complete and durable, or not at all.
  ///
  /// A second save of one iteration is refused rather than compared: whoever saves twice has lost count.
  /// - Throws: `CheckpointError`: `.iterationExists`, `.notRewound` if the experiment has a later one,
  ///   `.invalidComponentName`, `.notJSON`, `.tooMany`, `.fileSystem`, `.file`; the experiment is then as it was.
  @discardableResult
  public func save(
    _ contents: CheckpointContents, options: CheckpointOptions = CheckpointOptions()
  ) throws(CheckpointError) -> SavedCheckpoint {
    try memory.withLock { (memory: inout ExperimentMemory) throws(CheckpointError) in
      removeLeftoversOfFailures(&memory)
      try requireNext(contents.iteration)
      try contents.checkNames()
      return try save(contents, options, &memory)
    }
  }

  private func requireNext(_ iteration: Int) throws(CheckpointError) {
    precondition(iteration >= 0, "an iteration of 0 or more, found \(iteration)")
    let (layout, fileSystem) = (layout, fileSystem)
    let (contents, isThere) = try onFiles { () throws(FileSystemError) in
      (
        try ExperimentContents(of: layout, on: fileSystem),
        try fileSystem.exists(layout.checkpoint(iteration))
      )
    }
    if let newest = contents.checkpoints.last, newest > iteration {
      throw .notRewound(path, iteration: iteration, newest: newest)
    }
    guard !isThere else { throw .iterationExists(layout.checkpoint(iteration), iteration: iteration) }
  }

  private func save(
    _ contents: CheckpointContents, _ options: CheckpointOptions, _ memory: inout ExperimentMemory
  ) throws(CheckpointError) -> SavedCheckpoint {
    let known = memory.known ?? knownBuffers()
    memory.known = known
    let buffers = try prepare(contents, options, known, &memory.trusted)
    try requireSpace(for: contents, buffers, options)
    var writing = try CheckpointWriting(contents.manifest, in: layout, options: options, on: fileSystem)
    var next: [String: KnownBuffer] = [:]
    do throws(CheckpointError) {
      next = try write(contents, buffers, with: &writing, &memory.trusted)
      try writing.commit()
    } catch {
      writing.abandon()
      // What was published is gone again, and what is at a name is not known any more.
      memory.trusted = []
      memory.hasLeftovers = true
      throw error
    }
    // What this checkpoint leaves out the next one may hold, and share with one before this.
    let latest = known.merging(next) { $1 }
    memory.known = latest
    // The names of segments that no later save can share would pile up for as long as a run lasts.
    memory.trusted.formIntersection(latest.values.flatMap(\.files.keys))
    let checkpoint = layout.checkpoint(contents.iteration)
    var saved = SavedCheckpoint(
      path: checkpoint, iteration: contents.iteration, byteCount: writing.manifest.byteCount,
      bytesWritten: writing.bytesWritten, bytesShared: writing.bytesShared, segmentsWritten: writing.segmentsWritten,
      segmentsReused: writing.segmentsReused, increments: buffers.mapValues(\.increment), segmentsRemoved: 0,
      warnings: Self.warnings(of: buffers, known))
    memory.named[checkpoint] = writing.manifest.segmentNames
    do throws(FileSystemError) { saved.segmentsRemoved = try removeUnusedSegments(&memory.named) } catch {
      saved.warnings.append("segments that no checkpoint uses were kept: \(error)")
    }
    return saved
  }

  /// Finds out what is to be written of each buffer.
  private func prepare(
    _ contents: CheckpointContents, _ options: CheckpointOptions, _ known: [String: KnownBuffer],
    _ trusted: inout Set<String>
  ) throws(CheckpointError) -> [String: BufferSaving] {
    var buffers: [String: BufferSaving] = [:]
    for part in contents.parts {
      guard case .buffer(let snapshot) = part.content else { continue }
      buffers[part.name] = try translating(layout.checkpoint(contents.iteration), part.name) {
        try BufferSaving(
          part.name, snapshot, known: known[part.name], in: layout, options, trusted: &trusted, on: fileSystem)
      }
    }
    return buffers
  }

  /// What looks like a loss that nobody wanted.
  private static func warnings(of buffers: [String: BufferSaving], _ known: [String: KnownBuffer]) -> [String] {
    buffers.values.sorted { $0.name < $1.name }.compactMap { buffer in
      guard let before = known[buffer.name]?.stepCount,
        RetentionPlan.hasShrunk(from: before, to: buffer.stepCount)
      else { return nil }
      return "\(buffer.name) has \(buffer.stepCount) steps, and had \(before) in the checkpoint before; "
        + "retention keeps that one as long as this is so"
    }
  }

  private func write(
    _ contents: CheckpointContents, _ buffers: [String: BufferSaving], with writing: inout CheckpointWriting,
    _ trusted: inout Set<String>
  ) throws(CheckpointError) -> [String: KnownBuffer] {
    var next: [String: KnownBuffer] = [:]
    for part in contents.parts {
      switch part.content {
      case .omitted(let reason): writing.omit(part.name, because: reason)
      case .state(let state):
        let file = ComponentPath.file(of: part.name)
        try writing.write(state, to: file)
        writing.add(.init(name: part.name, file: file, content: .state))
      case .buffer:
        next[part.name] = try translating(layout.checkpoint(contents.iteration), part.name) {
          try buffers[part.name]?.save(with: &writing, trusted: &trusted)
        }
      }
    }
    return next
  }

  /// What the newest complete checkpoint on disk knows of segments; nothing if it cannot be read: all is written anew.
  private func knownBuffers() -> [String: KnownBuffer] {
    guard let checkpoint = try? Checkpoint.open(path, fallback: .allowOlder, on: fileSystem) else { return [:] }
    var known: [String: KnownBuffer] = [:]
    for component in checkpoint.manifest.components where component.isBuffer {
      guard let list = try? checkpoint.segmentList(of: component) else { continue }
      let files = checkpoint.manifest.segmentFiles(of: component)
      known[component.name] = KnownBuffer(
        list, files: files, directory: checkpoint.path.appending(component.name), stepCount: component.steps ?? 0)
    }
    return known
  }
}

extension CheckpointContents {
  fileprivate var manifest: CheckpointManifest {
    var manifest = CheckpointManifest(runID: runID, iteration: iteration, environmentSteps: environmentSteps)
    (manifest.inexactBecause, manifest.proofs) = (inexactBecause, proofs)
    (manifest.results, manifest.configuration, manifest.provenance) = (results, configuration, provenance)
    return manifest
  }

  /// Checks that every component has a name that can be a directory, and files of its own.
  fileprivate func checkNames() throws(CheckpointError) {
    var names = Set<String>()
    for part in parts {
      if let fault = ComponentPath.fault(in: part.name) { throw .invalidComponentName(part.name, reason: fault) }
      let parents = part.name.split(separator: "/").map(String.init)
      if parents.contains(where: { $0 == ExperimentLayout.manifestName || $0.hasSuffix(ExperimentLayout.fileSuffix) }) {
        throw .invalidComponentName(part.name, reason: "a file of the checkpoint has this name")
      }
      guard names.insert(part.name).inserted else {
        throw .invalidComponentName(part.name, reason: "it was added twice")
      }
    }
  }
}

extension CheckpointManifest {
  /// The names of all segments.
  var segmentNames: Set<String> {
    components.reduce(into: []) { names, component in
      if case .buffer(_, _, let segments) = component.content { names.formUnion(segments) }
    }
  }

  /// What the segments of a component are, by their names.
  func segmentFiles(of component: Component) -> [String: DigestedFile] {
    guard case .buffer(_, _, let segments) = component.content else { return [:] }
    let paths = Dictionary(
      segments.map { (ComponentPath.segment($0, of: component.name), $0) }, uniquingKeysWith: { first, _ in first })
    var found: [String: DigestedFile] = [:]
    for file in files {
      if let name = paths[file.path] { found[name] = DigestedFile(byteCount: file.byteCount, sha256: file.sha256) }
    }
    return found
  }
}
