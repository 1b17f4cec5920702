internal import FileSystems
internal import SystemPackage
internal import Zstandard

/// Appends records to a file as frames and remembers what seek table and summary say of them.
struct FrameWriter: ~Copyable {
  private var file: CommittedFile
  private var compressor: FrameCompressor
  private var table: [SeekTable.Entry] = []

  /// The bytes written so far.
  var byteCount: Int { Int(file.byteCount) }
  /// The frames written so far.
  var frameCount: Int { table.count }

  init(_ file: consuming CommittedFile, _ options: WritingOptions) throws(BufferFileError) {
    do { compressor = try FrameCompressor(level: options.level) } catch { throw .compression(error) }
    self.file = file
  }

  /// Appends a compressed frame.
  mutating func append(_ record: [UInt8]) throws(BufferFileError) -> FileSummary.FrameReference {
    let frame: [UInt8]
    do { frame = try compressor.compress(record.span) } catch { throw .compression(error) }
    return try append(frame: frame)
  }

  /// Appends a canonical frame, whose bytes are a function of the record alone.
  mutating func append(canonical record: [UInt8]) throws(BufferFileError) {
    let frame: [UInt8]
    do { frame = try compressor.stored(record.span) } catch { throw .compression(error) }
    _ = try append(frame: frame)
  }

  private mutating func append(frame: [UInt8]) throws(BufferFileError) -> FileSummary.FrameReference {
    guard table.count < FormatLimits.frames else {
      throw .tooManyFrames(file.destination, limit: FormatLimits.frames)
    }
    let reference = FileSummary.FrameReference(
      offset: byteCount, compressedBytes: frame.count, sha256: FrameDigest.of(frame))
    do { table.append(try SeekTable.Entry(describing: frame.span)) } catch { throw .compression(error) }
    try append(raw: frame)
    return reference
  }

  /// Appends the seek table and makes the file durable under its name.
  consuming func finish() throws(BufferFileError) {
    let bytes: [UInt8]
    do { bytes = try SeekTable(entries: table).encoded() } catch { throw .compression(error) }
    try append(raw: bytes)
    do { try file.commit() } catch { throw .fileSystem(error) }
  }

  private mutating func append(raw bytes: [UInt8]) throws(BufferFileError) {
    do { try file.append(bytes.span) } catch { throw .fileSystem(error) }
  }
}
