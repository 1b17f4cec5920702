internal import FileSystems
internal import SystemPackage
internal import Zstandard

/// Appends frames to a file and remembers what the seek table says of them.
struct FrameWriter: ~Copyable {
  private var file: CommittedFile
  private var table: [SeekTable.Entry] = []

  /// The bytes written so far.
  var byteCount: Int { Int(file.byteCount) }

  init(_ file: consuming CommittedFile) { self.file = file }

  /// Appends a frame.
  mutating func append(_ frame: MadeFrame) throws(BufferFileError) -> FileSummary.FrameReference {
    guard table.count < FormatLimits.frames else {
      throw .tooManyFrames(file.destination, limit: FormatLimits.frames)
    }
    let reference = FileSummary.FrameReference(
      offset: byteCount, compressedBytes: frame.bytes.count, sha256: frame.sha256)
    table.append(frame.seekEntry)
    try append(raw: frame.bytes)
    return reference
  }

  /// Appends the seek table and makes the file durable under its name, unless `check` throws.
  /// - Parameter check: Called with the path of the whole file before it has its name.
  consuming func finish(
    checking check: (FilePath) throws(BufferFileError) -> Void = { _ in }
  ) throws(BufferFileError) {
    let bytes: [UInt8]
    do { bytes = try SeekTable(entries: table).encoded() } catch { throw .compression(error) }
    try append(raw: bytes)
    let sealed: FilePath
    do { sealed = try file.seal() } catch { throw .fileSystem(error) }
    try check(sealed)
    do { try file.commit() } catch { throw .fileSystem(error) }
  }

  private mutating func append(raw bytes: [UInt8]) throws(BufferFileError) {
    do { try file.append(bytes.span) } catch { throw .fileSystem(error) }
  }
}
