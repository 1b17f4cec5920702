public import FileSystems
internal import MessagePack
public import ReplayBuffers
public import StateTree
public import SystemPackage

/// Writes one file of format 1, row group after row group, in memory bounded by a few row groups.
///
/// Nothing is to be seen under the final name until `finish(state:)` has returned: then the file is whole and synced. A
/// writer that is dropped leaves nothing behind.
/// - Source: `Format.md`.
public struct BufferFileWriter: ~Copyable {
  /// What the file says of itself.
  public let header: FileHeader

  private var frames: FrameWriter
  private var entries: [FrameEntry] = []
  private var recordBytes = 0
  private var rows: RowTotals
  private var state: StateTotals

  /// Begins a file that will stand at `path`.
  /// - Throws: `BufferFileError.fileSystem`, with the path and the remedy; `.stateTooLarge` and `.stateTooDeep` for a
  ///   header beyond the limits, `.wrongRows` for a schema beyond them.
  public static func create(
    at path: FilePath, header: FileHeader, options: WritingOptions = WritingOptions(),
    on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(BufferFileError) -> BufferFileWriter {
    let record = try header.checkedRecord()
    let file: CommittedFile
    do { file = try CommittedFile(at: path, existing: options.existing, on: fileSystem) } catch {
      throw .fileSystem(error)
    }
    var writer = BufferFileWriter(header: header, frames: try FrameWriter(file, options))
    try writer.append(record, .header)
    return writer
  }

  private init(header: FileHeader, frames: consuming FrameWriter) {
    self.header = header
    self.frames = frames
    rows = RowTotals(header.content)
    state = StateTotals(header.content)
  }

  /// Appends the next rows as one row group.
  /// - Throws: `BufferFileError.wrongRows` for rows that do not follow the last ones, have other columns or are too many
  ///   for one record; `.fileSystem` if they cannot be written.
  public mutating func append(_ batch: RowBatch) throws(BufferFileError) {
    try append(batch, statistics: columnStatistics(batch))
  }

  private func columnStatistics(_ batch: RowBatch) -> [ColumnStatistics?] {
    guard case .replayBuffer(_, _, let schema) = header.content else { return [] }
    return batch.statistics(schema)
  }

  /// Appends rows of whose columns the statistics are known.
  mutating func append(_ batch: RowBatch, statistics: [ColumnStatistics?]) throws(BufferFileError) {
    guard case .replayBuffer(_, let layout, let schema) = header.content else {
      throw .wrongRows(reason: "the file was begun without a schema")
    }
    try batch.check(follows: rows.rowCount, schema, layout)
    let record = try encoded { () throws(MessagePackError) in
      try RowRecord.encode(batch, schema: schema, layout: layout)
    }
    guard record.count <= FormatLimits.recordBytes else {
      throw .wrongRows(
        reason:
          "\(batch.count) of them make \(record.count) bytes, at most \(FormatLimits.recordBytes) go into one record")
    }
    try append(record, .rows, rows: batch.rows, steps: batch.stepRange, columns: statistics)
    rows.add(batch, statistics)
  }

  /// Writes the state, the index, the summary and the seek table, and makes the file durable under its name.
  /// - Throws: `BufferFileError.stateTooLarge`, `.stateTooDeep`, `.stateTooManyValues` for state beyond the limits,
  ///   `.wrongRows` for rows that are not those of the state's episodes, `.fileSystem`; then no file has appeared.
  public consuming func finish(state: StateValue) throws(BufferFileError) {
    var records = try StateSplitter(state)
    while let record = try records.next() { try append(record) }
    try writeSummary(index: try writeIndex())
    try frames.finish()
  }

  private mutating func append(_ record: StateRecord) throws(BufferFileError) {
    let bytes = try encoded { () throws(MessagePackError) in try record.record.encoded() }
    guard bytes.count <= FormatLimits.recordBytes else {
      throw .stateTooLarge(path: "\(record.path)", bytes: bytes.count, limit: FormatLimits.recordBytes)
    }
    do { try state.add(record) } catch { throw .wrongRows(reason: error.description) }
    try append(bytes, .state, path: record.path)
  }

  private mutating func append(
    _ record: [UInt8], _ kind: FrameEntry.Kind, rows: Range<Int> = 0..<0, steps: Range<Int> = 0..<0,
    path: StatePath? = nil, columns: [ColumnStatistics?] = []
  ) throws(BufferFileError) {
    let frame = try frames.append(record)
    recordBytes += record.count
    entries.append(
      FrameEntry(
        kind: kind, offset: frame.offset, compressedBytes: frame.compressedBytes, recordBytes: record.count,
        sha256: frame.sha256, rows: rows, steps: steps, path: path, columns: columns.map { $0?.bounds }))
  }

  private mutating func writeIndex() throws(BufferFileError) -> [FileSummary.FrameReference] {
    var references: [FileSummary.FrameReference] = []
    for run in IndexRecord.runs(entries) {
      let record = IndexRecord.encode(entries[run])
      references.append(try frames.append(try encoded { () throws(MessagePackError) in try record.encoded() }))
    }
    return references
  }

  private mutating func writeSummary(index: [FileSummary.FrameReference]) throws(BufferFileError) {
    var summary = FileSummary()
    let table = try episodes()
    rows.complete(&summary, table: table)
    state.complete(&summary)
    summary.recordBytes = recordBytes
    summary.frameCount = entries.count
    summary.header = .init(offset: 0, compressedBytes: entries[0].compressedBytes, sha256: entries[0].sha256)
    summary.index = index
    let record = try encoded { () throws(MessagePackError) in try summary.record.encoded() }
    guard record.count <= FormatLimits.summaryBytes else {
      throw .stateTooLarge(path: "the summary", bytes: record.count, limit: FormatLimits.summaryBytes)
    }
    try frames.append(canonical: record)
  }

  /// The table of episodes in the state, which must describe the rows.
  private func episodes() throws(BufferFileError) -> EpisodeTable? {
    do throws(RecordError) {
      guard let table = try state.table() else { return nil }
      if let contradiction = rows.contradiction(to: table) {
        throw RecordError.inconsistent("the state's episodes have \(contradiction)")
      }
      return table
    } catch {
      throw .wrongRows(reason: error.description)
    }
  }

  /// MessagePack refuses only lengths of 4 GiB, far beyond every limit of a record.
  private func encoded(_ body: () throws(MessagePackError) -> [UInt8]) throws(BufferFileError) -> [UInt8] {
    do { return try body() } catch {
      throw .stateTooLarge(path: "a record", bytes: Int(UInt32.max) + 1, limit: FormatLimits.recordBytes)
    }
  }
}
