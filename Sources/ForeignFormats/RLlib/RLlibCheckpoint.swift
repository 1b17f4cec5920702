internal import FileSystems
public import MessagePack
public import SystemPackage

/// A checkpoint directory that RLlib wrote, or one of its components, read without running anything in it.
///
/// MessagePack states are read whole. Pickles (`.pkl`) are listed and never opened: opening one can run code.
/// - Source: `ray/rllib/utils/checkpoints.py`.
public struct RLlibCheckpoint: Sendable {
  /// What RLlib's metadata file says.
  public struct Metadata: Sendable, Equatable, Codable {
    /// Ray's version, such as `2.60.0`.
    public var rayVersion: String?
    /// The commit Ray was built from.
    public var rayCommit: String?
    /// The version of the directory's layout, such as `2.1`.
    public var checkpointVersion: String?
    /// The name of the state file without its ending.
    public var stateFile: String?

    enum CodingKeys: String, CodingKey {
      case rayVersion = "ray_version"
      case rayCommit = "ray_commit"
      case checkpointVersion = "checkpoint_version"
      case stateFile = "state_file"
    }
  }

  /// One file of the directory.
  public struct Component: Sendable {
    /// Where it lies inside the directory.
    public var name: FilePath
    /// Its size.
    public var byteCount: Int
    /// What it holds.
    public var content: Content
  }

  /// What a file holds.
  public enum Content: Sendable {
    /// A state.
    case state(MessagePackValue)
    /// A pickle, which is never opened.
    case pickle
    /// The metadata of a component.
    case metadata
    /// A state that cannot be read: why.
    case unreadable(String)
    /// Anything else.
    case other
  }

  /// The directory.
  public let path: FilePath
  /// The metadata of the directory itself; nil if it has none.
  public let metadata: Metadata?
  /// The files, sorted by name, those of the directory itself first.
  public let components: [Component]

  private let fileSystem: any FileSystem

  /// The states that were read.
  public var states: [(name: FilePath, value: MessagePackValue)] {
    components.compactMap { if case .state(let value) = $0.content { ($0.name, value) } else { nil } }
  }

  init(_ path: FilePath, limits: ForeignLimits, on fileSystem: any FileSystem) throws(ForeignFormatError) {
    self.path = path
    self.fileSystem = fileSystem
    var reader = CheckpointReader(root: path, limits: limits, fileSystem: fileSystem)
    components = try reader.components()
    metadata = reader.metadata
  }

  /// Whether a file holds the very bytes of the file of that name in another checkpoint; they are not interpreted.
  /// - Throws: `ForeignFormatError.fileSystem` if one of them cannot be read.
  /// - Complexity: O(*n*) in the size of the file, in a few MiB of memory.
  public func holdsSameBytes(_ name: FilePath, as other: RLlibCheckpoint) throws(ForeignFormatError) -> Bool {
    do {
      return try fileSystem.withOpenFile(path.appending(name.components)) { (file) throws(FileSystemError) in
        try other.fileSystem.withOpenFile(other.path.appending(name.components)) { (others) throws(FileSystemError) in
          let count = try fileSystem.status(of: file).byteCount
          guard try other.fileSystem.status(of: others).byteCount == count else { return false }
          for offset in stride(from: 0, to: count, by: Self.comparedBytes) {
            let length = Int(min(Int64(Self.comparedBytes), count - offset))
            let bytes = try fileSystem.read(exactly: length, at: offset, from: file)
            guard try other.fileSystem.read(exactly: length, at: offset, from: others) == bytes else { return false }
          }
          return true
        }
      }
    } catch {
      throw .fileSystem(error)
    }
  }

  /// How many bytes are compared at a time.
  private static let comparedBytes = 1 << 20
}
