internal import StateTree
internal import Zstandard

/// Checks one file in one pass from its first byte, and then what its index, summary and seek table say against what the
/// pass found.
struct Verifier: ~Copyable {
  private let frames: FrameReader
  private let knownEntries: [FrameEntry]?
  private var walk: FrameWalk
  private var audit: RecordAudit
  private var found: [FoundFrame] = []
  private var decompressor: FrameDecompressor
  private var summaryFrame: (record: [UInt8], frame: [UInt8])?
  /// What is wrong with the bytes, before any of them is understood.
  private var report: VerificationReport

  /// - Throws: `.notBufferFile` and `.newerVersion` for what cannot be judged.
  init(_ frames: FrameReader) throws(BufferFileError) {
    let summary = try Boundaries.summary(frames)
    let content = try Self.content(frames, hasSummary: summary != nil)
    let entries = try Boundaries.entries(frames, summary)
    let boundaries = try Boundaries.of(frames, summary, entries)
    do { decompressor = try FrameDecompressor(checksums: .required) } catch { throw .compression(error) }
    self.frames = frames
    knownEntries = entries
    walk = FrameWalk(frames, boundaries: boundaries)
    report = VerificationReport(path: frames.path, byteCount: frames.byteCount)
    audit = RecordAudit(content, report)
  }

  /// What the header says is inside; nil if it is damaged and a summary shows that the file is ours all the same. The
  /// pass comes to the header's frame again and says what is wrong with it.
  private static func content(
    _ frames: FrameReader, hasSummary: Bool
  ) throws(BufferFileError) -> FileHeader.Content? {
    do { return try Opening.header(frames).0.content } catch {
      switch error {
      case .fileSystem, .newerVersion: throw error
      case .notBufferFile where !hasSummary: throw error
      default: return nil
      }
    }
  }

  /// Checks everything.
  consuming func verify(_ progress: (_ bytes: Int) -> Void) throws(BufferFileError) -> VerificationReport {
    var isOver = false
    while !isOver {
      isOver = try step()
      progress(walk.offset)
    }
    audit.finish()
    for damage in audit.report.damages { report.add(damage.kind, at: damage.place, damage.message) }
    report.frameCount = found.count
    var comparison = Comparison(audit: audit, found: found, knownEntries: knownEntries, report: report)
    comparison.compare()
    if let summaryFrame { try comparison.compare(summaryFrame.frame, of: summaryFrame.record) }
    if isAtTable { try comparison.compareSeekTable(frames, at: walk.offset) }
    return comparison.finished()
  }

  private var isAtTable: Bool { walk.offset < frames.byteCount && !isLost }
  private var isLost = false

  private func place(_ offset: Int) -> BufferFileError.Place {
    let entry = knownEntries.flatMap { found.count < $0.count ? $0[found.count] : nil }
    let rows = entry.flatMap { $0.offset == offset && !$0.rows.isEmpty ? $0.rows : nil }
    return .init(frames.path, frame: found.count, byte: offset, rows: rows)
  }

  /// Takes one frame; true at the end.
  private mutating func step() throws(BufferFileError) -> Bool {
    let offset = walk.offset
    let place = place(offset)
    guard found.count < FormatLimits.frames else {
      if offset < frames.byteCount { report.add(.frame, at: place, DamageMessage.tooManyFrames()) }
      isLost = true
      return true
    }
    switch try walk.next() {
    case .frame(let bytes): try take(bytes, at: place, offset)
    case .unreadable(let error, let byteCount):
      report.add(.frame, at: place, DamageMessage.frame(error))
      audit.miss()
      found.append(FoundFrame(number: found.count, offset: offset, compressedBytes: byteCount, sha256: []))
    case .lost(let error):
      lose(error, at: place)
      return true
    case .end:
      if offset == frames.byteCount { report.add(.cut, at: .init(frames.path, byte: offset), cutMessage) }
      return true
    }
    return false
  }

  private var cutMessage: String { DamageMessage.cut(at: frames.byteCount, frames: found.count) }

  private mutating func lose(_ error: ZstandardError, at place: BufferFileError.Place) {
    isLost = true
    audit.miss()
    if case .truncated = error {
      report.add(.cut, at: place, cutMessage)
    } else {
      report.add(.frame, at: place, DamageMessage.lost(error))
    }
  }

  private mutating func take(_ bytes: [UInt8], at place: BufferFileError.Place, _ offset: Int) throws(BufferFileError) {
    var frame = FoundFrame(
      number: found.count, offset: offset, compressedBytes: bytes.count, sha256: FrameDigest.of(bytes))
    do throws(ZstandardError) {
      frame.seekEntry = try SeekTable.Entry(describing: bytes.span)
      let record = try decompressor.decompress(bytes.span, limit: FormatLimits.recordBytes)
      frame.content = audit.take(record, of: frame, at: place)
      if case .summary? = frame.content { summaryFrame = (record, bytes) }
    } catch {
      audit.miss()
      report.add(.frame, at: place, DamageMessage.frame(error))
    }
    found.append(frame)
  }
}
