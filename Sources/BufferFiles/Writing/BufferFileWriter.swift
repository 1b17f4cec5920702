public import FileSystems
public import ReplayBuffers
public import StateTree
public import SystemPackage
public import Zstandard

/// How a file is written.
public struct WritingOptions: Sendable {
  /// How hard to compress. Default 1.
  public var level: CompressionLevel
  /// What happens to a file of the same name. Default: it is replaced once the new one is whole.
  public var existing: CommittedFile.Existing

  /// Options; the defaults suit dumps of a running training.
  public init(level: CompressionLevel = .default, existing: CommittedFile.Existing = .replace) {
    self.level = level
    self.existing = existing
  }
}

/// Writes one file of format 1, row group after row group, in memory bounded by a few row groups.
///
/// Nothing is to be seen under the final name until `finish(state:)` has returned: then the file is whole and synced. A
/// writer that is dropped leaves nothing behind.
/// - Source: `Format.md`.
public struct BufferFileWriter: ~Copyable {
  /// What the file says of itself.
  public let header: FileHeader

  private var file: CommittedFile
  private var compressor: FrameCompressor
  private var entries: [FrameEntry] = []
  private var table: [SeekTable.Entry] = []
  private var summary = FileSummary()
  private var episodes: EpisodeAccumulator?
  private var schema: BufferSchema?
  private var layout = BufferLayout.transitions

  /// Begins a file that will stand at `path`.
  /// - Throws: `BufferFileError.fileSystem`, with the path and the remedy.
  public static func create(
    at path: FilePath, header: FileHeader, options: WritingOptions = WritingOptions(),
    on fileSystem: any FileSystem = POSIXFileSystem()
  ) throws -> BufferFileWriter {
    let compressor = try inFrame(.init(path)) { () throws(ZstandardError) in
      try FrameCompressor(level: options.level)
    }
    let file = try onFile { () throws(FileSystemError) in
      try CommittedFile(at: path, existing: options.existing, on: fileSystem)
    }
    var writer = BufferFileWriter(header: header, file: file, compressor: compressor)
    try writer.append(header.record.encoded(), .header)
    return writer
  }

  private init(header: FileHeader, file: consuming CommittedFile, compressor: consuming FrameCompressor) {
    self.header = header
    self.file = file
    self.compressor = compressor
    guard case .replayBuffer(_, let layout, let schema) = header.content else { return }
    self.schema = schema
    self.layout = layout
    episodes = EpisodeAccumulator(layout: layout, schema: schema)
    summary.columns = schema.columns.map { ColumnStatistics(of: Tensor(unorderedZeroRows: $0.dataType)) }
  }

  /// Appends the next rows as one row group.
  /// - Throws: `BufferFileError.wrongRows` for rows that do not follow the last ones or have other columns,
  ///   `.fileSystem` if they cannot be written.
  public mutating func append(_ batch: RowBatch) throws {
    guard let schema else { throw BufferFileError.wrongRows(reason: "the file was begun without a schema") }
    try check(batch, schema)
    let statistics = batch.columns.map { ColumnStatistics(of: $0) }
    let numbers = batch.steps.filter { $0 >= 0 }
    let steps = numbers.min().flatMap { low in numbers.max().map { Int(low)..<Int($0) + 1 } } ?? 0..<0
    try append(
      RowRecord.encode(batch, schema: schema, layout: layout), .rows, rows: batch.rows, steps: steps,
      columns: statistics)
    summary.rowCount += batch.count
    summary.stepCount += numbers.count
    summary.steps = summary.steps.isEmpty ? steps : summary.steps.union(steps)
    episodes?.add(batch)
    for index in statistics.indices {
      if let one = statistics[index] { summary.columns[index]?.merge(one) }
    }
  }

  private func check(_ batch: RowBatch, _ schema: BufferSchema) throws {
    guard batch.firstRow == summary.rowCount, batch.count > 0 else {
      throw BufferFileError.wrongRows(reason: "row \(batch.firstRow) comes next, expected \(summary.rowCount)")
    }
    guard batch.columns.count == schema.columns.count else {
      throw BufferFileError.wrongRows(reason: "\(batch.columns.count) columns, expected \(schema.columns.count)")
    }
    for (tensor, column) in zip(batch.columns, schema.columns)
    where tensor.dataType != column.dataType || Array(tensor.shape.dropFirst()) != column.shape {
      throw BufferFileError.wrongRows(
        reason: "\(column.name) is \(tensor.summary), expected rows of \(column.dataType) \(column.shape)")
    }
  }

