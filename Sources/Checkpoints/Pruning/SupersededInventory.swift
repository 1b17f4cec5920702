internal import FileSystems
internal import SystemPackage

/// What restores have moved aside, each directory as something that goes as a whole.
struct SupersededInventory {
  /// The directories.
  private(set) var paths: [FilePath] = []
  /// What is in each.
  private(set) var candidates: [RetentionCandidate] = []
  /// Whether every manifest in them can be read.
  private(set) var isPoolKnown = true

  /// Those that may go, if any may: nothing in them is a stranger's.
  var ours: [RetentionCandidate] { candidates.filter { $0.attachment == nil } }

  /// The segments that the checkpoints of some of them name.
  static func segments(_ candidates: [RetentionCandidate]) -> Set<String> {
    candidates.reduce(into: []) { $0.formUnion($1.segments) }
  }

  /// Looks into the directories.
  /// - Throws: `CheckpointError.fileSystem` if one cannot be listed.
  init(_ directories: [FilePath], on fileSystem: any FileSystem) throws(CheckpointError) {
    for directory in directories {
      let layout = ExperimentLayout(directory)
      var candidate = RetentionCandidate(iteration: ExperimentLayout.iteration(ofSuperseded: directory.name) ?? 0)
      candidate.seconds = fileSystem.modificationSeconds(of: directory)
      let contents = try onFiles { () throws(FileSystemError) in
        candidate.files = try fileSystem.storedFiles(below: directory)
        return try ExperimentContents(of: layout, on: fileSystem)
      }
      if contents.otherNames > 0 { candidate.attachment = "it holds what no restore has moved there" }
      for iteration in contents.checkpoints {
        guard let manifest = try? CheckpointManifest.read(in: layout.checkpoint(iteration), on: fileSystem) else {
          isPoolKnown = false
          continue
        }
        candidate.segments.formUnion(manifest.segmentNames)
      }
      paths.append(directory)
      candidates.append(candidate)
    }
  }
}
