internal import FileSystems
internal import SystemPackage

/// Finds the files that a manifest names: inside the checkpoint's directory and never through a link, segments in the
/// pool of the experiment too.
struct CheckpointFiles: Sendable {
  let checkpoint: FilePath
  let fileSystem: any FileSystem
  /// For the paths of segments their names.
  let segments: [String: String]

  init(_ checkpoint: FilePath, _ manifest: CheckpointManifest, on fileSystem: any FileSystem) {
    self.checkpoint = checkpoint
    self.fileSystem = fileSystem
    var segments: [String: String] = [:]
    for component in manifest.components {
      guard case .buffer(_, _, let names) = component.content else { continue }
      for name in names { segments[ComponentPath.segment(name, of: component.name)] = name }
    }
    self.segments = segments
  }

  /// Where a file lies.
  enum Place: Equatable {
    case checkpoint(FilePath)
    case pool(FilePath)
    /// Nowhere, or it is not what it should be: why.
    case nowhere(String)

    var path: FilePath? {
      switch self {
      case .checkpoint(let path), .pool(let path): path
      case .nowhere: nil
      }
    }
  }

  /// Where a file of the manifest lies, by its size; a segment may lie in the pool.
  func place(of file: CheckpointManifest.File) throws(FileSystemError) -> Place {
    let own = checkpoint.appending(file.path)
    guard let reason = try fault(of: own, file) else { return .checkpoint(own) }
    if let pooled = pooled(file.path), try fault(of: pooled, file, isPooled: true) == nil { return .pool(pooled) }
    return .nowhere(reason)
  }

  /// Where a segment that is not what was saved may lie all the same: regular files, reached through no link.
  func damagedPaths(of file: CheckpointManifest.File) -> [FilePath] {
    func isRegular(_ path: FilePath) -> Bool {
      let status = try? fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: path) }
      return status?.kind == .regular
    }
    let link = try? linkAbove(file.path)
    let own = link == .some(nil) ? [checkpoint.appending(file.path)] : []
    let shared = pooled(file.path).map { (try? isDirectory($0.parent)) == true ? [$0] : [] } ?? []
    return (own + shared).filter(isRegular)
  }

  /// The path in the pool for the path of a segment; nil for any other file.
  ///
  /// The path is not normalized: `runs/../x/checkpoint_000001` means what the system makes of it.
  func pooled(_ path: String) -> FilePath? {
    segments[path].map { ExperimentLayout(experiment).segments.appending($0) }
  }

  /// The experiment around the checkpoint, also around one that was superseded.
  private var experiment: FilePath {
    let enclosing = checkpoint.enclosing
    let isSuperseded = enclosing.lastComponent?.string.hasPrefix(ExperimentLayout.supersededPrefix) == true
    return isSuperseded ? enclosing.enclosing : enclosing
  }

  private func fault(
    of path: FilePath, _ file: CheckpointManifest.File, isPooled: Bool = false
  ) throws(FileSystemError) -> String? {
    if isPooled, try !isDirectory(path.parent) { return "its pool is not a directory" }
    if !isPooled, let link = try linkAbove(file.path) { return "\(link) is not a directory" }
    let status: FileStatus
    do {
      status = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: path) }
    } catch {
      guard error.isMissing else { throw error }
      return "it is missing"
    }
    guard status.kind == .regular else { return "it is a \(status.kind.rawValue)" }
    guard status.byteCount == file.byteCount else {
      return "it has \(status.byteCount) bytes, the manifest says \(file.byteCount)"
    }
    return nil
  }

  /// Whether it is a directory, not a link to one.
  private func isDirectory(_ path: FilePath) throws(FileSystemError) -> Bool {
    do {
      return try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: path).kind }
        == .directory
    } catch  where error.isMissing {
      return false
    }
  }

  /// The first directory on the way to a file that is something else, such as a link out of the checkpoint.
  private func linkAbove(_ path: String) throws(FileSystemError) -> String? {
    let names = path.split(separator: "/").dropLast()
    for count in 0..<names.count {
      let directory = names[...count].joined(separator: "/")
      let kind: FileKind
      do {
        kind = try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.status(of: checkpoint.appending(directory)).kind
        }
      } catch {
        guard error.isMissing else { throw error }
        return nil
      }
      if kind != .directory { return directory }
    }
    return nil
  }
}

extension FilePath {
  /// The directory around a directory, for `checkpoint_000004` and `.` too.
  var enclosing: FilePath {
    guard let last = lastComponent, last.kind == .regular else { return appending("..") }
    return parent
  }
}
