public import FileSystems
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

  let options: WritingOptions
  /// How rows become frames; nil without a schema.
  let encoding: RowEncoding?
  private var maker: FrameMaker
  private var frames: FrameWriter
  private var entries: [FrameEntry] = []
  private var recordBytes = 0
  private var rows: RowTotals
  private var state: StateTotals

  /// How many rows were appended.
  public var rowCount: Int { rows.rowCount }

  /// Begins a file that will stand at `path`.
  /// - Throws: `BufferFileError.fileSystem`, with the path and the remedy; `.stateTooLarge` and `.stateTooDeep` for a
  ///   header beyond the limits, `.wrongRows` for a schema beyond them.
  public static func create(
    at path: FilePath, header: FileHeader, options: WritingOptions = WritingOptions(),
    on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws(BufferFileError) -> BufferFileWriter {
    var header = header
    if case .replayBuffer = header.content { header.filter = options.filter }
    let record = try header.checkedRecord()
    let file: CommittedFile
    do {
      file = try CommittedFile(
        at: path, existing: options.existing, durability: options.durability, on: fileSystem)
    } catch {
      throw .fileSystem(error)
    }
    var writer = BufferFileWriter(header, options, try FrameMaker(options), FrameWriter(file))
    try writer.append(writer.maker.compressed(record), .header)
    return writer
  }

  private init(
    _ header: FileHeader, _ options: WritingOptions, _ maker: consuming FrameMaker, _ frames: consuming FrameWriter
  ) {
    self.header = header
    self.options = options
    self.maker = maker
    self.frames = frames
    encoding = RowEncoding(header)
    rows = RowTotals(header.content)
    state = StateTotals(header.content)
  }

  /// Appends the next rows as one row group.
  /// - Throws: `BufferFileError.wrongRows` for rows that do not follow the last ones, have other columns or are too many
  ///   for one record; `.fileSystem` if they cannot be written.
  public mutating func append(_ batch: RowBatch) throws(BufferFileError) { try append(batch, statistics: nil) }

  /// Appends rows of whose columns the statistics may be known.
  mutating func append(_ batch: RowBatch, statistics: [ColumnStatistics?]?) throws(BufferFileError) {
    guard let encoding else { throw .wrongRows(reason: "the file was begun without a schema") }
    try append(try encoding.encode(batch, statistics: statistics, with: &maker))
  }

  /// Appends rows that were encoded.
  mutating func append(_ encoded: EncodedRows) throws(BufferFileError) {
    let batch = encoded.batch
    guard batch.firstRow == rows.rowCount else {
      throw .wrongRows(reason: "row \(batch.firstRow) comes next, expected \(rows.rowCount)")
    }
    try append(encoded.frame, .rows, rows: batch.rows, steps: batch.stepRange, columns: encoded.statistics)
    rows.add(batch, encoded.statistics)
  }

  /// Writes the state, the index, the summary and the seek table, and makes the file durable under its name.
  /// - Throws: `BufferFileError.stateTooLarge`, `.stateTooDeep`, `.stateTooManyValues` for state beyond the limits,
  ///   `.wrongRows` for rows that are not those of the state's episodes, `.fileSystem`; then no file has appeared.
  public consuming func finish(state: StateValue) throws(BufferFileError) {
    try finish(state: state) { (_) throws(BufferFileError) in }
  }

  /// The same, unless `check` throws, which is called with the path of the whole file before it has its name.
  consuming func finish(
    state: StateValue, checking check: (FilePath) throws(BufferFileError) -> Void
  ) throws(BufferFileError) {
    try append(state)
    try writeSummary(index: try writeIndex())
    try frames.finish(checking: check)
  }

  /// Appends a tree of state, whose records several threads compress.
  private mutating func append(_ value: StateValue) throws(BufferFileError) {
    var records = try StateSplitter(value)
    let options = options
    try OrderedWork.run(
      threads: options.workers.threads(recordBytes: 2 * FormatLimits.stateRecordBytes),
      makeTool: { () throws(BufferFileError) in try FrameMaker(options) },
      next: { () throws(BufferFileError) in try records.next() },
      work: { (record, maker: inout FrameMaker) throws(BufferFileError) in try EncodedState(record, with: &maker) },
      take: { (encoded) throws(BufferFileError) in try append(encoded) })
  }

  private mutating func append(_ encoded: EncodedState) throws(BufferFileError) {
    do { try state.add(encoded.record) } catch { throw .wrongRows(reason: error.description) }
    try append(encoded.frame, .state, path: encoded.record.path)
  }

  private mutating func append(
    _ made: MadeFrame, _ kind: FrameEntry.Kind, rows: Range<Int> = 0..<0, steps: Range<Int> = 0..<0,
    path: StatePath? = nil, columns: [ColumnStatistics?] = []
  ) throws(BufferFileError) {
    let frame = try frames.append(made)
    recordBytes += made.recordBytes
    entries.append(
      FrameEntry(
        kind: kind, offset: frame.offset, compressedBytes: frame.compressedBytes, recordBytes: made.recordBytes,
        sha256: frame.sha256, rows: rows, steps: steps, path: path, columns: columns.map { $0?.bounds }))
  }

  private mutating func writeIndex() throws(BufferFileError) -> [FileSummary.FrameReference] {
    var references: [FileSummary.FrameReference] = []
    for run in IndexRecord.runs(entries) {
      let record = try IndexRecord.encode(entries[run]).recordBytes(of: "the index")
      references.append(try frames.append(maker.compressed(record)))
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
    let record = try summary.record.recordBytes(of: "the summary", limit: FormatLimits.summaryBytes)
    _ = try frames.append(maker.canonical(record))
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
}
