internal import FileSystems
internal import MessagePack
internal import ReplayBuffers
internal import StateTree
internal import Zstandard

/// Reads records one after another with memory that it uses again; each thread has its own.
struct RecordReader: ~Copyable {
  private let frames: FrameReader
  private var decompressor: FrameDecompressor
  private var frame: [UInt8] = []
  private var record: [UInt8] = []
  private var spares = SpareBodies()

  init(_ frames: FrameReader) throws(BufferFileError) {
    self.frames = frames
    do { decompressor = try FrameDecompressor(checksums: .required) } catch { throw .compression(error) }
  }

  /// The record of a frame, checked against its digest.
  mutating func read(_ entry: FrameEntry, place: BufferFileError.Place) throws(BufferFileError) -> StateValue {
    // Taken out while they are filled, because the decompressor beside them changes too.
    var (frame, record): ([UInt8], [UInt8]) = ([], [])
    swap(&frame, &self.frame)
    swap(&record, &self.record)
    try frames.read(entry.compressedBytes, at: entry.offset, sha256: entry.sha256, place: place, into: &frame)
    record.removeAll(keepingCapacity: true)
    do {
      try decompressor.decompress(frame.span, limit: FormatLimits.recordBytes, appendingTo: &record)
    } catch { throw .damagedFrame(place, error) }
    let value = try FrameReader.value(of: record, place: place, reusing: &spares)
    (self.frame, self.record) = (frame, record)
    return value
  }

  /// Takes back the memory of rows that nobody needs any more, for those to come.
  mutating func recycle(_ batch: consuming RowBatch) {
    for column in batch.columns { spares.add(column.bytes) }
  }
}
