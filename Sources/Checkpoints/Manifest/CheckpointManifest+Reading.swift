internal import FileSystems
internal import SystemPackage

extension CheckpointManifest {
  /// The manifest in the directory of a checkpoint.
  /// - Throws: `CheckpointError.incomplete` without one or with an empty one, `.invalidManifest`, `.newerVersion`,
  ///   `.fileSystem`.
  static func read(
    in checkpoint: FilePath, on fileSystem: any FileSystem
  ) throws(CheckpointError) -> CheckpointManifest {
    try parse(try text(in: checkpoint, on: fileSystem), in: checkpoint)
  }

  /// The bytes of the manifest in the directory of a checkpoint.
  /// - Throws: as `read`.
  static func text(in checkpoint: FilePath, on fileSystem: any FileSystem) throws(CheckpointError) -> [UInt8] {
    let path = checkpoint.appending(ExperimentLayout.manifestName)
    let text: [UInt8]
    do { text = try fileSystem.readAll(path, limit: byteLimit) } catch {
      if error.isMissing { throw .incomplete(checkpoint, reason: "it has no \(ExperimentLayout.manifestName)") }
      if case .tooLarge(let found, let limit) = error.reason {
        throw .invalidManifest(path, reason: "it has \(found) bytes, the limit is \(limit)")
      }
      throw .fileSystem(error)
    }
    guard !text.isEmpty else { throw .incomplete(checkpoint, reason: "its \(ExperimentLayout.manifestName) is empty") }
    return text
  }

  /// The manifest that these bytes are.
  /// - Throws: as `read`.
  static func parse(_ text: [UInt8], in checkpoint: FilePath) throws(CheckpointError) -> CheckpointManifest {
    let path = checkpoint.appending(ExperimentLayout.manifestName)
    do { return try CheckpointManifest(text: text) } catch {
      switch error {
      case .newerVersion(let found): throw .newerVersion(path, found: found, supported: version)
      case .invalid(let reason): throw .invalidManifest(path, reason: reason)
      }
    }
  }
}
