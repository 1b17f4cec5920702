internal import FileSystems
internal import MessagePack
internal import StateTree
internal import SystemPackage
internal import Zstandard

/// Reads, checks and decodes single frames of one open file.
struct FrameReader: Sendable {
  let file: OpenFile
  let fileSystem: any FileSystem
  let byteCount: Int

  var path: FilePath { file.path }

  /// Bytes of the file, which must be there.
  func bytes(_ count: Int, at offset: Int) throws(BufferFileError) -> [UInt8] {
    try onFile { () throws(FileSystemError) in try fileSystem.read(exactly: count, at: Int64(offset), from: file) }
  }

  /// The bytes of a frame, whose digest must be the stored one.
  func frame(
    _ count: Int, at offset: Int, sha256: [UInt8]?, place: BufferFileError.Place
  ) throws(BufferFileError) -> [UInt8] {
    guard offset >= 0, count > 0, count <= byteCount - offset, count <= Self.maximumFrameBytes else {
      throw .inconsistent(place, reason: "a frame of \(count) bytes cannot lie there")
    }
    let frame = try bytes(count, at: offset)
    guard let sha256 else { return frame }
    let computed = FrameDigest.of(frame)
    guard computed == sha256 else {
      throw .digestMismatch(
        place, stored: sha256.hexadecimal, computed: computed.hexadecimal)
    }
    return frame
  }

  /// A record of 16 MiB that does not compress at all, with zstd's overhead.
  static let maximumFrameBytes = maximumBytes(ofFrameOf: FormatLimits.recordBytes)

  static func maximumBytes(ofFrameOf recordBytes: Int) -> Int { recordBytes + recordBytes / 128 + 1024 }

  /// The record in a frame.
  static func record(
    _ frame: [UInt8], limit: Int = FormatLimits.recordBytes, place: BufferFileError.Place
  ) throws(BufferFileError) -> StateValue {
    let record = try inFrame(place) { () throws(ZstandardError) in
      var decompressor = try FrameDecompressor(checksums: .required)
      return try decompressor.decompress(frame.span, limit: limit)
    }
    return try decode(place) { () throws(RecordError) in
      do throws(StateTreeError) { return try StateValue(decoding: record, limits: FormatLimits.messagePack) } catch { throw .state(error) }
    }
  }

  /// Decodes a record, adding the place to what is wrong with it.
  static func decode<Record>(
    _ place: BufferFileError.Place, _ body: () throws(RecordError) -> Record
  ) throws(BufferFileError) -> Record {
    do { return try body() } catch { throw .invalidRecord(place, reason: error.description) }
  }
}
