internal import FileSystems
internal import SystemPackage

/// What lies in the directory of an experiment, by the names alone.
struct ExperimentContents {
  /// The iterations of which there is a checkpoint, complete or not, smallest first.
  private(set) var checkpoints: [Int] = []
  /// The directories of what was superseded.
  private(set) var superseded: [FilePath] = []
  /// What shows that it is an experiment's directory, by name.
  private var evidence: [String] = []
  /// Whether a writer has been there.
  private(set) var hasLock = false
  /// How many names are none of an experiment's.
  private(set) var otherNames = 0

  /// The contents of a directory. A path that the user typed may be a link.
  init(of layout: ExperimentLayout, on fileSystem: any FileSystem) throws(FileSystemError) {
    let entries = try fileSystem.uninterrupted { () throws(FileSystemError) in
      try fileSystem.list(layout.directory, follow: .userPath)
    }
    for entry in entries { take(entry, layout) }
    checkpoints.sort()
  }

  /// Whether it is an experiment's directory.
  var isExperiment: Bool { !evidence.isEmpty || hasLock }

  /// What shows that a run has written here; nil if nothing does, apart from dumps if they do not count.
  func evidence(besidesDumps isDumpIgnored: Bool) -> String? {
    evidence.first { !isDumpIgnored || $0 != "buffers" }
  }

  private mutating func take(_ entry: DirectoryEntry, _ layout: ExperimentLayout) {
    let name = entry.name.string
    switch (entry.kind, name) {
    case (.directory, _) where ExperimentLayout.iteration(ofCheckpoint: name) != nil:
      checkpoints.append(ExperimentLayout.iteration(ofCheckpoint: name) ?? 0)
      evidence.append(name)
    case (.directory, _) where ExperimentLayout.iteration(ofSuperseded: name) != nil:
      superseded.append(layout.directory.appending(entry.name))
    case (.regular, "params.json"), (.regular, "result.json"), (.regular, "progress.csv"),
      (.directory, "buffers"), (.directory, "segments"):
      evidence.append(name)
    case (.regular, "experiment.lock"): hasLock = true
    case (.regular, ExperimentLayout.verifiedName): break
    case (.regular, _) where name.hasPrefix(ExperimentLayout.eventFilePrefix): break
    default: otherNames += name.hasPrefix(".") ? 0 : 1
    }
  }
}
