public import BufferFiles
public import Checkpoints
public import FileSystems
internal import MessagePack
public import SystemPackage
internal import Zstandard

/// Whatever a path holds that rlbuf can look into.
public enum SavedState: Sendable {
  /// A file of our own.
  case bufferFile(BufferFile)
  /// A replay buffer's state as RLlib's documentation has people dump it.
  case rllibDump(RLlibDump)
  /// A checkpoint directory of RLlib.
  case rllibCheckpoint(RLlibCheckpoint)
  /// A checkpoint of ours.
  case checkpoint(Checkpoint)
  /// An experiment of ours.
  case experiment(SavedExperiment)
  /// Any other MessagePack file.
  case messagePack(MessagePackDocument)

  /// How a path is to be understood.
  public enum Interpretation: Sendable {
    /// As what it is found to be.
    case automatic
    /// A file of others as plain MessagePack, even if it looks like a dump.
    case plainMessagePack
  }

  /// Opens a path, finding out by its content what it is. Nothing in it is ever run.
  /// - Throws: `ForeignFormatError` with path and remedy.
  public static func open(
    _ path: FilePath, as interpretation: Interpretation = .automatic, limits: ForeignLimits = ForeignLimits(),
    on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(ForeignFormatError) -> SavedState {
    guard let start = try start(of: path, fileSystem) else {
      return try directory(path, limits, fileSystem)
    }
    if try beginsWithHeader(start, path, fileSystem) {
      do { return .bufferFile(try BufferFile.open(path, on: fileSystem)) } catch { throw .bufferFile(error) }
    }
    // Before the file is read, which may be large.
    if !FileSignature.isZstandard(start), let found = FileSignature.unusable(start) {
      throw .notRecognized(path, found: found)
    }
    let document = try MessagePackDocument(try ForeignFile(path, on: fileSystem, limits: limits), limits: limits)
    guard case .automatic = interpretation, document.objects.count == 1, RLlibDump.isDump(document.objects[0]) else {
      return .messagePack(document)
    }
    return .rllibDump(try RLlibDump(document.objects[0], path: path, info: document.info))
  }

  /// Whether a file says of itself that rlbuf wrote it: by its first frame, or, if that is damaged, by the seek table at
  /// its end.
  /// - Throws: `ForeignFormatError.fileSystem` for what cannot be opened.
  public static func isBufferFile(
    _ path: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(ForeignFormatError) -> Bool {
    guard let start = try start(of: path, fileSystem) else { return false }
    if try beginsWithHeader(start, path, fileSystem) { return true }
    return try endsWithSeekTable(path, fileSystem)
  }

  private static func endsWithSeekTable(
    _ path: FilePath, _ fileSystem: any FileSystem
  ) throws(ForeignFormatError) -> Bool {
    do throws(FileSystemError) {
      return try fileSystem.withOpenFile(path, follow: .userPath) { (file) throws(FileSystemError) in
        let footerBytes = Int64(SeekTable.Footer.bytes)
        let size = try fileSystem.status(of: file).byteCount
        guard size >= footerBytes else { return false }
        let tail = try fileSystem.read(exactly: Int(footerBytes), at: size - footerBytes, from: file)
        return (try? SeekTable.Footer(decoding: tail.span)) != nil
      }
    } catch {
      throw .fileSystem(error)
    }
  }

  /// The first bytes of a file; nil for a directory.
  private static func start(
    of path: FilePath, _ fileSystem: any FileSystem, atMost limit: Int = FileSignature.byteCount
  ) throws(ForeignFormatError) -> [UInt8]? {
    do throws(FileSystemError) {
      return try fileSystem.withOpenFile(path, follow: .userPath) { (file) throws(FileSystemError) in
        let size = try fileSystem.uninterrupted { () throws(FileSystemError) in
          try fileSystem.status(of: file).byteCount
        }
        return try fileSystem.read(exactly: Int(min(Int64(limit), size)), at: 0, from: file)
      }
    } catch {
      if case .notRegular(.directory) = error.reason { return nil }
      throw .fileSystem(error)
    }
  }

  /// Whether a file begins with a zstd frame whose record says that rlbuf wrote it. Of a frame whose first block is
  /// longer than `start` nothing comes out, and more is read: a block has at most 128 KiB.
  private static func beginsWithHeader(
    _ start: [UInt8], _ path: FilePath, _ fileSystem: any FileSystem
  ) throws(ForeignFormatError) -> Bool {
    if let answer = beginsWithHeader(start) { return answer }
    let block = try self.start(of: path, fileSystem, atMost: (128 << 10) + 64) ?? []
    return beginsWithHeader(block) == true
  }

  /// What the first bytes tell; nil if they are too few. They may end within the frame.
  private static func beginsWithHeader(_ start: [UInt8]) -> Bool? {
    guard start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) else { return false }
    var content: [UInt8] = []
    // What does not decompress says what is wrong with it when it is read as a file of others.
    guard var stream = try? StreamDecompressor(),
      (try? stream.decompress(start.span, appendingTo: &content)) != nil
    else { return false }
    let mark = [0xa6] + Array("format".utf8) + [0xa5] + Array("rlbuf".utf8)
    let head = content.prefix(64)
    return head.isEmpty ? nil : head.indices.contains { head[$0...].starts(with: mark) }
  }
}
