internal import FileSystems
internal import MessagePack
internal import StateTree
internal import Zstandard

/// Reads records one after another with memory that it uses again; each thread has its own.
struct RecordReader: ~Copyable {
  private let frames: FrameReader
  private var decompressor: FrameDecompressor
  private var frame: [UInt8] = []
  private var record: [UInt8] = []

  init(_ frames: FrameReader) throws(BufferFileError) {
    self.frames = frames
    do { decompressor = try FrameDecompressor(checksums: .required) } catch { throw .compression(error) }
  }

  /// The record of a frame, checked against its digest.
  mutating func read(_ entry: FrameEntry, place: BufferFileError.Place) throws(BufferFileError) -> StateValue {
    let record = try bytes(entry, place: place)
    let value = try FrameReader.value(of: record, place: place)
    recycle(record)
    return value
  }

  /// The bytes of the record of a frame, checked against its digest; `recycle` wants them back.
  mutating func bytes(_ entry: FrameEntry, place: BufferFileError.Place) throws(BufferFileError) -> [UInt8] {
    // Taken out while they are filled, because the decompressor beside them changes too.
    var (frame, record): ([UInt8], [UInt8]) = ([], [])
    swap(&frame, &self.frame)
    swap(&record, &self.record)
    try frames.read(entry.compressedBytes, at: entry.offset, sha256: entry.sha256, place: place, into: &frame)
    record.removeAll(keepingCapacity: true)
    do {
      try decompressor.decompress(frame.span, limit: FormatLimits.recordBytes, appendingTo: &record)
    } catch { throw .damagedFrame(place, error) }
    self.frame = frame
    return record
  }

  /// Takes back the memory of a record, for the next one. If something else still holds it, nothing is won.
  mutating func recycle(_ record: consuming [UInt8]) { self.record = record }
}
