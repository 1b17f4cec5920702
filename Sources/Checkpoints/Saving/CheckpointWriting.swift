internal import BufferFiles
internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// One save under way: a temporary directory beside the checkpoint, which becomes it by one rename.
struct CheckpointWriting {
  let layout: ExperimentLayout
  let options: CheckpointOptions
  let fileSystem: any FileSystem
  /// The temporary directory.
  let directory: FilePath

  private(set) var manifest: CheckpointManifest
  private(set) var bytesWritten = 0
  private(set) var bytesShared = 0
  private(set) var segmentsWritten = 0
  private(set) var segmentsReused = 0
  private var directories: [String] = []
  /// Files that are written and not durable yet.
  private var unsynced: [FilePath] = []
  /// New segments that the pool gets when they are durable.
  private var unpublished: [PooledSegment] = []
  /// What this save added to the pool.
  private var published: [FilePath] = []
  private var hasMadePool = false
  private var mustStay = false

  /// Begins a save.
  init(
    _ manifest: CheckpointManifest, in layout: ExperimentLayout, options: CheckpointOptions,
    on fileSystem: any FileSystem
  ) throws(CheckpointError) {
    self.manifest = manifest
    self.layout = layout
    self.options = options
    self.fileSystem = fileSystem
    let destination = layout.checkpoint(manifest.iteration)
    directory = try onFiles { () throws(FileSystemError) in
      try fileSystem.createTemporaryDirectory(for: destination)
    }
  }

  /// Where a file of the checkpoint is written.
  func path(_ name: String) -> FilePath { directory.appending(name) }

  /// Notes that a component was left out.
  mutating func omit(_ name: String, because reason: String) {
    manifest.omitted.append(.init(name: name, because: reason))
  }

  /// Notes a component whose files are written.
  mutating func add(_ component: CheckpointManifest.Component) { manifest.components.append(component) }

  /// Bytes and names become durable in `commit`, when the disk has begun with all of them.
  private var writingOptions: WritingOptions {
    var writing = WritingOptions(level: options.level, existing: .refuse)
    writing.durability = .begun
    return writing
  }

  /// Writes a file of state.
  mutating func write(_ state: StateValue, to name: String) throws(CheckpointError) {
    try makeDirectories(for: name)
    let (path, options, fileSystem) = (path(name), writingOptions, fileSystem)
    do throws(BufferFileError) {
      try BufferFileWriter.create(at: path, header: FileHeader(content: .state), options: options, on: fileSystem)
        .finish(state: state)
    } catch { throw .file(error) }
    unsynced.append(path)
    try note(name, try onFiles { () throws(FileSystemError) in try fileSystem.digest(of: path) })
  }

  /// Writes the rows of a new segment, which the pool gets in `commit`.
  /// - Parameter replacing: Whether what is in the pool under its name already makes way for it.
  /// - Returns: Its name and what it is.
  mutating func write(
    _ contents: SegmentContents, steps: Range<Int>, of component: String, replacing: Bool
  ) throws(CheckpointError) -> (name: String, file: DigestedFile) {
    let provisional = path(ComponentPath.segment("segment\(segmentsWritten)", of: component))
    try makeDirectories(for: ComponentPath.segment("segment", of: component))
    try write(contents, of: component, to: provisional)
    let fileSystem = fileSystem
    let file = try onFiles { () throws(FileSystemError) in try fileSystem.digest(of: provisional) }
    let name = SegmentName.name(steps: steps, sha256: file.sha256)
    let path = path(ComponentPath.segment(name, of: component))
    try onFiles { () throws(FileSystemError) in try fileSystem.move(provisional, to: path) }
    try note(ComponentPath.segment(name, of: component), file)
    segmentsWritten += 1
    unsynced.append(path)
    unpublished.append(PooledSegment(path: path, name: name, file: file, isReplacing: replacing))
    return (name, file)
  }

