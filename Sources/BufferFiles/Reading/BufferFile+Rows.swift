public import ReplayBuffers
public import StateTree

/// A file's rows and state, for everything that reads buffers.
extension BufferFile {
  /// The file as a buffer.
  /// - Throws: `BufferFileError.noRows` for a file that holds state alone.
  public func contents() throws(BufferFileError) -> FileContents { try FileContents(self) }

  /// From the smallest stored step number to one more than the largest.
  public var steps: Range<Int> { summary.steps }

  /// One column of the given steps, decompressing only the row groups that hold them.
  ///
  /// Steps that were evicted from between others are left out.
  /// - Shape: `[steps found] + column shape`
  /// - Throws: `BufferFileError.unknownColumn`, `.outOfRange`, or what is damaged.
  public func tensor(_ name: String, steps asked: Range<Int>? = nil) throws -> Tensor {
    let contents = try contents()
    let asked = asked ?? steps
    guard asked.lowerBound >= steps.lowerBound, asked.upperBound <= steps.upperBound else {
      throw BufferFileError.outOfRange(path, asked: asked, stored: steps)
    }
    guard let column = contents.schema.index(of: name) else {
      throw BufferFileError.unknownColumn(path, name: name, known: contents.schema.columns.map(\.name))
    }
    var parts: [Tensor] = [try Tensor(zeros: contents.schema.columns[column].dataType, shape: [0] + contents.schema.columns[column].shape)]
    for (number, entry) in try entries().enumerated() where entry.kind == .rows && entry.steps.overlaps(asked) {
      let batch = try contents.batch(entry, number: number)
      let wanted = batch.steps.indices.filter { asked.contains(Int(batch.steps[$0])) }
      parts.append(batch.columns[column].gathered(wanted))
    }
    return try Tensor(concatenating: parts)
  }

  /// One column of numbers of the given steps, row-major.
  /// - Throws: `BufferFileError.wrongDataType`, `.unknownColumn`, `.outOfRange`, or what is damaged.
  public func column<Scalar: TensorScalar>(
    _ name: String, as type: Scalar.Type = Scalar.self, rows steps: Range<Int>? = nil
  ) throws -> [Scalar] {
    let tensor = try tensor(name, steps: steps)
    guard tensor.dataType == Scalar.dataType else {
      throw BufferFileError.wrongDataType(path, column: name, expected: Scalar.dataType, found: tensor.dataType)
    }
    return try tensor.scalars()
  }
}

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

  fileprivate init(_ file: BufferFile) throws(BufferFileError) {
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
    for number in entries.indices where entries[number].kind == .rows && entries[number].rows.overlaps(range) {
      parts.append(try batch(entries[number], number: number).slice(range))
    }
    guard let first = parts.first, parts.count > 1 else { return parts.first ?? RowBatch.empty(schema, at: range.lowerBound) }
    let columns = try schema.columns.indices.map { column in
      try Tensor(concatenating: parts.map { $0.columns[column] })
    }
    return RowBatch(firstRow: first.firstRow, steps: parts.flatMap(\.steps), columns: columns)
  }

  /// The rows of one row group.
  func batch(_ entry: FrameEntry, number: Int) throws(BufferFileError) -> RowBatch {
    if let batch = latest.batch(number) { return batch }
    let record = try file.record(entry, number: number)
    let place = file.place(entry, number: number)
    let schema = schema
    let batch = try FrameReader.decode(place) { () throws(RecordError) in try RowRecord.decode(record, schema: schema) }
    guard batch.rows == entry.rows else {
      throw .inconsistent(place, reason: "it holds the rows \(batch.rows), the index says \(entry.rows)")
    }
    latest.set(number, batch)
    return batch
  }
}

extension RowBatch {
  /// The rows of the batch that lie in `range` too.
  func slice(_ range: Range<Int>) -> RowBatch {
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
