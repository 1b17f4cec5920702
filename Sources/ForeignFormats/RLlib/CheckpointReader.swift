internal import FileSystems
internal import FoundationEssentials
internal import MessagePack
internal import SystemPackage
internal import Zstandard

/// Reads what lies inside one checkpoint directory: names that were listed, never links, never a path from a file.
struct CheckpointReader {
  let root: FilePath
  let limits: ForeignLimits
  let fileSystem: any FileSystem

  /// What the metadata file of the directory itself says.
  private(set) var metadata: RLlibCheckpoint.Metadata?

  /// The deepest directory that is looked into; RLlib's lie at most five deep.
  private static let maximumDepth = 16
  /// The most files and directories of one checkpoint; RLlib's have a few dozen.
  private static let maximumEntries = 10_000
  /// The largest metadata file.
  private static let metadataBytes = 1 << 20
  private static let metadataNames = ["rllib_checkpoint.json", "metadata.json"]

  private var found: [RLlibCheckpoint.Component] = []
  private var entryCount = 0
  private var contentBytes = 0
  private var decompressedBytes = 0

  init(root: FilePath, limits: ForeignLimits, fileSystem: any FileSystem) {
    self.root = root
    self.limits = limits
    self.fileSystem = fileSystem
  }

  /// Every file of the directory, sorted by name, those of the directory itself first.
  mutating func components() throws(ForeignFormatError) -> [RLlibCheckpoint.Component] {
    let entries = try list(FilePath(""))
    guard !entries.isEmpty else { throw .notCheckpoint(root, found: "an empty directory") }
    guard entries.contains(where: Self.isMarker) else {
      throw .notCheckpoint(root, found: "a directory without a checkpoint")
    }
    try visit(FilePath(""), entries, depth: 0)
    return found
  }

  private static func isMarker(_ entry: DirectoryEntry) -> Bool {
    let name = entry.name.string
    return entry.kind == .regular && (metadataNames.contains(name) || name.hasPrefix("algorithm_state."))
  }

  private func list(_ directory: FilePath) throws(ForeignFormatError) -> [DirectoryEntry] {
    do {
      return try fileSystem.list(
        root.appending(directory.components), follow: directory.isEmpty ? .userPath : .never)
    } catch {
      throw .fileSystem(error)
    }
  }

  private mutating func visit(
    _ directory: FilePath, _ entries: [DirectoryEntry], depth: Int
  ) throws(ForeignFormatError) {
    entryCount += entries.count
    guard entryCount <= Self.maximumEntries, depth <= Self.maximumDepth else {
      let what =
        depth > Self.maximumDepth
        ? "a directory nested deeper than \(Self.maximumDepth)"
        : "a directory of more than \(Self.maximumEntries) entries"
      throw .notCheckpoint(root, found: what)
    }
    for entry in entries where entry.kind != .directory { found.append(component(directory, entry)) }
    for entry in entries where entry.kind == .directory {
      let below = directory.appending(entry.name)
      try visit(below, try list(below), depth: depth + 1)
    }
  }

  private mutating func component(_ directory: FilePath, _ entry: DirectoryEntry) -> RLlibCheckpoint.Component {
    let name = directory.appending(entry.name)
    do throws(FileSystemError) {
      let status = try fileSystem.status(of: root.appending(name.components))
      guard status.kind == .regular else {
        return .init(
          name: name, byteCount: 0, content: .unreadable("it is a \(status.kind.rawValue), which is not read"))
      }
      return .init(name: name, byteCount: Int(status.byteCount), content: content(name))
    } catch {
      return .init(name: name, byteCount: 0, content: .unreadable(error.description))
    }
  }

  private mutating func content(_ name: FilePath) -> RLlibCheckpoint.Content {
    switch name.extension {
    case "msgpack", "msgpck": state(name)
    case "pkl": .pickle
    case "json": metadata(name)
    default: .other
    }
  }

  private mutating func metadata(_ name: FilePath) -> RLlibCheckpoint.Content {
    guard let file = name.lastComponent?.string, Self.metadataNames.contains(file) else { return .metadata }
    do throws(FileSystemError) {
      let bytes = try fileSystem.readAll(root.appending(name.components), limit: Self.metadataBytes)
      guard let found = try? JSONDecoder().decode(RLlibCheckpoint.Metadata.self, from: Data(bytes)) else {
        return .unreadable("it is not the JSON that RLlib writes")
      }
      if name.components.count == 1, metadata == nil || file == Self.metadataNames[0] { metadata = found }
      return .metadata
    } catch {
      return .unreadable(error.description)
    }
  }

  private mutating func state(_ name: FilePath) -> RLlibCheckpoint.Content {
    do throws(ForeignFormatError) {
      let path = root.appending(name.components)
      let file = try ForeignFile(path, follow: .never, on: fileSystem, limits: remaining)
      contentBytes += file.info.contentBytes
      if file.info.compression != nil { decompressedBytes += file.info.contentBytes }
      do throws(MessagePackError) {
        return .state(try MessagePackReader.value(of: file.bytes, limits: limits.messagePack(file.info)))
      } catch {
        return .unreadable(error.description)
      }
    } catch {
      return .unreadable(error.description)
    }
  }

  /// What is left of the limits: many small bombs are as bad as a large one.
  private var remaining: ForeignLimits {
    var remaining = limits
    let bytes = max(0, limits.checkpointBytes - contentBytes)
    remaining.fileBytes = min(limits.fileBytes, bytes)
    remaining.decompression.outputBytes = min(limits.decompression.outputBytes, bytes)
    remaining.decompression.outputBytesBeforeRatio = max(
      0, limits.decompression.outputBytesBeforeRatio - decompressedBytes)
    return remaining
  }
}
