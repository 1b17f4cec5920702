internal import MessagePack
internal import Zstandard

/// One frame as it will lie in the file, and what index and seek table say of it.
struct MadeFrame: Sendable {
  var bytes: [UInt8]
  var recordBytes: Int
  var sha256: [UInt8]
  var seekEntry: SeekTable.Entry
}

/// Makes frames of records with memory that it uses again; each thread has its own.
struct FrameMaker: ~Copyable {
  private var compressor: FrameCompressor
  private var record = MessagePackWriter()
  private var frame: [UInt8] = []

  init(_ options: WritingOptions) throws(BufferFileError) {
    do { compressor = try FrameCompressor(level: options.level) } catch { throw .compression(error) }
  }

  /// A compressed frame.
  /// - Parameter starts: Places inside the record where blocks of zstd begin, too.
  mutating func compressed(
    _ record: [UInt8], blocksAt starts: [Int] = []
  ) throws(BufferFileError) -> MadeFrame {
    // Taken out while it is filled, because the compressor beside it changes too.
    var scratch: [UInt8] = []
    swap(&scratch, &frame)
    scratch.removeAll(keepingCapacity: true)
    do throws(ZstandardError) {
      try compressor.compress(record.span, blocksAt: starts, appendingTo: &scratch)
      var exact: [UInt8] = []
      exact.reserveCapacity(scratch.count)
      exact.append(contentsOf: scratch)
      frame = scratch
      return try Self.describe(exact, record)
    } catch { throw .compression(error) }
  }

  /// A compressed frame of a record that `encode` writes, which returns where blocks of zstd begin, too.
  /// - Parameter tooMany: What to throw for a record of so many bytes, more than fit into one.
  mutating func compressed(
    _ encode: (inout MessagePackWriter) throws(MessagePackError) -> [Int], tooMany: (_ bytes: Int) -> BufferFileError
  ) throws(BufferFileError) -> MadeFrame {
    var writer = MessagePackWriter()
    swap(&writer, &record)
    writer.removeAll()
    let starts: [Int]
    // MessagePack refuses only lengths of 4 GiB.
    do { starts = try encode(&writer) } catch { throw tooMany(Int(UInt32.max) + 1) }
    guard writer.bytes.count <= FormatLimits.recordBytes else { throw tooMany(writer.bytes.count) }
    let made = try compressed(writer.bytes, blocksAt: starts)
    record = writer
    return made
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
