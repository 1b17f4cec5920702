public import FileSystems
public import SystemPackage

extension Checkpoint {
  /// Reads every file and compares its digest; what is damaged is named, not thrown.
  /// - Throws: `CheckpointError.fileSystem` if a file cannot be read at all.
  public func verify() throws(CheckpointError) -> CheckpointVerification {
    var result = CheckpointVerification(
      path: path, fileCount: 0, byteCount: 0, damage: [], unknownFiles: [], segmentsFromPool: [])
    for file in manifest.files { try verify(file, &result) }
    result.unknownFiles = try unknownFiles()
    return result
  }

  /// Reads every file of a checkpoint, also of one that is not complete, so that all that is missing is named.
  /// - Throws: `CheckpointError.incomplete` or `.invalidManifest` if there is no manifest to compare with, `.fileSystem`
  ///   if a file cannot be read at all.
  public static func verify(
    _ path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(CheckpointError) -> CheckpointVerification {
    let manifest = try CheckpointManifest.read(in: path, on: fileSystem)
    return try Checkpoint(path: path, manifest: manifest, passedOver: [], fileSystem: fileSystem).verify()
  }

  private func verify(
    _ file: CheckpointManifest.File, _ result: inout CheckpointVerification
  ) throws(CheckpointError) {
    let files = files
    let place = try onFiles { () throws(FileSystemError) in try files.place(of: file) }
    switch place {
    case .nowhere(let reason): result.damage.append(.init(file: file.path, reason: reason))
    case .checkpoint(let found), .pool(let found):
      let fileSystem = fileSystem
      let digest: DigestedFile
      do { digest = try fileSystem.digest(of: found) } catch {
        result.damage.append(.init(file: file.path, reason: error.description))
        return
      }
      result.fileCount += 1
      result.byteCount += digest.byteCount
      if digest.sha256 != file.sha256 {
        result.damage.append(.init(file: file.path, reason: digest.mismatch(with: file)))
      } else if case .pool = place {
        result.segmentsFromPool.append(file.path)
      }
    }
  }

  /// What lies in the directory and the manifest does not name; nothing is opened.
  func unknownFiles() throws(CheckpointError) -> [String] {
    let known = Set(manifest.files.map(\.path) + [ExperimentLayout.manifestName])
    var unknown: [String] = []
    var waiting: [(name: String, path: FilePath)] = [("", path)]
    while let directory = waiting.popLast() {
      let fileSystem = fileSystem
      let entries = try onFiles { () throws(FileSystemError) in
        try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.list(directory.path, follow: directory.name.isEmpty ? .userPath : .never)
        }
      }
      for entry in entries {
        let name = directory.name.isEmpty ? entry.name.string : "\(directory.name)/\(entry.name.string)"
        let isDeep = name.utf8.count { $0 == UInt8(ascii: "/") } >= ComponentPath.depthLimit
        if entry.kind == .directory, !isDeep {
          waiting.append((name, directory.path.appending(entry.name)))
        } else if !known.contains(name), unknown.count < DirectoryEntry.limit {
          unknown.append(name)
        }
      }
    }
    return unknown.sorted()
  }
}
