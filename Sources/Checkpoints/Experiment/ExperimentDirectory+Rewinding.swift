internal import FileSystems
internal import Synchronization
public import SystemPackage

extension ExperimentDirectory {
  /// Goes back to an iteration: moves checkpoints and dumps of later ones to `superseded-<iteration>-<n>`, with a copy of
  /// the results as they were, and cuts the results. Deletes nothing, and does nothing if nothing lies after it.
  ///
  /// What lies last is moved first and the results are cut at the end, so that after a crash the experiment is one whose
  /// newest iterations are gone; running it again finishes the work.
  /// - Returns: where what was moved lies now.
  /// - Throws: `CheckpointError.fileSystem`, `.invalidResults`.
  @discardableResult
  public func rewind(to iteration: Int) throws(CheckpointError) -> [FilePath] {
    precondition(iteration >= 0, "an iteration of 0 or more, found \(iteration)")
    return try memory.withLock { (memory: inout ExperimentMemory) throws(CheckpointError) in
      let moves = try movesAfter(iteration)
      let cuts = try cutsAfter(iteration)
      guard !moves.isEmpty || !cuts.isEmpty else { return [] }
      memory = ExperimentMemory()
      return try rewind(to: iteration, moves, cuts)
    }
  }

  /// What is to be moved: the name in the experiment's directory and in that of what is superseded.
  private struct Move {
    var folder: String?
    var name: String
    var iteration: Int

    func path(in directory: FilePath) -> FilePath {
      folder.map { directory.appending($0).appending(name) } ?? directory.appending(name)
    }
  }

  private func rewind(
    to iteration: Int, _ moves: [Move], _ cuts: [ResultsCut]
  ) throws(CheckpointError) -> [FilePath] {
    var moved: [FilePath] = []
    let (path, fileSystem) = (path, fileSystem)
    let directory = try makeSuperseded(after: iteration, hasDumps: moves.contains { $0.folder != nil })
    do throws(FileSystemError) {
      for cut in cuts {
        let copy = directory.appending(cut.path.lastComponent?.string ?? "")
        try fileSystem.copy(cut.path, to: copy)
        moved.append(copy)
      }
      for move in moves.sorted(by: { $0.iteration > $1.iteration }) {
        try fileSystem.move(move.path(in: path), to: move.path(in: directory))
        moved.append(move.path(in: directory))
      }
      try syncFolders(of: moves, in: directory)
      try syncFolders(of: moves, in: path)
    } catch { throw .fileSystem(error) }
    for cut in cuts { try cut.cut() }
    return moved
  }

  private func syncFolders(of moves: [Move], in directory: FilePath) throws(FileSystemError) {
    for folder in Set(moves.compactMap(\.folder)) { try fileSystem.syncNames(in: directory.appending(folder)) }
    try fileSystem.syncNames(in: directory)
  }

  /// Makes the first directory that is free.
  private func makeSuperseded(after iteration: Int, hasDumps: Bool) throws(CheckpointError) -> FilePath {
    let (layout, fileSystem) = (layout, fileSystem)
    return try onFiles { () throws(FileSystemError) in
      var number = 1
      while try fileSystem.exists(layout.superseded(after: iteration, number)) { number += 1 }
      let directory = layout.superseded(after: iteration, number)
      try fileSystem.ensureDirectory(directory)
      if hasDumps { try fileSystem.ensureDirectory(ExperimentLayout(directory).dumps) }
      return directory
    }
  }

  private func movesAfter(_ iteration: Int) throws(CheckpointError) -> [Move] {
    let (layout, fileSystem) = (layout, fileSystem)
    return try onFiles { () throws(FileSystemError) in
      var moves: [Move] = []
      for number in try ExperimentContents(of: layout, on: fileSystem).checkpoints where number > iteration {
        moves.append(Move(name: layout.checkpoint(number).lastComponent?.string ?? "", iteration: number))
      }
      let dumps = layout.dumps
      for entry in try fileSystem.listIfPresent(dumps) where entry.kind == .regular {
        guard let number = ExperimentLayout.iteration(ofDump: entry.name.string), number > iteration else { continue }
        moves.append(
          Move(folder: dumps.lastComponent?.string, name: entry.name.string, iteration: number))
      }
      return moves
    }
  }

  private func cutsAfter(_ iteration: Int) throws(CheckpointError) -> [ResultsCut] {
    var cuts: [ResultsCut] = []
    for cut in layout.cuts(to: iteration, on: fileSystem) where try cut.isNeeded() { cuts.append(cut) }
    return cuts
  }
}

extension ExperimentLayout {
  /// The files of results, to be cut to an iteration.
  func cuts(to iteration: Int, on fileSystem: any FileSystem) -> [ResultsCut] {
    [(results, ResultsCut.Form.lines), (progress, .table)].map { path, form in
      ResultsCut(path: path, form: form, iteration: iteration, fileSystem: fileSystem)
    }
  }
}
