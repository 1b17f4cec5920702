public import BufferFiles
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
    if try isDirectory(path, fileSystem) {
      return .rllibCheckpoint(try RLlibCheckpoint(path, limits: limits, on: fileSystem))
    }
    if try beginsAsBufferFile(path, fileSystem) {
      do { return .bufferFile(try BufferFile.open(path, on: fileSystem)) } catch { throw .bufferFile(error) }
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
    if try isDirectory(path, fileSystem) { return false }
    if try beginsAsBufferFile(path, fileSystem) { return true }
    return try endsWithSeekTable(path, fileSystem)
  }

  private static func endsWithSeekTable(
    _ path: FilePath, _ fileSystem: any FileSystem
  ) throws(ForeignFormatError) -> Bool {
    do throws(FileSystemError) {
      return try fileSystem.withOpenFile(path, follow: .userPath) { (file) throws(FileSystemError) in
        let size = try fileSystem.status(of: file).byteCount
        guard size >= Int64(SeekTable.Footer.bytes) else { return false }
        let tail = try fileSystem.read(exactly: SeekTable.Footer.bytes, at: size - Int64(SeekTable.Footer.bytes), from: file)
        return (try? SeekTable.Footer(decoding: tail.span)) != nil
      }
    } catch {
      throw .fileSystem(error)
    }
  }

  private static func isDirectory(_ path: FilePath, _ fileSystem: any FileSystem) throws(ForeignFormatError) -> Bool {
    do {
      let status = try fileSystem.status(of: path)
      if status.kind == .directory { return true }
      // A link of the user's own: what lies behind it shows when it is listed.
      return status.kind == .link && (try? fileSystem.list(path, follow: .userPath)) != nil
    } catch {
      throw .fileSystem(error)
    }
  }

  /// Whether the file begins with a zstd frame whose record says `rlbuf`.
  private static func beginsAsBufferFile(
    _ path: FilePath, _ fileSystem: any FileSystem
  ) throws(ForeignFormatError) -> Bool {
    do throws(FileSystemError) {
      return try fileSystem.withOpenFile(path, follow: .userPath) { (file) throws(FileSystemError) in
        let byteCount = Int(try fileSystem.status(of: file).byteCount)
        for count in firstBytes {
          let start = try fileSystem.read(exactly: min(count, byteCount), at: 0, from: file)
          guard start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) else { return false }
          if let answer = beginsWithHeader(start) { return answer }
        }
        return false
      }
    } catch {
      throw .fileSystem(error)
    }
  }

  /// How much of the beginning is looked at: more where nothing comes of it, because a zstd block gives nothing before
  /// it is whole, and the header of a file with many columns is long. A block has at most 128 KiB.
  private static let firstBytes = [512, 8 << 10, (128 << 10) + 64]

  /// Decompresses as much as the bytes allow: `kind`, `header`, `format`, `rlbuf` come first in our header. Nil if
  /// the bytes are too few to tell.
  private static func beginsWithHeader(_ start: [UInt8]) -> Bool? {
    var content: [UInt8] = []
    do {
      var stream = try StreamDecompressor()
      _ = try stream.decompress(start.span, appendingTo: &content)
    } catch {
      return false
    }
    let mark = Array("rlbuf".utf8)
    let head = content.prefix(64)
    return head.isEmpty ? nil : head.indices.contains { head[$0...].starts(with: mark) }
  }
}
