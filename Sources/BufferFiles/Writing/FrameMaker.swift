internal import Zstandard

/// One frame as it will lie in the file, and what index and seek table say of it.
struct MadeFrame: Sendable {
  var bytes: [UInt8]
  var recordBytes: Int
  var sha256: [UInt8]
  var seekEntry: SeekTable.Entry
}

/// Makes frames of records; each thread has its own.
struct FrameMaker: ~Copyable {
  private var compressor: FrameCompressor

  init(_ options: WritingOptions) throws(BufferFileError) {
    do { compressor = try FrameCompressor(level: options.level) } catch { throw .compression(error) }
  }

  /// A compressed frame.
  mutating func compressed(_ record: [UInt8]) throws(BufferFileError) -> MadeFrame {
    do { return try Self.describe(compressor.compress(record.span), record) } catch { throw .compression(error) }
  }

  /// A canonical frame, whose bytes are a function of the record alone.
  mutating func canonical(_ record: [UInt8]) throws(BufferFileError) -> MadeFrame {
    do { return try Self.describe(compressor.stored(record.span), record) } catch { throw .compression(error) }
  }

  private static func describe(_ frame: [UInt8], _ record: [UInt8]) throws(ZstandardError) -> MadeFrame {
    MadeFrame(
      bytes: frame, recordBytes: record.count, sha256: FrameDigest.of(frame),
      seekEntry: try SeekTable.Entry(describing: frame.span))
  }
}
