public import ReplayBuffers
public import StateTree

/// A file as the contents of a buffer. Holds the row group that was read last, so that going through rows in order
/// decompresses each group once.
public struct FileContents: BufferContents {
  /// The type that made the buffer.
  public let kind: String
  /// How the rows lie.
  public let layout: BufferLayout
  /// The columns.
  public let schema: BufferSchema

  private let file: BufferFile
  private let latest = LatestBatch()

  init(_ file: BufferFile) throws(BufferFileError) {
    guard case .replayBuffer(let kind, let layout, let schema) = file.header.content else { throw .noRows(file.path) }
    self.kind = kind
    self.layout = layout
    self.schema = schema
    self.file = file
  }

  /// How many rows there are.
  public var rowCount: Int { file.summary.rowCount }

  /// The whole state.
  /// - Throws: `BufferFileError` for what is damaged.
  public func state() throws -> StateValue { try file.state() }

  /// Some rows, decompressing only the row groups that hold them.
  /// - Throws: `BufferFileError` for what is damaged.
  public func rows(_ range: Range<Int>) throws -> RowBatch {
    guard range.lowerBound >= 0, range.upperBound <= rowCount else {
      throw BufferFileError.outOfRange(file.path, asked: range, stored: 0..<rowCount)
    }
    var parts: [RowBatch] = []
    let entries = try file.entries()
    var number = entries.rowGroup(holding: range.lowerBound)
    while number < entries.count, entries[number].kind == .rows, entries[number].rows.overlaps(range) {
      parts.append(try batch(entries[number], number: number).slice(range))
      number += 1
    }
    guard let first = parts.first, parts.count > 1 else {
      return parts.first ?? RowBatch.empty(schema, at: range.lowerBound)
    }
    let columns = try schema.columns.indices.map { column in
      try Tensor(concatenating: parts.map { $0.columns[column] })
    }
    return RowBatch(firstRow: first.firstRow, steps: parts.flatMap(\.steps), columns: columns)
  }

  /// All rows, one row group after the other; several threads read, check and decompress them.
  /// - Throws: `BufferFileError` for what is damaged, and what `body` throws.
  public func forEachStoredBatch(_ body: (RowBatch) throws -> Void) throws {
    try work(on: try file.entries().indices, { $0 }, take: body)
  }

  /// The bytes of all rows, each row group handed over by the thread that decompressed it, where it lies in the record.
  /// - Throws: `BufferFileError` for what is damaged, and what `body` throws.
  public func forEachStoredBytes(_ body: @escaping @Sendable (RowBytes) throws -> Void) throws {
    let entries = try file.entries()
    try run(
      entries, on: entries.indices, { number, reader in try withBytes(ofGroup: number, using: &reader, body) },
      take: { _ in })
  }

  /// Does something with the bytes of one row group, which lie in the memory of the reader.
  /// - Throws: `BufferFileError` for what is damaged, and what `body` throws.
  package func withBytes(
    ofGroup number: Int, using reader: inout RecordReader, _ body: (RowBytes) throws -> Void
  ) throws {
    let entry = try file.entries()[number]
    let place = file.place(entry, number: number)
    let record = try reader.bytes(entry, of: file.frames, place: place)
    let predicted = PredictedRows(schema: schema, layout: layout, filter: file.header.filter)
    try body(predicted.rows(of: record, entry) ?? parsed(record, entry, place))
    reader.recycle(record)
  }

  private func parsed(_ record: [UInt8], _ entry: FrameEntry, _ place: BufferFileError.Place) throws -> RowBytes {
    try RowBytes(batch(FrameReader.value(of: record, place: place), entry, place), of: schema)
  }

  /// Has several threads decompress row groups and do something with each; `take` gets the results in order.
  func work<Result: Sendable>(
    on numbers: some Sequence<Int>, _ body: @escaping @Sendable (RowBatch) throws -> Result,
    take: (Result) throws -> Void
  ) throws {
    let entries = try file.entries()
    try run(
      entries, on: numbers, { number, reader in try body(decoded(entries[number], number: number, with: &reader)) },
      take: take)
  }

