internal import FileSystems
internal import SystemPackage

extension ExperimentDirectory {
  /// Deletes the segments of the pool that no checkpoint names, superseded ones included; none if one of them cannot be
  /// read, because it may name any.
  func removeUnusedSegments(_ named: inout [FilePath: Set<String>]) throws(FileSystemError) -> Int {
    let pool = try fileSystem.listIfPresent(layout.segments)
    guard pool.contains(where: { SegmentName.matches($0.name.string) }) else { return 0 }
    var present: [FilePath: Set<String>] = [:]
    for checkpoint in try allCheckpoints() {
      guard let names = named[checkpoint] ?? segmentNames(inManifestOf: checkpoint) else { return 0 }
      present[checkpoint] = names
    }
    named = present
    let used = present.values.reduce(into: Set<String>()) { $0.formUnion($1) }
    var removed = 0
    for entry in pool where entry.kind == .regular && SegmentName.matches(entry.name.string) {
      guard !used.contains(entry.name.string) else { continue }
      let path = layout.segments.appending(entry.name)
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.unlink(path) }
      removed += 1
    }
    return removed
  }

  /// The directories of all checkpoints, superseded ones included.
  private func allCheckpoints() throws(FileSystemError) -> [FilePath] {
    let contents = try ExperimentContents(of: layout, on: fileSystem)
    var checkpoints = contents.checkpoints.map(layout.checkpoint)
    for directory in contents.superseded {
      let inner = try ExperimentContents(of: ExperimentLayout(directory), on: fileSystem)
      checkpoints += inner.checkpoints.map(ExperimentLayout(directory).checkpoint)
    }
    return checkpoints
  }

  private func segmentNames(inManifestOf checkpoint: FilePath) -> Set<String>? {
    (try? CheckpointManifest.read(in: checkpoint, on: fileSystem))?.segmentNames
  }
}
