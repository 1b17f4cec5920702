internal import BufferFiles
internal import FileSystems
internal import StateTree
internal import SystemPackage

extension ExperimentListing {
  /// Looks at experiments that may be changing.
  struct Reader {
    let fileSystem: any FileSystem

    init(_ fileSystem: any FileSystem) { self.fileSystem = fileSystem }

    /// The experiment in a directory; nil if it is none.
    func experiment(_ path: FilePath) throws(CheckpointError) -> ExperimentListing? {
      let layout = ExperimentLayout(path)
      let contents: ExperimentContents
      do { contents = try ExperimentContents(of: layout, on: fileSystem) } catch {
        throw error.isMissing ? .notExperiment(path) : .fileSystem(error)
      }
      guard contents.isExperiment else { return nil }
      return ExperimentListing(
        path: path, checkpoints: contents.checkpoints.compactMap { checkpoint($0, layout) }, dumps: dumps(layout),
        superseded: contents.superseded, otherNames: contents.otherNames)
    }

    /// The experiments in the directories of a folder.
    func experiments(below folder: FilePath, depth: Int) throws(CheckpointError) -> [ExperimentListing] {
      guard depth > 0 else { return [] }
      let entries = try onFiles { () throws(FileSystemError) in
        try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.list(folder, follow: depth == ExperimentListing.depth ? .userPath : .never)
        }
      }
      var found: [ExperimentListing] = []
      for entry in entries where entry.kind == .directory && !entry.name.string.hasPrefix(".") {
        let path = folder.appending(entry.name)
        // A folder that vanishes or may not be read hides no other.
        if let listing = try? experiment(path) {
          found.append(listing)
        } else {
          found += (try? experiments(below: path, depth: depth - 1)) ?? []
        }
      }
      return found
    }

    /// A checkpoint; nil if it has vanished.
    private func checkpoint(_ iteration: Int, _ layout: ExperimentLayout) -> CheckpointEntry? {
      let path = layout.checkpoint(iteration)
      var entry = CheckpointEntry(iteration: iteration, path: path, modificationSeconds: 0)
      do throws(CheckpointError) {
        let manifest = try Checkpoint.openDirectory(path, on: fileSystem).manifest
        entry.environmentSteps = manifest.environmentSteps
        entry.episodeReturn = manifest.results.episodeReturn
        entry.byteCount = manifest.byteCount
      } catch {
        entry.incompleteBecause = error.reason(in: path)
      }
      let manifest = path.appending(ExperimentLayout.manifestName)
      guard let status = status(manifest) ?? status(path) else { return nil }
      entry.modificationSeconds = status.modificationSeconds
      return entry
    }

    private func dumps(_ layout: ExperimentLayout) -> [DumpEntry] {
      let entries = (try? fileSystem.listIfPresent(layout.dumps)) ?? []
      let numbers = entries.filter { $0.kind == .regular }.compactMap {
        ExperimentLayout.iteration(ofDump: $0.name.string)
      }
      return numbers.sorted().compactMap { dump($0, layout) }
    }

    /// A dump; nil if it has vanished.
    private func dump(_ iteration: Int, _ layout: ExperimentLayout) -> DumpEntry? {
      let path = layout.dump(iteration)
      guard let status = status(path) else { return nil }
      var entry = DumpEntry(
        iteration: iteration, path: path, byteCount: Int(status.byteCount),
        modificationSeconds: status.modificationSeconds)
      do throws(BufferFileError) {
        entry.steps = try BufferFile.open(path, follow: .never, on: fileSystem).summary.stepCount
      } catch {
        if case .fileSystem(let error) = error, error.isMissing { return nil }
        entry.unreadableBecause = error.description
      }
      return entry
    }

    private func status(_ path: FilePath) -> FileStatus? {
      try? fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: path) }
    }
  }
}

extension StateMap {
  /// The mean return of episodes as RLlib names it, nested or with slashes.
  var episodeReturn: Double? {
    let nested = self["env_runners"]?["episode_return_mean"]
    switch nested ?? self["env_runners/episode_return_mean"] ?? self["episode_return_mean"] {
    case .double(let value): return value
    case .int(let value): return Double(value)
    default: return nil
    }
  }
}