  private func write(
    _ contents: SegmentContents, of component: String, to path: FilePath
  ) throws(CheckpointError) {
    do { try BufferFileWriter.write(contents, to: path, options: writingOptions, on: fileSystem) } catch {
      throw CheckpointError(error, layout.checkpoint(manifest.iteration), component)
    }
  }

  /// Gives the checkpoint a segment that an earlier save wrote.
  mutating func reuse(_ reused: ReusedSegment, of component: String) throws(CheckpointError) {
    let name = ComponentPath.segment(reused.segment.name, of: component)
    try makeDirectories(for: name)
    let (path, fileSystem) = (path(name), fileSystem)
    let isLink = try onFiles { () throws(FileSystemError) in try fileSystem.linkOrCopy(reused.source, to: path) }
    try note(name, reused.file, isNew: !isLink)
    segmentsReused += 1
    let isPooled = reused.source == layout.segments.appending(reused.segment.name)
    if !isPooled { try publish(PooledSegment(path: path, name: reused.segment.name, file: reused.file)) }
  }

  /// Takes a file of another checkpoint over: a segment by link where that can be, anything else as a copy.
  mutating func takeOver(
    _ file: CheckpointManifest.File, from source: FilePath, segment: String?
  ) throws(CheckpointError) {
    try makeDirectories(for: file.path)
    let (path, fileSystem) = (path(file.path), fileSystem)
    let isLink = try onFiles { () throws(FileSystemError) in
      if segment != nil { return try fileSystem.linkOrCopy(source, to: path) }
      try fileSystem.copy(source, to: path)
      return false
    }
    let digested = DigestedFile(byteCount: file.byteCount, sha256: file.sha256)
    try note(file.path, digested, isNew: !isLink)
    if let segment { try publish(PooledSegment(path: path, name: segment, file: digested)) }
  }

