internal import ReplayBuffers
internal import StateTree
internal import Zstandard

/// Reads records in the order of the file, derives from them all that index and summary say, and notes what cannot be.
struct RecordAudit {
  /// What the file holds; nil if the header cannot be read.
  let content: FileHeader.Content?
  /// What is wrong with the records themselves.
  private(set) var report: VerificationReport
  /// Whether nothing that the summary sums up was missing so far.
  private(set) var isComplete = true
  private(set) var rows: RowTotals
  private(set) var state: StateTotals
  /// The bytes of all records that the index lists.
  private(set) var recordBytes = 0

  private var structure = StateStructure()
  private var indexBudget: IndexBudget
  private var nextRow: Int? = 0
  private var stage = 0

  init(_ content: FileHeader.Content?, _ report: VerificationReport) {
    self.content = content
    self.report = report
    rows = RowTotals(content ?? .state)
    state = StateTotals(content ?? .state)
    indexBudget = IndexBudget(fileBytes: report.byteCount)
    isComplete = content != nil
  }

  /// Takes the record of the next frame; nil if it is not one that can stand there.
  mutating func take(
    _ record: [UInt8], of frame: FoundFrame, at place: BufferFileError.Place
  ) -> FoundFrame.Content? {
    do throws(RecordError) {
      let value: StateValue
      do throws(StateTreeError) { value = try StateValue(decoding: record, limits: FormatLimits.messagePack) } catch { throw .state(error) }
      return try take(value, recordBytes: record.count, of: frame, at: place)
    } catch {
      miss()
      report.add(.record, at: place, DamageMessage.record(error))
      return nil
    }
  }

  /// Notes that a frame is missing whose record is not known.
  mutating func miss() {
    isComplete = false
    nextRow = nil
  }

  /// Notes the end of the records.
  mutating func finish() {
    guard isComplete else { return }
    do { try structure.finish() } catch { report.add(.state, at: .init(report.path), error.description) }
  }

  private mutating func take(
    _ value: StateValue, recordBytes: Int, of frame: FoundFrame, at place: BufferFileError.Place
  ) throws(RecordError) -> FoundFrame.Content {
    var entry = FrameEntry(
      kind: .header, offset: frame.offset, compressedBytes: frame.compressedBytes, recordBytes: recordBytes,
      sha256: frame.sha256, rows: 0..<0, steps: 0..<0, path: nil, columns: [])
    switch try enter(value["kind"]) {
    case 0: try checkHeader(value, at: place)
    case 1: try takeRows(value, into: &entry, at: place)
    case 2: try takeState(value, into: &entry, at: place)
    case 3:
      let (first, entries) = try IndexRecord.decode(value, within: &indexBudget)
      return .index(first: first, entries: entries)
    default: return .summary(try FileSummary(record: value))
    }
    self.recordBytes += recordBytes
    return .listed(entry)
  }

  /// The kinds of records in the order in which they stand in a file.
  private static let kinds = [
    FileHeader.recordKind, RowRecord.kind, StateRecord.kind, IndexRecord.kind, FileSummary.recordKind,
  ]

  /// The position of a kind in that order. Header and summary stand there once.
  private mutating func enter(_ kind: StateValue?) throws(RecordError) -> Int {
    guard let next = Self.kinds.firstIndex(where: { kind == .string($0) }) else {
      throw .inconsistent("its kind is none of \(Self.kinds.joined(separator: ", "))")
    }
    guard next >= stage else { throw .inconsistent("a record of this kind cannot come here") }
    stage = next == 0 || next == 4 ? next + 1 : next
    return next
  }

  private func checkHeader(_ value: StateValue, at place: BufferFileError.Place) throws(RecordError) {
    do { _ = try Opening.header(of: value, place) } catch {
      guard case .invalidRecord(_, let reason) = error else { throw .inconsistent("it is no header of rlbuf") }
      throw .inconsistent(reason)
    }
  }

  private mutating func takeRows(
    _ value: StateValue, into entry: inout FrameEntry, at place: BufferFileError.Place
  ) throws(RecordError) {
    entry.kind = .rows
    guard let content else {  // the header is damaged: what the columns are is not known
      entry.rows = try RowRecord.rows(of: value)
      return
    }
    guard case .replayBuffer(_, let layout, let schema) = content else {
      throw .inconsistent("it holds rows, of which the header says nothing")
    }
    let batch = try RowRecord.decode(value, schema: schema, layout: layout)
    if let nextRow, nextRow != batch.firstRow {
      throw .inconsistent("it holds rows from \(batch.firstRow) on, expected \(nextRow)")
    }
    nextRow = batch.rows.upperBound
    let statistics = batch.statistics(schema)
    (entry.rows, entry.steps) = (batch.rows, batch.stepRange)
    entry.columns = statistics.map { $0?.bounds }
    rows.add(batch, statistics)
  }

  private mutating func takeState(
    _ value: StateValue, into entry: inout FrameEntry, at place: BufferFileError.Place
  ) throws(RecordError) {
    let record = try StateRecord(record: value)
    (entry.kind, entry.path) = (.state, record.path)
    guard isComplete else { return }
    do throws(RecordError) {
      try structure.add(record)
      try state.add(record)
    } catch {
      isComplete = false
      report.add(.state, at: place, error.description)
    }
  }
}
