/// A file as the disk has it, under one of its names.
struct StoredFile: Hashable, Sendable {
  /// The file system and the number there.
  struct Identity: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
  }

  var identity: Identity
  var byteCount: Int
  /// How many names it has, wherever.
  var linkCount: Int
}

/// Who names which file, so that what is freed by deleting names can be told: a file goes with its last name.
struct DiskLedger: Sendable, Equatable {
  private struct Account: Sendable, Equatable {
    var byteCount: Int
    /// The names that are left, those included that are none of ours.
    var names: Int
  }

  private var accounts: [StoredFile.Identity: Account] = [:]
  private let pool: [String: StoredFile]
  /// How many name a segment of the pool.
  private var users: [String: Int] = [:]
  /// Segments that somebody names who is not to be judged.
  private let pinned: Set<String>?

  /// The bytes of all files that are left.
  private(set) var byteCount = 0
  /// The bytes of segments of the pool that nobody names: they are not counted, since whoever cleans up deletes them.
  private(set) var garbageBytes = 0

  /// A ledger of candidates and the pool.
  /// - Parameter pinned: Segments of the pool that stay in any case; nil for all of them.
  init(_ candidates: [RetentionCandidate] = [], pool: [String: StoredFile] = [:], pinned: Set<String>? = []) {
    self.pool = pool
    self.pinned = pinned
    for file in candidates.flatMap(\.files) + pool.values where accounts[file.identity] == nil {
      accounts[file.identity] = Account(byteCount: file.byteCount, names: file.linkCount)
      byteCount += file.byteCount
    }
    for name in candidates.flatMap(\.segments) { users[name, default: 0] += 1 }
    let before = byteCount
    for (name, file) in pool where users[name] == nil && !isPinned(name) { removeName(of: file) }
    garbageBytes = before - byteCount
  }

  private func isPinned(_ name: String) -> Bool { pinned?.contains(name) ?? true }

  /// Takes a candidate away, and with it what nobody else names in the pool.
  /// - Returns: The bytes that are freed.
  mutating func remove(_ candidate: RetentionCandidate) -> Int {
    let before = byteCount
    for file in candidate.files { removeName(of: file) }
    for name in candidate.segments {
      users[name, default: 1] -= 1
      if users[name] == 0, !isPinned(name), let file = pool[name] { removeName(of: file) }
    }
    return before - byteCount
  }

  private mutating func removeName(of file: StoredFile) {
    guard var account = accounts[file.identity] else { return }
    account.names -= 1
    accounts[file.identity] = account.names > 0 ? account : nil
    if account.names <= 0 { byteCount -= account.byteCount }
  }
}