  /// Puts a segment of this checkpoint into the pool. What has its name there and is something else was left by a save
  /// that did not end, or is damaged: no manifest vouches for it.
  private mutating func publish(_ segment: PooledSegment) throws(CheckpointError) {
    let (pooled, path, file) = (layout.segments.appending(segment.name), segment.path, segment.file)
    try makePool()
    let fileSystem = fileSystem
    let isThere = try onFiles { () throws(FileSystemError) in try fileSystem.exists(pooled) }
    if isThere {
      if fileSystem.holds(file, at: pooled, isTrusted: false) {
        guard segment.isReplacing else { return }
        try onFiles { () throws(FileSystemError) in try fileSystem.replace(pooled, byLinkTo: path) }
        return
      }
      try onFiles { () throws(FileSystemError) in
        try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.unlink(pooled) }
      }
    }
    published.append(pooled)
    let isLink = try onFiles { () throws(FileSystemError) in try fileSystem.linkOrCopy(path, to: pooled) }
    if !isLink { bytesWritten += file.byteCount }
  }

  private mutating func makePool() throws(CheckpointError) {
    let (pool, fileSystem) = (layout.segments, fileSystem)
    guard published.isEmpty, !hasMadePool else { return }
    let isThere = try onFiles { () throws(FileSystemError) in try fileSystem.exists(pool) }
    guard !isThere else { return try requireDirectory(pool) }
    hasMadePool = true
    try onFiles { () throws(FileSystemError) in try fileSystem.ensureDirectory(pool) }
  }

  /// Throws for a pool that is a link: nothing is written outside of the experiment.
  private func requireDirectory(_ pool: FilePath) throws(CheckpointError) {
    let fileSystem = fileSystem
    let kind = try onFiles { () throws(FileSystemError) in
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: pool).kind }
    }
    guard kind == .directory else { throw .fileSystem(FileSystemError(.createDirectory, pool, code: .notDirectory)) }
  }

  private mutating func makeDirectories(for name: String) throws(CheckpointError) {
    let names = name.split(separator: "/").dropLast()
    for count in 0..<names.count {
      let name = names[...count].joined(separator: "/")
      guard !directories.contains(name) else { continue }
      let (path, fileSystem) = (path(name), fileSystem)
      try onFiles { () throws(FileSystemError) in
        try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.createDirectory(path) }
      }
      directories.append(name)
    }
  }

  private mutating func note(_ name: String, _ file: DigestedFile, isNew: Bool = true) throws(CheckpointError) {
    manifest.files.append(.init(path: name, byteCount: file.byteCount, sha256: file.sha256))
    if isNew { bytesWritten += file.byteCount } else { bytesShared += file.byteCount }
    let (count, limit) = (manifest.files.count, CheckpointManifest.fileLimit)
    guard count <= limit else {
      throw .tooMany(layout.checkpoint(manifest.iteration), what: "files", found: count, limit: limit)
    }
  }

  /// Writes the manifest, makes everything durable and gives the checkpoint its name.
  mutating func commit() throws(CheckpointError) {
    manifest.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    let text = Array(try manifest.text().utf8)
    guard text.count <= CheckpointManifest.byteLimit else {
      throw .tooMany(
        layout.checkpoint(manifest.iteration), what: "bytes of manifest", found: text.count,
        limit: CheckpointManifest.byteLimit)
    }
    bytesWritten += text.count
    let (file, fileSystem, unsynced) = (path(ExperimentLayout.manifestName), fileSystem, unsynced)
    try onFiles { () throws(FileSystemError) in
      try fileSystem.commit(text.span, to: file, existing: .refuse, durability: .begun)
      // One behind the other, when all is written: the first sync writes the journal for them all.
      for file in unsynced + [file] { try fileSystem.syncContents(of: file) }
    }
    // Only now: a later save takes what is in the pool by its name.
    for segment in unpublished { try publish(segment) }
    do throws(FileSystemError) {
      if !published.isEmpty { try fileSystem.syncNames(in: layout.segments) }
      for name in directories.reversed() { try fileSystem.syncNames(in: path(name)) }
      try fileSystem.syncNames(in: directory)
      try fileSystem.move(directory, to: layout.checkpoint(manifest.iteration))
    } catch { throw .fileSystem(error) }
    do throws(FileSystemError) { try fileSystem.syncNames(in: layout.directory) } catch {
      withdraw()
      throw .fileSystem(error)
    }
  }

  /// Takes back a name that is not known to be durable, so that whoever saves again does not find it in the way.
  ///
  /// Nothing in it may be deleted until that is durable: a loss of power could bring the name back, of a checkpoint
  /// without its files. If it never is, the directory stays for the next writer to remove.
  private mutating func withdraw() {
    do throws(FileSystemError) {
      try fileSystem.move(layout.checkpoint(manifest.iteration), to: directory)
      try fileSystem.syncNames(in: layout.directory)
    } catch { mustStay = true }
  }

  /// Removes all that this save has made.
  func abandon() {
    if !mustStay { try? fileSystem.removeTree(directory) }
    for path in published {
      try? fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.unlink(path) }
    }
    if hasMadePool {
      try? fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.removeDirectory(layout.segments) }
    }
  }
}

/// A segment of the checkpoint for the pool.
private struct PooledSegment {
  /// Where it lies in the checkpoint.
  let path: FilePath
  let name: String
  let file: DigestedFile
  /// Whether what is in the pool under its name makes way for it, so that later saves share the blocks of this one.
  var isReplacing = false
}

extension FileSystem {
  /// Whether a path is a regular file of this size and, unless it was read before, of this digest.
  func holds(_ file: DigestedFile, at path: FilePath, isTrusted: Bool) -> Bool {
    let status = try? uninterrupted { () throws(FileSystemError) in try self.status(of: path) }
    guard let status, status.kind == .regular, status.byteCount == file.byteCount else { return false }
    return isTrusted || (try? digest(of: path)) == file
  }
}
