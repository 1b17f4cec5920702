public import SystemPackage

/// A file that appears under its name complete and durable, or not at all.
///
/// Bytes go to a temporary file beside the destination, readable by its owner alone. `commit` makes them durable and
/// renames; whatever else happens (an error, `discard`, the end of its life) deletes the temporary file. A link at the
/// destination is itself replaced, never followed. What a killed process leaves is for `removeLeftovers(in:)`.
public struct CommittedFile: ~Copyable, Sendable {
  /// What to do with a file that has the destination's name.
  public enum Existing: Hashable, Sendable {
    /// Replace it, and keep its permissions.
    case replace
    /// Refuse, at the start and again, atomically, at the commit.
    case refuse
  }

  /// What `commit` makes durable before it returns. Whoever asks for less syncs the rest before anything relies on it.
  public enum Durability: Hashable, Sendable {
    /// Nothing yet: the disk is asked to begin. `syncContents(of:)` and a sync of the directory are for later, when one
    /// write of the journal serves many files.
    case begun
    /// The bytes; a sync of the directory, one for all files in it, is for later.
    case bytes
    /// The bytes and the name.
    case name
  }

  /// The path that `commit` gives the file.
  public let destination: FilePath
  /// The bytes appended so far.
  public private(set) var byteCount: Int64

  private let fileSystem: any FileSystem
  private let existing: Existing
  private let permissions: FilePermissions
  private let durability: Durability
  private let expectedByteCount: Int64?
  private let file: OpenFile
  /// Up to where the disk was asked to begin.
  private var begun: Int64 = 0
  private var isOpen: Bool
  private var temporaryExists: Bool
  private var failure: FileSystemError?

  /// Creates the temporary file; with `expectedByteCount` reserves room, so that a full disk shows at once.
  /// - Throws: `.notRegular` if the destination is a directory, FIFO or device; `.system(.fileExists)` with `.refuse`.
  public init(
    at destination: FilePath, existing: Existing = .replace, expectedByteCount: Int64? = nil,
    durability: Durability = .name, on fileSystem: any FileSystem
  ) throws(FileSystemError) {
    let replaced = try fileSystem.permissionsOfFile(toBeWrittenAt: destination, existing)
    let file = try fileSystem.createTemporary(for: destination)
    do { try fileSystem.reserve(expectedByteCount ?? 0, for: file) } catch {
      Self.release(file, isOpen: true, exists: true, on: fileSystem)
      throw error
    }
    self.destination = destination
    self.fileSystem = fileSystem
    self.existing = existing
    self.expectedByteCount = expectedByteCount
    self.file = file
    self.durability = durability
    permissions = replaced ?? .allButExecute.subtracting(fileSystem.creationMask)
    byteCount = 0
    (isOpen, temporaryExists) = (true, true)
    failure = nil
  }

  deinit { Self.release(file, isOpen: isOpen, exists: temporaryExists, on: fileSystem) }

  /// Appends bytes. After an error the temporary file is gone; further calls throw the same error.
  /// - Throws: what writing throws, with the byte it happened at.
  public mutating func append(_ bytes: Span<UInt8>) throws(FileSystemError) {
    if let failure { throw failure }
    precondition(isOpen, "bytes behind the seal")
    do { try fileSystem.writeAll(bytes, to: file, startingAt: byteCount) } catch {
      failure = error
      Self.release(file, isOpen: isOpen, exists: temporaryExists, on: fileSystem)
      (isOpen, temporaryExists) = (false, false)
      throw error
    }
    byteCount += Int64(bytes.count)
    if byteCount - begun >= Self.writebackBytes { startWriteback() }
  }

  private mutating func startWriteback() {
    fileSystem.startWriteback(file, from: begun, byteCount: byteCount - begun)
    begun = byteCount
  }

  /// How many bytes gather before the disk is asked to begin with them, while what follows is made.
  private static var writebackBytes: Int64 { 2 << 20 }

  /// Makes the file durable, as far as was asked for, and gives it its name. A failed sync is never retried: save again from memory.
  /// - Throws: what any step throws, the destination then being as it was. Only after a failure of `.syncDirectory` is
  ///   the file in place and whole, and may be missing after a power cut.
  public consuming func commit() throws(FileSystemError) {
    if let failure { throw failure }
    try seal()
    let (file, destination, fileSystem, durability) = (file, destination, fileSystem, durability)
    let mode: RenameMode = existing == .replace ? .replace : .noReplace
    try fileSystem.uninterrupted { () throws(FileSystemError) in
      try fileSystem.rename(file.path, to: destination, mode: mode)
    }
    temporaryExists = false
    guard durability == .name else { return }
    try fileSystem.uninterrupted { () throws(FileSystemError) in
      try fileSystem.syncDirectory(destination.directory)
    }
  }

