internal import FileSystems
internal import SystemPackage

/// A disk in memory: what programs see of it, and which of it a loss of power cannot take.
///
/// Contents of a file are durable up to its last sync. Names are durable up to the last sync of their directory: every
/// change of names is a mutation that waits in `pending` until then. A rename is one mutation, so it is durable as a
/// whole as soon as one of its two directories is synced.
struct SimulatedDisk: Sendable {
  typealias Name = FilePath.Component

  struct File: Sendable {
    var contents: [UInt8] = []
    /// What the last sync made durable.
    var durable: [UInt8] = []
    /// Whether a sync has anything to write; false after a failed one too, as on Linux.
    var isDirty = false
    /// How many names it has.
    var linkCount = 1
    var permissions: FilePermissions
    var modificationSeconds: Int64
  }

  struct Directory: Sendable {
    var entries: [Name: Int] = [:]
    var durable: [Name: Int] = [:]
    var permissions: FilePermissions
    var modificationSeconds: Int64
  }

  enum Node: Sendable {
    case file(File)
    case directory(Directory)
  }

  /// What one name is to be: the number of a node, or nothing.
  struct Change: Sendable {
    var directory: Int
    var name: Name
    var node: Int?
  }

  /// Changes of names that become durable together.
  struct Mutation: Sendable {
    var changes: [Change]
    /// Whether a failed sync has taken it for written, so that none writes it any more.
    var isLost = false

    var places: Set<Place> { Set(changes.map { Place(directory: $0.directory, name: $0.name) }) }

    func touches(_ directory: Int) -> Bool { changes.contains { $0.directory == directory } }
  }

  /// Where a name stands.
  struct Place: Hashable {
    var directory: Int
    var name: Name
  }

  /// The number of the root directory.
  static let root = 1

  private(set) var nodes: [Int: Node]
  /// The changes of names that are not durable, oldest first.
  private(set) var pending: [Mutation] = []
  /// The time, which each change moves on by a second.
  private(set) var clock: Int64 = 1_700_000_000
  private var lastNode = SimulatedDisk.root

  /// An empty disk.
  init() {
    nodes = [Self.root: .directory(Directory(permissions: .simulatedDirectory, modificationSeconds: clock))]
  }

  /// A disk with these nodes, all of it durable.
  init(durable nodes: [Int: Node], clock: Int64) {
    self.nodes = nodes
    self.clock = clock
    lastNode = nodes.keys.max() ?? Self.root
  }

  /// A file; nil if the node is a directory or was never there.
  func file(_ node: Int) -> File? {
    guard case .file(let file)? = nodes[node] else { return nil }
    return file
  }

  /// A directory; nil if the node is a file or was never there.
  func directory(_ node: Int) -> Directory? {
    guard case .directory(let directory)? = nodes[node] else { return nil }
    return directory
  }
}

extension SimulatedDisk {
  /// Adds a node that has no name yet.
  mutating func add(_ node: Node) -> Int {
    lastNode += 1
    nodes[lastNode] = node
    return lastNode
  }

  /// The time of a change.
  mutating func tick() -> Int64 {
    clock += 1
    return clock
  }

  /// Changes a file.
  mutating func withFile(_ node: Int, _ body: (inout File) -> Void) {
    guard case .file(var file)? = nodes[node] else { return }
    // Without this the array in the dictionary would be copied by every write.
    nodes[node] = nil
    body(&file)
    nodes[node] = .file(file)
  }

  private mutating func withDirectory(_ node: Int, _ body: (inout Directory) -> Void) {
    guard case .directory(var directory)? = nodes[node] else { return }
    body(&directory)
    nodes[node] = .directory(directory)
  }

  /// Changes names, durable only once a directory of theirs is synced.
  mutating func change(_ changes: [Change]) {
    let now = tick()
    for change in changes {
      withDirectory(change.directory) {
        $0.entries[change.name] = change.node
        $0.modificationSeconds = now
      }
    }
    pending.append(Mutation(changes: changes))
  }

  /// Makes the contents of a file durable.
  mutating func sync(_ node: Int) {
    withFile(node) { file in
      guard file.isDirty else { return }
      file.durable = file.contents
      file.isDirty = false
    }
  }

  /// Makes the names of a directory durable, and with them the earlier changes of the same names elsewhere.
  mutating func syncNames(of directory: Int) {
    var (flushed, kept): ([Mutation], [Mutation]) = ([], [])
    var places: Set<Place> = []
    for mutation in pending.reversed() {
      let isMeant = mutation.touches(directory) || !places.isDisjoint(with: mutation.places)
      if isMeant, !mutation.isLost {
        places.formUnion(mutation.places)
        flushed.append(mutation)
      } else if !mutation.places.isSubset(of: places) {
        // What a failed sync lost, and what no later change of the same names has overtaken, stays in doubt.
        kept.append(mutation)
      }
    }
    pending = kept.reversed()
    for change in flushed.reversed().flatMap(\.changes) {
      withDirectory(change.directory) { $0.durable[change.name] = change.node }
    }
  }

  /// What a failed sync of a file leaves: it counts as written, and nobody writes it.
  mutating func loseContents(of node: Int) { withFile(node) { $0.isDirty = false } }

  /// What a failed sync of a directory leaves.
  mutating func loseNames(of directory: Int) {
    for index in pending.indices where pending[index].touches(directory) { pending[index].isLost = true }
  }
}

extension FilePermissions {
  /// What a directory of the simulation has: 0777 less the mask.
  static var simulatedDirectory: Self { FilePermissions(rawValue: 0o755) }
}
