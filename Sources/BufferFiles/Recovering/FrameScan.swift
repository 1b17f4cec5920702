internal import ReplayBuffers
internal import StateTree
internal import Zstandard

/// Reads every sound frame of a damaged file and remembers what its record is.
struct FrameScan: ~Copyable {
  /// The sound frames whose records can stand in a file, in the order of the file.
  private(set) var found: [SoundFrame] = []
  /// Bytes in which there is nothing whole.
  private(set) var damage: [Salvage.Damage] = []
  /// Where the next frame is looked for.
  var offset: Int { search.offset }

  private let frames: FrameReader
  private var search: FrameSearch
  private var headers: [FileHeader] = []
  private var inference = HeaderInference()
  private var indexBudget: IndexBudget
  private var lastRows: RowFacts?

  init(_ frames: FrameReader) throws(BufferFileError) {
    self.frames = frames
    indexBudget = IndexBudget(fileBytes: frames.byteCount)
    let summary = try Boundaries.summary(frames)
    let boundaries = try Boundaries.of(frames, summary, try Boundaries.entries(frames, summary))
    let table = try Boundaries.trailingTable(frames)
    search = try FrameSearch(frames, boundaries: boundaries, tableBytes: table?.byteCount ?? 0)
  }

  /// The header of a file whose header is lost, made up from its rows; nil without rows.
  var inferred: FileHeader? { inference.header }

  /// Takes one frame; false at the end.
  /// - Throws: `.newerVersion` for a file that only a newer rlbuf understands, `.fileSystem`.
  mutating func step() throws(BufferFileError) -> Bool {
    guard found.count + damage.count < 2 * FormatLimits.frames else { throw .tooManyFrames(frames.path, limit: FormatLimits.frames) }
    switch try search.next() {
    case .frame(let offset, let bytes, let record):
      try take(record, at: offset, bytes)
      return true
    case .lost(let range, let error):
      damage.append(.init(bytes: range, reason: error.description))
      return true
    case .end:
      return false
    }
  }

  private mutating func take(_ record: [UInt8], at offset: Int, _ bytes: [UInt8]) throws(BufferFileError) {
    let place = BufferFileError.Place(frames.path, frame: found.count, byte: offset)
    do {
      let value = try FrameReader.decode(place) { () throws(RecordError) in
        do throws(StateTreeError) { return try StateValue(decoding: record, limits: FormatLimits.messagePack) } catch { throw .state(error) }
      }
      let content = try content(value, place)
      found.append(
        SoundFrame(offset: offset, byteCount: bytes.count, sha256: FrameDigest.of(bytes), content: content))
    } catch {
      if case .newerVersion = error, offset == 0 { throw error }
      damage.append(.init(bytes: offset..<offset + bytes.count, reason: error.description))
    }
  }

  private mutating func content(
    _ value: StateValue, _ place: BufferFileError.Place
  ) throws(BufferFileError) -> SoundFrame.Content {
    switch value["kind"] {
    case .string(FileHeader.recordKind):
      headers.append(try Opening.header(of: value, place))
      lastRows = nil
      return .header(headers[headers.count - 1])
    case .string(RowRecord.kind): return try rows(value, place)
    case .string(StateRecord.kind):
      let record = try FrameReader.decode(place) { () throws(RecordError) in try StateRecord(record: value) }
      inference.take(record)
      return .state(record.path)
    case .string(IndexRecord.kind):
      var budget = indexBudget
      let part = try FrameReader.decode(place) { () throws(RecordError) in
        try IndexRecord.decode(value, within: &budget)
      }
      indexBudget = budget
      return .index(first: part.first, entries: part.entries)
    default:
      return .summary(try FrameReader.decode(place) { () throws(RecordError) in try FileSummary(record: value) })
    }
  }

  private mutating func rows(
    _ value: StateValue, _ place: BufferFileError.Place
  ) throws(BufferFileError) -> SoundFrame.Content {
    let content = headers.last?.content ?? inference.content(ofRows: value)
    guard case .replayBuffer(_, let layout, let schema)? = content else {
      throw .invalidRecord(place, reason: "it holds rows, of which the header says nothing")
    }
    let batch = try FrameReader.decode(place) { () throws(RecordError) in
      try RowRecord.decode(value, schema: schema, layout: layout)
    }
    let facts = RowFacts(batch, schema, after: lastRows)
    if headers.isEmpty { inference.take(facts) }
    lastRows = facts
    return .rows(facts, header: headers.isEmpty ? nil : headers.count - 1)
  }
}
