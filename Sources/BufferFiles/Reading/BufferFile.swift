public import FileSystems
internal import ReplayBuffers
internal import StateTree
public import SystemPackage
internal import Zstandard

/// A saved buffer or state, opened lazily: opening reads header and summary, everything else when it is asked for.
///
/// Every frame is checked against its SHA-256 as it is read. The file stays open until the value and its copies are gone.
/// - Source: `Format.md`.
public struct BufferFile: Sendable {
  /// What the file says of itself.
  public let header: FileHeader
  /// Totals, statistics and digests.
  public let summary: FileSummary
  /// The size of the file.
  public let byteCount: Int

  /// How many threads read it.
  let workers: WorkerCount
  let frames: FrameReader
  /// Keeps the file open; nil for one that is in memory.
  private let handle: Handle?
  private let index: LazyIndex

  /// The path the file was opened by.
  public var path: FilePath { frames.path }

  /// Opens a file and reads its header and summary: a few kilobytes, whatever the size of the file.
  /// - Parameter follow: Whether a link is followed. Default: yes, because a user typed the path.
  /// - Parameter workers: How many threads read it. Default: one for each processor, at most 4.
  /// - Throws: `BufferFileError`: `.fileSystem`, `.notBufferFile`, `.newerVersion`, `.unfinished`, or what is damaged.
  public static func open(
    _ path: FilePath, follow: FollowLinks = .userPath, workers: WorkerCount = .automatic,
    on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(BufferFileError) -> BufferFile {
    let handle = try Handle(path, follow, fileSystem)
    let frames = FrameReader(file: handle.file, fileSystem: fileSystem, byteCount: handle.byteCount)
    return try BufferFile(frames, handle, workers)
  }

  /// Opens a file that was read whole and whose digest was compared, so that its frames' own digests need not be.
  /// - Throws: as `open`.
  package static func open(
    _ path: FilePath, digested bytes: [UInt8], workers: WorkerCount = .automatic
  ) throws(BufferFileError) -> BufferFile {
    try BufferFile(FrameReader(path: path, digested: bytes), nil, workers)
  }

  private init(_ frames: FrameReader, _ handle: Handle?, _ workers: WorkerCount) throws(BufferFileError) {
    let (header, headerFrame) = try Opening.header(frames)
    summary = try Opening.summary(frames)
    try Opening.check(summary, against: header, in: headerFrame, path: frames.path)
    self.header = header
    self.frames = frames
    self.handle = handle
    self.workers = workers
    byteCount = frames.byteCount
    index = LazyIndex()
  }

  /// What the index knows of every frame before it.
  /// - Throws: `BufferFileError` if the index is damaged.
  public func entries() throws(BufferFileError) -> [FrameEntry] {
    if let entries = index.entries { return entries }
    let entries = try readIndex()
    index.set(entries)
    return entries
  }

  private func readIndex() throws(BufferFileError) -> [FrameEntry] {
    let entries = try IndexReader(frames: frames, summary: summary).entries()
    try IndexCheck(path: path, header: header, summary: summary).check(entries)
    return entries
  }

  func place(_ entry: FrameEntry, number: Int) -> BufferFileError.Place {
    .init(path, entry, number: number)
  }
}

extension BufferFile {
  /// Keeps the file open and closes it at last.
  final class Handle: Sendable {
    let file: OpenFile
    let fileSystem: any FileSystem
    let byteCount: Int

    init(
      _ path: FilePath, _ follow: FollowLinks, _ fileSystem: any FileSystem
    ) throws(BufferFileError) {
      self.fileSystem = fileSystem
      let opened = try onFile { () throws(FileSystemError) in
        try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.open(path, follow: follow)
        }
      }
      file = opened
      do {
        byteCount = Int(
          try fileSystem.uninterrupted { () throws(FileSystemError) in try fileSystem.status(of: opened).byteCount })
      } catch {
        try? fileSystem.closeOnce(opened)
        throw .fileSystem(error)
      }
    }

    deinit { try? fileSystem.closeOnce(file) }
  }
}
