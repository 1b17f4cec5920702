internal import ReplayBuffers
internal import StateTree
internal import Zstandard

/// Compares what index, summary and seek table say with what was found in the frames.
struct Comparison {
  let audit: RecordAudit
  let found: [FoundFrame]
  private let entries: [FrameEntry]?
  private let summary: FileSummary?
  var report: VerificationReport

  init(audit: RecordAudit, found: [FoundFrame], knownEntries: [FrameEntry]?, report: VerificationReport) {
    self.audit = audit
    self.found = found
    self.report = report
    summary = found.lazy.compactMap { if case .summary(let summary)? = $0.content { summary } else { nil } }.first
    entries = knownEntries ?? Self.joined(found)
    self.report.evidence = entries == nil ? .checksums : .digests
  }

  /// The report, its damages in the order of the file.
  consuming func finished() -> VerificationReport {
    let order = report.damages.indices.sorted { a, b in
      let (first, second) = (report.damages[a].place.byte ?? .max, report.damages[b].place.byte ?? .max)
      return first == second ? a < b : first < second
    }
    report.damages = order.map { described(report.damages[$0]) }
    report.joinSteps()
    return report
  }

  /// A damage with what the frame holds, by the index or else by the frame itself.
  private func described(_ damage: VerificationReport.Damage) -> VerificationReport.Damage {
    guard let number = damage.place.frame else { return damage }
    var damage = damage
    let listed = entries.flatMap { number < $0.count && $0[number].offset == damage.place.byte ? $0[number] : nil }
    var own: FrameEntry?
    if number < found.count, case .listed(let entry)? = found[number].content { own = entry }
    guard let entry = listed ?? own else { return damage }
    if !entry.steps.isEmpty { damage.steps = entry.steps }
    damage.state = entry.path
    if damage.columns.isEmpty, entry.kind == .rows, case .replayBuffer(_, _, let schema)? = audit.content {
      damage.columns = schema.columns.map(\.name)
    }
    return damage
  }

  /// The entries of all parts of an index, if they follow each other.
  private static func joined(_ found: [FoundFrame]) -> [FrameEntry]? {
    var entries: [FrameEntry] = []
    for frame in found {
      guard case .index(let first, let more)? = frame.content else { continue }
      guard first == entries.count else { return nil }
      entries += more
    }
    return entries.isEmpty ? nil : entries
  }

  /// Compares the index with the frames, and notes which rows are whole.
  mutating func compare() {
    if entries == nil, !isCut { report.add(.index, at: .init(report.path), DamageMessage.noIndex) }
    if let entries, let summary, audit.content != nil { check(entries, summary) }
    var whole: Set<Int> = []
    for frame in found where compare(frame) {
      whole.insert(frame.offset)
      guard case .listed(let entry)? = frame.content, entry.kind == .rows, follows(entry.rows) else { continue }
      report.addWhole(entry.rows, steps: entry.steps)
    }
    report.damagedState = entries?.filter { $0.kind == .state && !whole.contains($0.offset) }.map { $0.path ?? [] }
    if let summary {
      compare(summary)
    } else if !isCut {
      report.add(.summary, at: .init(report.path), DamageMessage.noSummary)
    }
  }

  private var isCut: Bool { report.damages.contains { $0.kind == .cut } }

  /// Rows are listed once, in order, also where damaged frames claim the same ones.
  private func follows(_ rows: Range<Int>) -> Bool { rows.lowerBound >= report.wholeRows.last?.upperBound ?? 0 }

  private mutating func check(_ entries: [FrameEntry], _ summary: FileSummary) {
    guard let content = audit.content else { return }
    do throws(BufferFileError) {
      try IndexCheck(path: report.path, header: FileHeader(content: content), summary: summary).check(entries)
    } catch {
      if case .inconsistent(let place, let reason) = error { report.add(.index, at: place, reason) }
    }
  }

  /// Where a frame lies.
  func place(_ frame: FoundFrame) -> BufferFileError.Place {
    .init(report.path, frame: frame.number, byte: frame.offset, rows: frame.rows)
  }

  /// Whether a frame is what the index says, as far as there is one.
  private mutating func compare(_ frame: FoundFrame) -> Bool {
    switch frame.content {
    case .listed(let entry): return compare(frame, entry)
    case .index: return compareReference(frame)
    case .summary:
      if frame.number != found.count - 1 { report.add(.summary, at: place(frame), DamageMessage.notLast) }
      return true
    case nil: return false
    }
  }

