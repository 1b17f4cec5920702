internal import FileSystems
internal import MessagePack
internal import StateTree
internal import Zstandard

/// Reads records one after another, of whichever file, with memory that it uses again; each thread has its own.
package struct RecordReader: ~Copyable {
  private var decompressor: FrameDecompressor
  private var frame: [UInt8] = []
  private var record: [UInt8] = []

  /// A reader.
  /// - Throws: `BufferFileError.compression` if zstd cannot allocate its context.
  package init() throws(BufferFileError) {
    do { decompressor = try FrameDecompressor(checksums: .required) } catch { throw .compression(error) }
  }

  /// The record of a frame, checked against its digest.
  mutating func read(
    _ entry: FrameEntry, of frames: FrameReader, place: BufferFileError.Place
  ) throws(BufferFileError) -> StateValue {
    let record = try bytes(entry, of: frames, place: place)
    let value = try FrameReader.value(of: record, place: place)
    recycle(record)
    return value
  }

  /// The bytes of the record of a frame, checked against its digest; `recycle` wants them back.
  mutating func bytes(
    _ entry: FrameEntry, of frames: FrameReader, place: BufferFileError.Place
  ) throws(BufferFileError) -> [UInt8] {
    var record: [UInt8] = []
    swap(&record, &self.record)
    record.removeAll(keepingCapacity: true)
    try frames.withFrame(entry, place: place, room: &frame) { (bytes) throws(BufferFileError) in
      do throws(ZstandardError) {
        try decompressor.decompress(bytes, limit: FormatLimits.recordBytes, appendingTo: &record)
      } catch { throw .damagedFrame(place, error) }
    }
    return record
  }

  /// Takes back the memory of a record, for the next one. If something else still holds it, nothing is won.
  mutating func recycle(_ record: consuming [UInt8]) { self.record = record }
}
