internal import ReplayBuffers
internal import StateTree
internal import SystemPackage
internal import Zstandard

/// Finds header and summary of a file of which nothing is known yet.
enum Opening {
  /// How much of the beginning is read first; almost every header fits.
  private static let firstBytes = 4096
  /// How much of the end is read first; almost every summary fits.
  private static let lastBytes = 16_384

  /// The header and its frame, and with them the certainty that the file is ours and not newer.
  static func header(_ frames: FrameReader) throws(BufferFileError) -> (FileHeader, frame: [UInt8]) {
    let frame = try headerFrame(frames)
    let place = BufferFileError.Place(frames.path, frame: 0, byte: 0)
    let header = try header(of: try firstRecord(frame, place), place)
    return (header, frame)
  }

  /// The header that a record is.
  static func header(of record: StateValue, _ place: BufferFileError.Place) throws(BufferFileError) -> FileHeader {
    guard record["kind"] == .string(FileHeader.recordKind), record["format"] == .string(FileHeader.format),
      let version = version(record)
    else { throw .notBufferFile(place.path, found: "its first record is not a header of rlbuf") }
    guard version <= FormatLimits.version else {
      throw .newerVersion(place.path, found: version, supported: FormatLimits.version)
    }
    let header = try FrameReader.decode(place) { () throws(RecordError) in
      try FileHeader(record: try StateReader(record: record, kind: FileHeader.recordKind))
    }
    if case .replayBuffer(_, _, let schema) = header.content, schema.columns.count > FormatLimits.columns {
      throw .invalidRecord(
        place, reason: "\(schema.columns.count) columns, a file has at most \(FormatLimits.columns)")
    }
    return header
  }

  private static func version(_ record: StateValue) -> Int? {
    switch record["version"] {
    case .int(let version) where version >= 1: Int(version)
    case .unsigned: Int.max
    default: nil
    }
  }

  /// The first record of a file; a sound frame that does not hold one was never ours.
  private static func firstRecord(
    _ frame: [UInt8], _ place: BufferFileError.Place
  ) throws(BufferFileError) -> StateValue {
    do { return try FrameReader.record(frame, limit: FormatLimits.headerBytes, place: place) } catch {
      switch error {
      case .invalidRecord, .damagedFrame(_, .checksumMissing), .damagedFrame(_, .contentSizeMissing),
        .damagedFrame(_, .contentTooLarge), .damagedFrame(_, .skippableFrame):
        throw .notBufferFile(place.path, found: "its first zstd frame holds no header of rlbuf")
      default: throw error
      }
    }
  }

  private static func headerFrame(_ frames: FrameReader) throws(BufferFileError) -> [UInt8] {
    let most = min(frames.byteCount, FrameReader.maximumBytes(ofFrameOf: FormatLimits.headerBytes))
    var count = min(firstBytes, frames.byteCount)
    while true {
      let start = try frames.bytes(count, at: 0)
      do throws(ZstandardError) {
        let extent = try FrameExtent(scanning: start.span)
        return Array(start[..<extent.compressedBytes])
      } catch {
        guard start.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) else {
          throw .notBufferFile(frames.path, found: count == 0 ? "it is empty" : "it does not begin with a zstd frame")
        }
        guard count < most else {
          guard most == frames.byteCount else {
            throw .notBufferFile(frames.path, found: "its first zstd frame is too long for a header of rlbuf")
          }
          throw .damagedFrame(.init(frames.path, frame: 0, byte: 0), error)
        }
        count = min(count * 16, most)
      }
    }
  }

  /// The summary: the last frame before the seek table, whose last entry says how long it is.
  static func summary(_ frames: FrameReader) throws(BufferFileError) -> FileSummary {
    let count = min(lastBytes, frames.byteCount)
    let tail = try frames.bytes(count, at: frames.byteCount - count)
    let location = try summaryLocation(frames, tail: tail)
    let place = BufferFileError.Place(frames.path, frame: location.number, byte: location.offset)
    let fromTail = location.offset - (frames.byteCount - tail.count)
    let frame =
      fromTail >= 0
      ? Array(tail[fromTail..<fromTail + location.count])
      : try frames.frame(location.count, at: location.offset, sha256: nil, place: place)
    let record = try FrameReader.record(frame, limit: FormatLimits.summaryBytes, place: place)
    return try FrameReader.decode(place) { () throws(RecordError) in try FileSummary(record: record) }
  }

  /// Where the summary's frame lies.
  private static func summaryLocation(
    _ frames: FrameReader, tail: [UInt8]
  ) throws(BufferFileError) -> (number: Int, offset: Int, count: Int) {
    guard let footer = try? SeekTable.Footer(decoding: tail.span),
      let last = try? SeekTable.lastEntries(1, inTail: tail.span).first
    else { throw .unfinished(frames.path, bytes: frames.byteCount) }
    let end = frames.byteCount - footer.tableBytes
    let count = Int(last.compressedBytes)
    guard end >= 0, count > 0, count <= end, count <= FrameReader.maximumBytes(ofFrameOf: FormatLimits.summaryBytes)
    else { throw .inconsistent(.init(frames.path), reason: "its seek table describes more bytes than the file has") }
    return (footer.frameCount - 1, end - count, count)
  }

  /// Checks that header and summary belong together.
  static func check(
    _ summary: FileSummary, against header: FileHeader, in frame: [UInt8], path: FilePath
  ) throws(BufferFileError) {
    let computed = FrameDigest.of(frame)
    guard summary.header.sha256 == computed else {
      throw .digestMismatch(
        .init(path, frame: 0, byte: 0), stored: summary.header.sha256.hexadecimal,
        computed: computed.hexadecimal)
    }
    guard summary.columns.count == RowTotals(header.content).columnCount else {
      throw .inconsistent(.init(path), reason: "its header and its summary disagree about the columns")
    }
  }
}
