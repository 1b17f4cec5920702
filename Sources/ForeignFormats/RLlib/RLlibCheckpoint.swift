internal import FileSystems
internal import FoundationEssentials
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

  /// The states that were read.
  public var states: [(name: FilePath, value: MessagePackValue)] {
    components.compactMap { if case .state(let value) = $0.content { ($0.name, value) } else { nil } }
  }

  private static let metadataNames = ["rllib_checkpoint.json", "metadata.json"]

  init(_ path: FilePath, limits: ForeignLimits, on fileSystem: any FileSystem) throws(ForeignFormatError) {
    self.path = path
    let reader = DirectoryReader(root: path, limits: limits, fileSystem: fileSystem)
    let files = try reader.files()
    guard !files.isEmpty else { throw .notCheckpoint(path, found: "an empty directory") }
    let metadata = files.first { $0.name.components.count == 1 && Self.metadataNames.contains($0.name.string) }
    guard metadata != nil || files.contains(where: { $0.name.string.hasPrefix("algorithm_state.") }) else {
      throw .notCheckpoint(path, found: "a directory without a checkpoint")
    }
    self.metadata = metadata.flatMap { try? reader.metadata($0.name) }
    var components: [Component] = []
    for file in files { components.append(try reader.component(file.name, byteCount: file.byteCount)) }
    self.components = components
  }
}

/// Reads what lies inside one directory: names that were listed, never links, never a path from a file.
private struct DirectoryReader {
  let root: FilePath
  let limits: ForeignLimits
  let fileSystem: any FileSystem

  /// The deepest directory that is looked into; RLlib's lie at most five deep.
  private static let maximumDepth = 16
  /// The most files of one checkpoint.
  private static let maximumFiles = 10_000

  func files() throws(ForeignFormatError) -> [(name: FilePath, byteCount: Int)] {
    var files: [(name: FilePath, byteCount: Int)] = []
    do throws(FileSystemError) { try visit(FilePath(""), depth: 0, into: &files) } catch { throw .fileSystem(error) }
    return files
  }

  private func visit(
    _ directory: FilePath, depth: Int, into files: inout [(name: FilePath, byteCount: Int)]
  ) throws(FileSystemError) {
    let location = root.appending(directory.components)
    let entries = try fileSystem.list(location, follow: directory.isEmpty ? .userPath : .never)
    for entry in entries where entry.kind == .regular && files.count < Self.maximumFiles {
      let name = directory.appending(entry.name)
      files.append((name, Int(try fileSystem.status(of: root.appending(name.components)).byteCount)))
    }
    for entry in entries where entry.kind == .directory && depth < Self.maximumDepth {
      try visit(directory.appending(entry.name), depth: depth + 1, into: &files)
    }
  }

  func metadata(_ name: FilePath) throws -> RLlibCheckpoint.Metadata {
    let bytes = try fileSystem.readAll(root.appending(name.components), limit: 1 << 20)
    return try JSONDecoder().decode(RLlibCheckpoint.Metadata.self, from: Data(bytes))
  }

  func component(_ name: FilePath, byteCount: Int) throws(ForeignFormatError) -> RLlibCheckpoint.Component {
    let content: RLlibCheckpoint.Content
    switch name.extension {
    case "msgpack", "msgpck": content = state(name)
    case "pkl": content = .pickle
    case "json": content = .metadata
    default: content = .other
    }
    return .init(name: name, byteCount: byteCount, content: content)
  }

  private func state(_ name: FilePath) -> RLlibCheckpoint.Content {
    do throws(ForeignFormatError) {
      let file = try ForeignFile(root.appending(name.components), on: fileSystem, limits: limits)
      do throws(MessagePackError) {
        return .state(try MessagePackReader.value(of: file.bytes, limits: limits.messagePack(file.info)))
      } catch {
        return .unreadable(error.description)
      }
    } catch {
      return .unreadable(error.description)
    }
  }
}
