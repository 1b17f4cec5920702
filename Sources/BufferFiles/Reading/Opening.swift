internal import StateTree
internal import Zstandard

/// Finds header and summary of a file of which nothing is known yet.
enum Opening {
  /// How much of the beginning is read first; almost every header fits.
  private static let firstBytes = 4096
  /// How much of the end is read first; almost every summary fits.
  private static let lastBytes = 16_384

  /// The header, and with it the certainty that the file is ours and not newer.
  static func header(_ frames: FrameReader) throws(BufferFileError) -> FileHeader {
    let place = BufferFileError.Place(frames.path, frame: 0, byte: 0)
    let record = try FrameReader.record(try headerFrame(frames), place: place)
    guard record["kind"] == .string(FileHeader.recordKind), record["format"] == .string(FileHeader.format),
      case .int(let version)? = record["version"]
    else { throw .notBufferFile(frames.path, found: "its first record is not a header of rlbuf") }
    guard version <= FormatLimits.version else {
      throw .newerVersion(frames.path, found: Int(version), supported: FormatLimits.version)
    }
    return try FrameReader.decode(place) { () throws(RecordError) in
      try FileHeader(record: try StateReader(record: record, kind: FileHeader.recordKind))
    }
  }

  private static func headerFrame(_ frames: FrameReader) throws(BufferFileError) -> [UInt8] {
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
        guard count < min(frames.byteCount, FrameReader.maximumFrameBytes) else {
          throw .damagedFrame(.init(frames.path, frame: 0, byte: 0), error)
        }
        count = min(count * 16, frames.byteCount, FrameReader.maximumFrameBytes)
      }
    }
  }

  /// The summary: the last frame before the seek table, whose last entry says how long it is.
  static func summary(_ frames: FrameReader) throws(BufferFileError) -> FileSummary {
    let tail = try frames.bytes(min(lastBytes, frames.byteCount), at: frames.byteCount - min(lastBytes, frames.byteCount))
    let location = try summaryLocation(frames, tail: tail)
    let place = BufferFileError.Place(frames.path, frame: location.number, byte: location.offset)
    let fromTail = location.offset - (frames.byteCount - tail.count)
    let frame = fromTail >= 0
      ? Array(tail[fromTail..<fromTail + location.count])
      : try frames.frame(location.count, at: location.offset, sha256: nil, place: place)
    let record = try FrameReader.record(frame, limit: FormatLimits.summaryBytes, place: place)
    return try FrameReader.decode(place) { () throws(RecordError) in try FileSummary(record: record) }
  }

  /// Where the summary's frame lies.
  static func summaryLocation(
    _ frames: FrameReader, tail: [UInt8]
  ) throws(BufferFileError) -> (number: Int, offset: Int, count: Int) {
    let footer: SeekTable.Footer
    let last: SeekTable.Entry
    do {
      footer = try SeekTable.Footer(decoding: tail.span)
      guard let entry = try SeekTable.lastEntries(1, inTail: tail.span).first else {
        throw BufferFileError.unfinished(frames.path, bytes: frames.byteCount)
      }
      last = entry
    } catch {
      throw .unfinished(frames.path, bytes: frames.byteCount)
    }
    let end = frames.byteCount - footer.tableBytes
    let count = Int(last.compressedBytes)
    guard end >= 0, count > 0, count <= end, count <= FrameReader.maximumFrameBytes else {
      throw .inconsistent(.init(frames.path), reason: "its seek table describes more bytes than the file has")
    }
    return (footer.frameCount - 1, end - count, count)
  }
}