  /// Deletes the temporary file and leaves the destination as it was.
  public consuming func discard() {}

  /// Makes the bytes durable before they have their name, so that they can be read again first; `commit` does it
  /// otherwise. Nothing may be appended afterwards.
  /// - Returns: The path of the temporary file, which must not be changed.
  /// - Throws: what any step throws; `commit` throws it too.
  @discardableResult
  public mutating func seal() throws(FileSystemError) -> FilePath {
    if let failure { throw failure }
    guard isOpen else { return file.path }
    do { try close() } catch {
      failure = error
      throw error
    }
    return file.path
  }

  /// Sets permissions, syncs or begins to, and closes, in this order, so that the permissions are durable too.
  private mutating func close() throws(FileSystemError) {
    let (file, fileSystem, byteCount, permissions) = (file, fileSystem, byteCount, permissions)
    if let expectedByteCount, expectedByteCount > byteCount {
      try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.truncate(file, to: byteCount) }
    }
    try fileSystem.uninterrupted { () throws(FileSystemError) in
      try fileSystem.setPermissions(permissions, of: file)
    }
    if durability == .begun { startWriteback() } else { try fileSystem.syncOnce(file) }
    isOpen = false
    try fileSystem.closeOnce(file)
  }

  private static func release(_ file: OpenFile, isOpen: Bool, exists: Bool, on fileSystem: any FileSystem) {
    if isOpen { try? fileSystem.closeOnce(file) }
    if exists { try? fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.unlink(file.path) } }
  }
}

extension FileSystem {
  /// Writes a whole file so that it appears complete and durable, or not at all.
  /// - Throws: as `CommittedFile`.
  public func commit(
    _ bytes: Span<UInt8>, to destination: FilePath, existing: CommittedFile.Existing = .replace,
    durability: CommittedFile.Durability = .name
  ) throws(FileSystemError) {
    var file = try CommittedFile(at: destination, existing: existing, durability: durability, on: self)
    try file.append(bytes)
    try file.commit()
  }

  /// Makes the bytes of a file durable that was written with less than that.
  /// - Throws: what opening and syncing throw; a failed sync is never retried: save again from memory.
  public func syncContents(of path: FilePath) throws(FileSystemError) {
    let file = try uninterrupted { () throws(FileSystemError) in try open(path) }
    do throws(FileSystemError) { try syncOnce(file) } catch {
      try? closeOnce(file)
      throw error
    }
    try closeOnce(file)
  }

  /// Syncs. An interrupted sync has not failed, it has not happened; PostgreSQL retries this code and no other (fd.c).
  fileprivate func syncOnce(_ file: OpenFile) throws(FileSystemError) {
    do { try uninterrupted { () throws(FileSystemError) in try sync(file) } } catch {
      throw withSpace(error, needed: nil)
    }
  }

  fileprivate func reserve(_ byteCount: Int64, for file: OpenFile) throws(FileSystemError) {
    guard byteCount > 0 else { return }
    do { try uninterrupted { () throws(FileSystemError) in try allocate(byteCount, for: file) } } catch {
      throw withSpace(error, needed: byteCount)
    }
  }

  /// The permissions of a file that is to be replaced, nil if there is none.
  fileprivate func permissionsOfFile(
    toBeWrittenAt path: FilePath, _ existing: CommittedFile.Existing
  ) throws(FileSystemError) -> FilePermissions? {
    let status: FileStatus
    do { status = try uninterrupted { () throws(FileSystemError) in try self.status(of: path) } } catch {
      if error.code == .noSuchFileOrDirectory { return nil }
      throw error
    }
    if existing == .refuse { throw FileSystemError(.create, path, code: .fileExists) }
    switch status.kind {
    case .regular: return status.permissions.intersection(FilePermissions(rawValue: 0o777))
    case .link: return nil
    default: throw FileSystemError(.create, path, .notRegular(status.kind))
    }
  }
}

extension FilePermissions {
  fileprivate static var allButExecute: Self { [.ownerReadWrite, .groupReadWrite, .otherReadWrite] }
}
