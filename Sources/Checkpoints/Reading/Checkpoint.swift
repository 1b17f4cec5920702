internal import BufferFiles
internal import FileSystems
public import StateTree
public import SystemPackage

/// A checkpoint, read without a lock: its manifest, the state of its components, its buffers.
public struct Checkpoint: Sendable {
  /// What to do if the newest checkpoint of an experiment cannot be used.
  public enum Fallback: Sendable, Hashable {
    /// Stop and say so.
    case refuse
    /// Take the newest one before it that can be used.
    case allowOlder
  }

  /// What to do if segments of a replay buffer are missing or damaged.
  public enum DamagedSegments: Sendable, Hashable {
    /// Stop and say so.
    case refuse
    /// Leave them out when the buffer is restored, but for what is sound in them. Damage to anything else still stops.
    case skip
  }

  /// The checkpoint's directory.
  public let path: FilePath
  /// The directory that it lies in: the experiment, if it lies in one.
  public var enclosingDirectory: FilePath { path.enclosing }
  /// What it says of itself.
  public let manifest: CheckpointManifest
  /// Newer checkpoints that were passed over, because older ones were allowed.
  public let passedOver: [CheckpointSkip]
  /// What becomes of segments that are missing or damaged.
  public let damagedSegments: DamagedSegments
  let fileSystem: any FileSystem
  let files: CheckpointFiles

  init(
    path: FilePath, manifest: CheckpointManifest, passedOver: [CheckpointSkip],
    damagedSegments: DamagedSegments = .refuse, fileSystem: any FileSystem
  ) {
    self.damagedSegments = damagedSegments
    self.path = path
    self.manifest = manifest
    self.passedOver = passedOver
    self.fileSystem = fileSystem
    files = CheckpointFiles(path, manifest, on: fileSystem)
  }

  /// The state of a component, its file checked against its digest.
  /// - Throws: `CheckpointError.unknownComponent`, `.omittedComponent`, `.wrongComponentKind`, `.damagedFile`, `.file`.
  public func state(_ component: String) throws(CheckpointError) -> StateValue {
    let found = try self.component(component)
    guard !found.isBuffer else { throw .wrongComponentKind(path, name: component, isBuffer: true) }
    return try state(in: found.file)
  }

  /// A replay buffer, read row group by row group from its segments, which are checked against their digests.
  /// - Throws: as `state(_:)`, and `.missingSegment`, `.invalidSegments`.
  public func buffer(_ component: String) throws(CheckpointError) -> CheckpointBuffer {
    let found = try self.component(component)
    guard found.isBuffer else { throw .wrongComponentKind(path, name: component, isBuffer: false) }
    return try CheckpointBuffer(found, try segmentList(of: found), in: self)
  }

  /// The bytes of all files of a component; 0 if there is none of this name.
  public func byteCount(of component: String) -> Int {
    guard let component = manifest.component(component) else { return 0 }
    let paths = Set(component.paths)
    return manifest.files.reduce(0) { $0 + (paths.contains($1.path) ? $1.byteCount : 0) }
  }

  private func component(_ name: String) throws(CheckpointError) -> CheckpointManifest.Component {
    if let component = manifest.component(name) { return component }
    if let omission = manifest.omitted.first(where: { $0.name == name }) {
      throw .omittedComponent(path, name: name, because: omission.because)
    }
    throw .unknownComponent(path, name: name, known: manifest.componentNames)
  }

  /// The list of segments of a buffer, which must name those of the manifest.
  func segmentList(of component: CheckpointManifest.Component) throws(CheckpointError) -> SegmentList {
    guard case .buffer(let kind, _, let names) = component.content else {
      throw .wrongComponentKind(path, name: component.name, isBuffer: false)
    }
    let state = try state(in: component.file)
    let file = path.appending(component.file)
    let list: SegmentList
    do { list = try SegmentList(state: state) } catch { throw .invalidSegments(file, reason: error.reason) }
    guard list.segments.map(\.name) == names, list.kind == kind else {
      throw .invalidSegments(file, reason: "it names other segments or another kind than the manifest")
    }
    return list
  }

  private func state(in name: String) throws(CheckpointError) -> StateValue {
    guard let file = manifest.files.first(where: { $0.path == name }) else {
      throw .incomplete(path, reason: "\(name): it is not in the manifest")
    }
    let opened = try open(file)
    do { return try opened.state() } catch { throw .file(error) }
  }
}
