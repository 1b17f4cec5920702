internal import FileSystems
internal import MessagePack
internal import StateTree
internal import SystemPackage
internal import Zstandard

/// Reads, checks and decodes single frames of one file.
struct FrameReader: Sendable {
  /// Where the bytes of the file are.
  private enum Source {
    case file(OpenFile, any FileSystem)
    /// Read whole and compared with a digest before, so that its frames are vouched for.
    case memory([UInt8])
  }

  let path: FilePath
  let byteCount: Int
  private let source: Source

  init(file: OpenFile, fileSystem: any FileSystem, byteCount: Int) {
    path = file.path
    self.byteCount = byteCount
    source = .file(file, fileSystem)
  }

  /// The bytes of a file whose digest was compared.
  init(path: FilePath, digested bytes: [UInt8]) {
    self.path = path
    byteCount = bytes.count
    source = .memory(bytes)
  }

  /// Bytes of the file, which must be there.
  func bytes(_ count: Int, at offset: Int) throws(BufferFileError) -> [UInt8] {
    switch source {
    case .file(let file, let fileSystem):
      return try onFile { () throws(FileSystemError) in
        try fileSystem.read(exactly: count, at: Int64(offset), from: file)
      }
    case .memory(let bytes):
      guard offset >= 0, count >= 0, count <= bytes.count - offset else {
        throw .inconsistent(.init(path, byte: offset), reason: "\(count) bytes cannot lie there")
      }
      return Array(bytes[offset..<offset + count])
    }
  }

  /// The bytes of a frame, whose digest must be the stored one.
  func frame(
    _ count: Int, at offset: Int, sha256: [UInt8]?, place: BufferFileError.Place
  ) throws(BufferFileError) -> [UInt8] {
    var frame: [UInt8] = []
    try read(count, at: offset, sha256: sha256, place: place, into: &frame)
    return frame
  }

  /// The same in memory that is there already.
  func read(
    _ count: Int, at offset: Int, sha256: [UInt8]?, place: BufferFileError.Place, into frame: inout [UInt8]
  ) throws(BufferFileError) {
    try check(count, at: offset, place)
    frame.removeAll(keepingCapacity: true)
    switch source {
    case .memory(let bytes): frame.append(contentsOf: bytes[offset..<offset + count])
    case .file(let file, let fileSystem):
      try onFile { () throws(FileSystemError) in
        try frame.append(addingCapacity: count) { (room: inout OutputSpan<UInt8>) throws(FileSystemError) in
          try fileSystem.read(filling: &room, at: Int64(offset), from: file)
        }
      }
      guard let sha256 else { return }
      let computed = FrameDigest.of(frame)
      guard computed == sha256 else {
        throw .digestMismatch(place, stored: sha256.hexadecimal, computed: computed.hexadecimal)
      }
    }
  }

  /// Does something with a frame, whose digest must be the stored one; one that is not in memory yet is read into `room`.
  func withFrame(
    _ entry: FrameEntry, place: BufferFileError.Place, room: inout [UInt8],
    _ body: (Span<UInt8>) throws(BufferFileError) -> Void
  ) throws(BufferFileError) {
    let (count, offset) = (entry.compressedBytes, entry.offset)
    if case .memory(let bytes) = source {
      try check(count, at: offset, place)
      return try body(bytes.span.extracting(offset..<offset + count))
    }
    try read(count, at: offset, sha256: entry.sha256, place: place, into: &room)
    try body(room.span)
  }

  private func check(_ count: Int, at offset: Int, _ place: BufferFileError.Place) throws(BufferFileError) {
    guard offset >= 0, count > 0, count <= byteCount - offset, count <= Self.maximumFrameBytes else {
      throw .inconsistent(place, reason: "a frame of \(count) bytes cannot lie there")
    }
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
    return try value(of: record, place: place)
  }

  /// What the bytes of a record say.
  static func value(of record: [UInt8], place: BufferFileError.Place) throws(BufferFileError) -> StateValue {
    try decode(place) { () throws(RecordError) in
      do throws(StateTreeError) { return try StateValue(decoding: record, limits: FormatLimits.messagePack) } catch {
        throw .state(error)
      }
    }
  }

  /// Decodes a record, adding the place to what is wrong with it.
  static func decode<Record>(
    _ place: BufferFileError.Place, _ body: () throws(RecordError) -> Record
  ) throws(BufferFileError) -> Record {
    do { return try body() } catch { throw .invalidRecord(place, reason: error.description) }
  }
}
