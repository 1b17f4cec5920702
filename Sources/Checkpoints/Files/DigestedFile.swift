internal import BufferFiles
internal import Crypto
internal import FileSystems
internal import SystemPackage

/// What a file is: its size and the digest of its bytes.
struct DigestedFile: Hashable {
  var byteCount: Int
  var sha256: String

  init(byteCount: Int, sha256: String) { (self.byteCount, self.sha256) = (byteCount, sha256) }

  /// What a file of these bytes is.
  init(of bytes: [UInt8]) {
    self.init(byteCount: bytes.count, sha256: Array(SHA256.hash(data: bytes)).hexadecimal)
  }
}

/// A whole file piece by piece, so that memory does not grow with it; a link is refused.
final class FilePieces {
  private static let pieceBytes: Int64 = 1 << 20

  private let file: OpenFile
  private let fileSystem: any FileSystem
  private let byteCount: Int64
  private var offset: Int64 = 0

  init(_ path: FilePath, on fileSystem: any FileSystem) throws(FileSystemError) {
    self.fileSystem = fileSystem
    let file = try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.open(path) }
    self.file = file
    do {
      byteCount = try fileSystem.uninterrupted { () throws(FileSystemError) in
        try fileSystem.status(of: file).byteCount
      }
    } catch {
      try? fileSystem.closeOnce(file)
      throw error
    }
  }

  deinit { try? fileSystem.closeOnce(file) }

  /// The next piece; nil at the end.
  func next() throws(FileSystemError) -> [UInt8]? {
    guard offset < byteCount else { return nil }
    let count = min(byteCount - offset, Self.pieceBytes)
    defer { offset += count }
    return try fileSystem.read(exactly: Int(count), at: offset, from: file)
  }
}

extension FileSystem {
  /// The size and digest of a file, in memory that does not grow with it.
  func digest(of path: FilePath) throws(FileSystemError) -> DigestedFile {
    var hasher = SHA256()
    var byteCount = 0
    let pieces = try FilePieces(path, on: self)
    while let piece = try pieces.next() {
      hasher.update(data: piece)
      byteCount += piece.count
    }
    return DigestedFile(byteCount: byteCount, sha256: Array(hasher.finalize()).hexadecimal)
  }

  /// Copies a file so that the copy appears complete and durable, or not at all.
  func copy(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
    let pieces = try FilePieces(source, on: self)
    var copy = try CommittedFile(at: destination, existing: .refuse, on: self)
    while let piece = try pieces.next() { try copy.append(piece.span) }
    try copy.commit()
  }

  /// Gives a file a second name, or copies it where links are refused.
  /// - Returns: Whether it is a link, which shares the file's bytes.
  func linkOrCopy(_ source: FilePath, to destination: FilePath) throws(FileSystemError) -> Bool {
    do {
      try uninterrupted { () throws(FileSystemError) in try link(source, as: destination) }
      return true
    } catch {
      guard error.isRefusedLink else { throw error }
      try copy(source, to: destination)
      return false
    }
  }

  /// Puts a second name of a file in the place of another one at once, so that there is always one of the two; where
  /// links are refused the other one stays.
  func replace(_ other: FilePath, byLinkTo file: FilePath) throws(FileSystemError) {
    do { try link(file, replacing: other) } catch  where error.isRefusedLink {}
  }

  /// Whether there is something of this name, whatever it is.
  func exists(_ path: FilePath) throws(FileSystemError) -> Bool {
    do {
      _ = try uninterrupted { () throws(FileSystemError) in try status(of: path) }
      return true
    } catch  where error.isMissing {
      return false
    }
  }

  /// The names in a directory; none if there is no such directory.
  func listIfPresent(_ directory: FilePath) throws(FileSystemError) -> [DirectoryEntry] {
    do { return try uninterrupted { () throws(FileSystemError) in try list(directory) } } catch  where error.isMissing {
      return []
    }
  }

  /// Makes a directory unless it is there; the name is durable afterwards.
  func ensureDirectory(_ path: FilePath) throws(FileSystemError) {
    do {
      try uninterrupted { () throws(FileSystemError) in try createDirectory(path) }
    } catch  where error.code == .fileExists {
      return
    }
    try syncNames(in: path.parent)
  }

  /// Makes the names in a directory durable.
  func syncNames(in directory: FilePath) throws(FileSystemError) {
    try uninterrupted { () throws(FileSystemError) in try syncDirectory(directory) }
  }

  /// Moves what must not replace anything.
  func move(_ source: FilePath, to destination: FilePath) throws(FileSystemError) {
    try uninterrupted { () throws(FileSystemError) in try rename(source, to: destination, mode: .noReplace) }
  }
}

extension FileSystemError {
  /// Whether it says that there is nothing of that name.
  var isMissing: Bool { code == .noSuchFileOrDirectory || code == .notDirectory }

  /// Whether the file system gives no second name: it lies on another one, has too many, or may not.
  var isRefusedLink: Bool {
    guard operation == .link, let code else { return false }
    return [.improperLink, .tooManyLinks, .notPermitted, .notSupportedOnSocket, .noFunction, .permissionDenied]
      .contains(code)
  }
}

extension FilePath {
  /// The directory it lies in, `.` for a bare name.
  var parent: FilePath {
    let parent = removingLastComponent()
    return parent.isEmpty ? "." : parent
  }
}
