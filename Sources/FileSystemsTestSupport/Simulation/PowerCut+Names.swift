internal import FileSystems
internal import SystemPackage

/// Which of the changes that were not synced a cut leaves.
struct PendingChoices {
  let all: [[Bool]]

  /// - Parameter limit: The most changes of which all subsets are made; where there are more, two less of each directory.
  init(_ pending: [SimulatedDisk.Mutation], limit: Int) {
    guard pending.count > limit else {
      all = Self.subsets(of: Array(pending.indices), in: [Bool](repeating: false, count: pending.count))
      return
    }
    var all: [[Bool]] = []
    let directories = Dictionary(grouping: pending.indices) { pending[$0].changes.last?.directory ?? 0 }
    for (_, indices) in directories.sorted(by: { $0.key < $1.key }) {
      for others in [false, true] {
        let rest = [Bool](repeating: others, count: pending.count)
        let isSmall = indices.count <= limit - 2
        all += isSmall ? Self.subsets(of: indices, in: rest) : Self.edges(of: indices, in: rest)
      }
    }
    self.all = all
  }

  private static func subsets(of indices: [Int], in rest: [Bool]) -> [[Bool]] {
    (0..<(1 << indices.count)).map { bits in
      var choice = rest
      for (position, index) in indices.enumerated() { choice[index] = bits >> position & 1 == 1 }
      return choice
    }
  }

  /// Every prefix, each alone, all but each.
  private static func edges(of indices: [Int], in rest: [Bool]) -> [[Bool]] {
    var choices: [[Bool]] = []
    for (position, _) in indices.enumerated() {
      for isChosen in [{ $0 < position }, { $0 == position }, { $0 != position }] as [(Int) -> Bool] {
        var choice = rest
        for (other, index) in indices.enumerated() { choice[index] = isChosen(other) }
        choices.append(choice)
      }
    }
    return choices
  }
}

/// The names that a cut leaves.
struct CutNames {
  typealias Entries = [SimulatedDisk.Name: Int]

  let disk: SimulatedDisk
  private let root: Int
  /// The directories that have a name, with the names in them.
  private(set) var directories: [Int: Entries] = [:]
  /// The files that have a name, with how many.
  private(set) var files: [Int: Int] = [:]

  /// The names as programs see them, from a directory on.
  init(_ disk: SimulatedDisk, below root: Int) {
    self.disk = disk
    self.root = root
    _ = collect { disk.directory($0)?.entries ?? [:] }
  }

  /// The names of durable directories and of some changes since; nil if a directory had two places, which none has.
  init?(_ disk: SimulatedDisk, _ choice: [Bool]) {
    self.disk = disk
    root = SimulatedDisk.root
    var changed: [Int: Entries] = [:]
    for (mutation, isMade) in zip(disk.pending, choice) where isMade {
      for change in mutation.changes {
        changed[change.directory, default: disk.directory(change.directory)?.durable ?? [:]][change.name] = change.node
      }
    }
    guard collect({ changed[$0] ?? disk.directory($0)?.durable ?? [:] }) else { return nil }
  }

  /// Goes through all that has a name; false if a directory has two.
  private mutating func collect(_ entries: (Int) -> Entries) -> Bool {
    var waiting = [root]
    while let node = waiting.popLast() {
      guard disk.directory(node) != nil else {
        files[node, default: 0] += 1
        continue
      }
      let names = entries(node)
      guard directories.updateValue(names, forKey: node) == nil else { return false }
      waiting += names.values
    }
    return true
  }

  /// A digest of all names and, through `contents`, of all bytes.
  func digest(_ contents: (Int) -> Int) -> Int { digest(of: root, contents) }

  private func digest(of node: Int, _ contents: (Int) -> Int) -> Int {
    guard let entries = directories[node] else { return contents(node) }
    // Names come in any order, so that their digests are combined without one.
    var digest = entries.count
    for (name, child) in entries {
      var hasher = Hasher()
      hasher.combine(name)
      hasher.combine(self.digest(of: child, contents))
      digest ^= hasher.finalize()
    }
    return digest
  }
}

/// The contents that a cut may leave in each file that was not synced.
struct CutContents {
  private static let page = 4096

  /// For each file that was not synced all that it may hold: whole first, then as synced, then the others.
  private var variants: [Int: [[UInt8]]] = [:]
  private var digests: [Int: [Int]] = [:]

  init(_ disk: SimulatedDisk) {
    for (node, value) in disk.nodes {
      guard case .file(let file) = value else { continue }
      let variants = Self.variants(of: file)
      self.variants[node] = variants
      digests[node] = variants.map(\.hashValue)
    }
  }

  /// The bytes of a file; without a choice all that was written.
  func bytes(of node: Int, _ variant: Int?) -> [UInt8] { variants[node]?[variant ?? 0] ?? [] }

  func digest(of node: Int, _ variant: Int?) -> Int { digests[node]?[variant ?? 0] ?? 0 }

  /// Which contents the files take: each file each of its own, the others once whole and once as synced.
  func assignments(of files: [Int: Int]) -> [[Int: Int]] {
    let torn = files.keys.filter { variants[$0, default: []].count > 1 }.sorted()
    let synced = Dictionary(uniqueKeysWithValues: torn.map { ($0, 1) })
    var assignments: [[Int: Int]] = [[:], synced]
    for node in torn {
      for variant in variants[node, default: []].indices {
        for others in [[:], synced] {
          var assignment = others
          assignment[node] = variant
          assignments.append(assignment)
        }
      }
    }
    return assignments
  }

  private static func variants(of file: SimulatedDisk.File) -> [[UInt8]] {
    let (contents, durable) = (file.contents, file.durable)
    guard contents != durable else { return [contents] }
    // What was appended to may tear, what was there before may not; what was cut or written over may be gone.
    let kept = contents.starts(with: durable) ? durable.count : 0
    var variants = [contents, durable, Array(contents.prefix(kept))]
    let pages = (contents.count - 1) / page
    for count in Set([0, 1, pages / 2, pages]) where count <= pages {
      let part = contents.prefix(max(kept, count * page))
      variants.append(Array(part))
      variants.append(part + [UInt8](repeating: 0, count: contents.count - part.count))
    }
    if kept < page, pages > 0 {
      variants.append(contents.prefix(kept) + [UInt8](repeating: 0, count: page - kept) + contents.dropFirst(page))
    }
    return variants.reduce(into: []) { found, variant in if !found.contains(variant) { found.append(variant) } }
  }
}