  private func run<Result: Sendable>(
    _ entries: [FrameEntry], on numbers: some Sequence<Int>,
    _ work: @escaping @Sendable (_ number: Int, inout RecordReader) throws -> Result, take: (Result) throws -> Void
  ) throws {
    let wanted = numbers.filter { entries[$0].kind == .rows }
    var next = wanted.makeIterator()
    let largest = wanted.reduce(0) { max($0, entries[$1].recordBytes) }
    try OrderedWork.run(
      threads: file.workers.threads(recordBytes: largest),
      makeTool: { () throws in try RecordReader() },
      next: { () throws in next.next() },
      work: { (number, reader: inout RecordReader) throws in try work(number, &reader) },
      take: take)
  }

  /// The row groups with any of the rows, in order: the number of each and its rows.
  /// - Throws: `BufferFileError` if the index is damaged.
  package func rowGroups(of rows: Range<Int>) throws(BufferFileError) -> [(number: Int, rows: Range<Int>)] {
    let entries = try file.entries()
    let first = entries.rowGroup(holding: rows.lowerBound)
    return entries.indices[first...]
      .prefix { entries[$0].kind == .rows && entries[$0].rows.lowerBound < rows.upperBound }
      .map { ($0, entries[$0].rows) }
  }

  /// The rows of one row group, decompressed anew.
  /// - Throws: `BufferFileError` for what is damaged.
  package func batch(ofGroup number: Int, using reader: inout RecordReader) throws(BufferFileError) -> RowBatch {
    try decoded(try file.entries()[number], number: number, with: &reader)
  }

  /// The rows of one row group, which is kept until another one is asked for.
  func batch(_ entry: FrameEntry, number: Int) throws(BufferFileError) -> RowBatch {
    if let batch = latest.batch(number) { return batch }
    var reader = try RecordReader()
    let batch = try batch(ofGroup: number, using: &reader)
    latest.set(number, batch)
    return batch
  }

  /// The rows of one row group.
  private func decoded(
    _ entry: FrameEntry, number: Int, with reader: inout RecordReader
  ) throws(BufferFileError) -> RowBatch {
    let place = file.place(entry, number: number)
    return try batch(reader.read(entry, of: file.frames, place: place), entry, place)
  }

  private func batch(
    _ record: StateValue, _ entry: FrameEntry, _ place: BufferFileError.Place
  ) throws(BufferFileError) -> RowBatch {
    let (schema, layout) = (schema, layout)
    let batch = try FrameReader.decode(place) { () throws(RecordError) in
      try RowRecord.decode(record, schema: schema, layout: layout)
    }
    guard batch.rows == entry.rows else {
      throw .inconsistent(place, reason: "it holds the rows \(batch.rows), the index says \(entry.rows)")
    }
    return batch
  }
}

extension [FrameEntry] {
  /// The number of the first row group that ends behind a row: row groups follow each other and the header.
  func rowGroup(holding row: Int) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let entry = self[middle]
      let isBefore = entry.kind == .header || entry.kind == .rows && entry.rows.upperBound <= row
      if isBefore { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension RowBatch {
  /// The rows of the batch that lie in `range` too.
  package func slice(_ range: Range<Int>) -> RowBatch {
    let part = rows.clamped(to: range)
    guard part != rows else { return self }
    let local = part.lowerBound - firstRow..<part.upperBound - firstRow
    return RowBatch(firstRow: part.lowerBound, steps: Array(steps[local]), columns: columns.map { $0.rows(local) })
  }

  /// No rows.
  static func empty(_ schema: BufferSchema, at row: Int) -> RowBatch {
    let columns = schema.columns.compactMap { try? Tensor(zeros: $0.dataType, shape: [0] + $0.shape) }
    return RowBatch(firstRow: row, steps: [], columns: columns)
  }
}
