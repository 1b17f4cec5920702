public import FileSystems
public import StateTree
public import SystemPackage

/// A checkpoint, read without a lock: its manifest, the state of its components, its buffers.
public struct Checkpoint: Sendable {
  /// The checkpoint's directory.
  public let path: FilePath
  /// What it says of itself.
  public let manifest: CheckpointManifest
  /// Newer checkpoints that were passed over, because older ones were allowed.
  public let passedOver: [CheckpointSkip]
  let fileSystem: any FileSystem

  init(path: FilePath, manifest: CheckpointManifest, passedOver: [CheckpointSkip], fileSystem: any FileSystem) {
    self.path = path
    self.manifest = manifest
    self.passedOver = passedOver
    self.fileSystem = fileSystem
  }

  /// What to do if the newest checkpoint of an experiment cannot be used.
  public enum Fallback: Sendable, Hashable {
    /// Stop and say so.
    case refuse
    /// Take the newest one before it that can be used.
    case allowOlder
  }

  /// Opens a checkpoint, or the newest of an experiment, checking that every file it names is there with its size.
  /// - Parameter fallback: What to do if an experiment's newest checkpoint is damaged. Default: stop.
  /// - Throws: `CheckpointError`: `.notExperiment`, `.noCheckpoint`, `.newestUnusable`, `.incomplete`,
  ///   `.invalidManifest`, `.newerVersion`.
  public static func open(
    _ path: FilePath, fallback: Fallback = .refuse, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> Checkpoint {
    throw .notExperiment(path)
  }

  /// Reads every file and compares its digest; what is damaged is named, not thrown.
  /// - Throws: `CheckpointError.fileSystem` if the directory cannot be read at all.
  public func verify() throws(CheckpointError) -> CheckpointVerification {
    throw .notExperiment(path)
  }

  /// The state of a component, checked against its digest.
  /// - Throws: `CheckpointError.unknownComponent`, `.omittedComponent`, `.wrongComponentKind`, `.damagedFile`, `.file`.
  public func state(_ component: String) throws(CheckpointError) -> StateValue {
    throw .notExperiment(path)
  }

  /// A replay buffer, read row group by row group from its segments.
  /// - Throws: as `state(_:)`, and `.missingSegment`, `.invalidSegments`.
  public func buffer(_ component: String) throws(CheckpointError) -> CheckpointBuffer {
    throw .notExperiment(path)
  }

  /// The bytes of all files of a component; 0 if there is none of this name.
  public func byteCount(of component: String) -> Int { 0 }
}