  /// Writes the state, the index, the summary and the seek table, and makes the file durable under its name.
  /// - Throws: `BufferFileError.stateTooLarge`, `.fileSystem`; then no file has appeared.
  public consuming func finish(state: StateValue) throws {
    try writeState(state)
    try writeIndex()
    try writeSummary(state)
    try append(raw: SeekTable(entries: table).encoded())
    do { try file.commit() } catch { throw BufferFileError.fileSystem(error) }
  }

  private mutating func writeState(_ state: StateValue) throws {
    var records: [StateRecord] = []  // parts share their storage with `state`, or are copied one at a time below
    try StateSplitter { records.append($0) }.split(state)
    for record in records {
      try append(record.record.encoded(), .state, path: record.path)
    }
  }

  private mutating func writeIndex() throws {
    summary.frameCount = entries.count
    for first in stride(from: 0, to: entries.count, by: FormatLimits.indexEntriesPerRecord) {
      let end = min(first + FormatLimits.indexEntriesPerRecord, entries.count)
      let frame = try compress(IndexRecord.encode(entries[first..<end]).encoded())
      summary.index.append(
        .init(offset: Int(file.byteCount), compressedBytes: frame.count, sha256: FrameDigest.of(frame)))
      try append(frame: frame)
    }
  }

  private mutating func writeSummary(_ state: StateValue) throws {
    let first = entries[0]
    summary.header = .init(offset: 0, compressedBytes: first.compressedBytes, sha256: first.sha256)
    summary.describe(state)
    let table = try state["episodes"].map { try EpisodeTable(state: StateReader($0, at: ["episodes"])) }
    summary.episodes = episodes?.statistics(table)
    let record = try summary.record.encoded()
    try append(frame: compressor.stored(record.span))
  }

  private mutating func append(
    _ record: [UInt8], _ kind: FrameEntry.Kind, rows: Range<Int> = 0..<0, steps: Range<Int> = 0..<0,
    path: StatePath? = nil, columns: [ColumnStatistics?] = []
  ) throws {
    guard record.count <= FormatLimits.recordBytes else {
      throw BufferFileError.stateTooLarge(path: path.map { "\($0)" } ?? "a row group", bytes: record.count)
    }
    let frame = try compress(record)
    summary.recordBytes += record.count
    entries.append(
      FrameEntry(
        kind: kind, offset: Int(file.byteCount), compressedBytes: frame.count, recordBytes: record.count,
        sha256: FrameDigest.of(frame), rows: rows, steps: steps, path: path, columns: columns))
    try append(frame: frame)
  }

  private mutating func compress(_ record: [UInt8]) throws -> [UInt8] {
    try compressor.compress(record.span)
  }

  private mutating func append(frame: [UInt8]) throws {
    table.append(try SeekTable.Entry(describing: frame.span))
    try append(raw: frame)
  }

  private mutating func append(raw bytes: [UInt8]) throws {
    do { try file.append(bytes.span) } catch { throw BufferFileError.fileSystem(error) }
  }
}

extension FileSummary {
  /// Takes what the summary says of the state.
  fileprivate mutating func describe(_ state: StateValue) {
    counters = StateOutline.counters(state)
    let described = StateOutline(state)
    outline = described.entries
    stateValueCount = described.valueCount
    if case .tensor(let tensor)? = state["priorities"] { priorities = ColumnStatistics(of: tensor) }
  }
}

extension Tensor {
  /// No rows of a type: statistics of it exist exactly where the type has an order.
  fileprivate init(unorderedZeroRows type: DataType) {
    self = (try? Tensor(zeros: type, shape: [0])) ?? Tensor(vector: [UInt8]())
  }
}

extension Range<Int> {
  /// The smallest range that holds both.
  fileprivate func union(_ other: Range<Int>) -> Range<Int> {
    other.isEmpty ? self : Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
  }
}