  private mutating func compareReference(_ frame: FoundFrame) -> Bool {
    guard let summary else { return true }
    guard let reference = summary.index.first(where: { $0.offset == frame.offset }) else {
      report.add(.summary, at: place(frame), DamageMessage.unnamedIndex)
      return false
    }
    guard reference.sha256 != frame.sha256 else { return true }
    report.add(.digest, at: place(frame), DamageMessage.digest(stored: reference.sha256, computed: frame.sha256))
    return false
  }

  private mutating func compare(_ frame: FoundFrame, _ entry: FrameEntry) -> Bool {
    guard let entries else { return true }
    guard frame.number < entries.count else {
      report.add(.index, at: place(frame), DamageMessage.unlisted(entries.count))
      return false
    }
    let stored = entries[frame.number]
    guard stored.sha256 == entry.sha256 else {
      report.add(.digest, at: place(frame), DamageMessage.digest(stored: stored.sha256, computed: entry.sha256))
      return false
    }
    return compareFields(frame, stored, entry)
  }

  private mutating func compareFields(_ frame: FoundFrame, _ stored: FrameEntry, _ entry: FrameEntry) -> Bool {
    var fields: [(String, String, String)] = [
      ("kind", "\(stored.kind)", "\(entry.kind)"), ("offset", "\(stored.offset)", "\(entry.offset)"),
      ("compressed bytes", "\(stored.compressedBytes)", "\(entry.compressedBytes)"),
      ("bytes", "\(stored.recordBytes)", "\(entry.recordBytes)"), ("rows", "\(stored.rows)", "\(entry.rows)"),
      ("path", "\(stored.path ?? [])", "\(entry.path ?? [])"),
    ]
    if audit.content != nil { fields.append(("steps", "\(stored.steps)", "\(entry.steps)")) }
    var isSame = true
    for (name, stored, found) in fields where stored != found {
      report.add(.index, at: place(frame), DamageMessage.index(name, stored: stored, found: found))
      isSame = false
    }
    return compareColumns(frame, stored, entry) && isSame
  }

  private mutating func compareColumns(_ frame: FoundFrame, _ stored: FrameEntry, _ entry: FrameEntry) -> Bool {
    guard case .replayBuffer(_, _, let schema)? = audit.content, stored.columns.count == entry.columns.count else {
      return true
    }
    for index in entry.columns.indices where stored.columns[index] != entry.columns[index] {
      let name = schema.columns[index].name
      report.add(.statistics, at: place(frame), DamageMessage.statistics(name), columns: [name])
    }
    return true
  }
}

extension Comparison {
  /// Compares the summary's own frame with the canonical one.
  mutating func compare(_ frame: [UInt8], of record: [UInt8]) throws(BufferFileError) {
    do throws(ZstandardError) {
      var compressor = try FrameCompressor()
      guard try !compressor.isCanonical(frame.span, content: record.span) else { return }
      report.add(.summary, at: summaryPlace, DamageMessage.notCanonical)
    } catch {
      throw .compression(error)
    }
  }

  /// Compares the end of the file with the seek table of the frames that were found.
  mutating func compareSeekTable(_ frames: FrameReader, at offset: Int) throws(BufferFileError) {
    let place = BufferFileError.Place(report.path, byte: offset)
    let known = found.compactMap(\.seekEntry)
    let expectedCount = (try? SeekTable(entries: Array(repeating: .none, count: found.count)).encoded().count) ?? 0
    let stored = frames.byteCount - offset
    guard stored >= expectedCount else {
      return report.add(.seekTable, at: place, DamageMessage.seekTable(stored: stored, expected: expectedCount))
    }
    let bytes = try frames.bytes(expectedCount, at: offset)
    let expected = known.count == found.count ? try? SeekTable(entries: known).encoded() : nil
    if bytes != expected, expected != nil || !isTable(bytes) {
      report.add(.seekTable, at: place, DamageMessage.seekTable(stored: expectedCount, expected: expectedCount))
    }
    if stored > expectedCount {
      let end = BufferFileError.Place(report.path, byte: offset + expectedCount)
      report.add(.trailingBytes, at: end, DamageMessage.trailingBytes(stored - expectedCount))
    }
  }

  /// Whether bytes are a table that agrees with the frames whose headers could be read.
  private func isTable(_ bytes: [UInt8]) -> Bool {
    guard let table = try? SeekTable(decoding: bytes.span), table.entries.count == found.count else { return false }
    return zip(found, table.entries).allSatisfy { frame, entry in
      (frame.seekEntry ?? entry) == entry && frame.compressedBytes == Int(entry.compressedBytes)
    }
  }
}

extension SeekTable.Entry {
  fileprivate static var none: Self { Self(compressedBytes: 0, contentBytes: 0, checksum: 0) }
}
