internal import FileSystems
internal import SystemPackage

/// What a disk may hold after its power was cut.
public enum PersistenceModel: String, Sendable, CaseIterable {
  /// All that was done before the cut, in order: what a kill leaves too.
  case ordered
  /// All names, and of what was not synced of a file any part: nothing, zeros, or a piece that ends at a page.
  case metadataFirst
  /// Any of the changes of names that were not synced, each on its own, and any part of what was not synced of a file.
  case anySubset
}

/// A loss of power at one moment.
public struct PowerCut: Sendable {
  /// The call that was made last; nil if none was since recording began.
  public let last: Call?
  let disk: SimulatedDisk

  init(after last: Call?, _ disk: SimulatedDisk) {
    self.last = last
    self.disk = disk
  }

  /// How many changes of names a cut at this moment may each take or leave.
  public var pendingCount: Int { disk.pending.count }

  /// What the next process finds if this one was killed at this moment: what was not synced may still be lost.
  public func fileSystemAfterKill() -> SimulatedFileSystem { SimulatedFileSystem(disk) }

  /// Hands every state that the model allows to `body`, once each: `seen` holds those that were handed out before.
  ///
  /// All subsets of up to `limit` changes of names are made. Of more, those of every directory on its own (all subsets of
  /// up to `limit` - 2 changes; else every prefix, each alone, and all but each), the changes elsewhere once all made and
  /// once none. With each of them every file that was not synced takes each of its contents, the others being once whole,
  /// once as synced.
  /// - Parameter limit: Default 10, which is 1,024 subsets.
  public func forEachTree(
    _ model: PersistenceModel, seen: inout Set<Int>, limit: Int = 10, _ body: (CrashedTree) throws -> Void
  ) rethrows {
    let contents = CutContents(disk)
    let everything = [Bool](repeating: true, count: disk.pending.count)
    let choices = model == .anySubset ? PendingChoices(disk.pending, limit: limit).all : [everything]
    for choice in choices {
      guard let names = CutNames(disk, choice) else { continue }
      let assignments = model == .ordered ? [[:]] : contents.assignments(of: names.files)
      for assignment in assignments {
        let digest = names.digest { contents.digest(of: $0, assignment[$0]) }
        guard seen.insert(digest).inserted else { continue }
        try body(CrashedTree(digest: digest, names: names, contents: contents, assignment: assignment))
      }
    }
  }
}

/// A state that a loss of power leaves.
public struct CrashedTree {
  /// Tells it from all others: a digest of all names and bytes.
  public let digest: Int
  let names: CutNames
  let contents: CutContents
  let assignment: [Int: Int]

  /// A file system in this state, all of which is durable; nothing is open and nothing locked.
  public func fileSystem() -> SimulatedFileSystem {
    var nodes: [Int: SimulatedDisk.Node] = [:]
    for (node, entries) in names.directories {
      guard var directory = names.disk.directory(node) else { continue }
      (directory.entries, directory.durable) = (entries, entries)
      nodes[node] = .directory(directory)
    }
    for (node, linkCount) in names.files {
      guard var file = names.disk.file(node) else { continue }
      let bytes = contents.bytes(of: node, assignment[node])
      (file.contents, file.durable, file.isDirty, file.linkCount) = (bytes, bytes, false, linkCount)
      nodes[node] = .file(file)
    }
    return SimulatedFileSystem(SimulatedDisk(durable: nodes, clock: names.disk.clock))
  }
}
