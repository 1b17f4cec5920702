internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// The record of a row group: every column of some rows.
/// - Source: `Format.md`, "rows".
enum RowRecord {
  static let kind = "rows"

  /// The bytes of the record.
  static func encode(
    _ batch: RowBatch, schema: BufferSchema, layout: BufferLayout, filter: ByteFilter? = nil
  ) throws(MessagePackError) -> [UInt8] {
    var writer = MessagePackWriter()
    _ = try encode(batch, schema: schema, layout: layout, filter: filter, to: &writer)
    return writer.bytes
  }

  /// Writes the record.
  /// - Returns: where zstd should begin a block, so that neighbours of other kinds do not spoil each other's tables.
  static func encode(
    _ batch: RowBatch, schema: BufferSchema, layout: BufferLayout, filter: ByteFilter?, to writer: inout MessagePackWriter
  ) throws(MessagePackError) -> [Int] {
    writer.reserve(batch.columns.reduce(512) { $0 + $1.bytes.count + 64 })
    let order = ColumnOrder(of: schema)
    try writeRows(batch.rows, order, to: &writer)
    if layout == .transitions, let first = batch.steps.first, Self.isConsecutive(batch.steps) {
      writer.write(first)
    } else {
      try writer.write(Tensor(vector: batch.steps))
    }
    return try write(batch.columns, schema, order, filter, to: &writer)
  }

  /// Writes all before the step numbers.
  static func writeRows(
    _ rows: Range<Int>, _ order: ColumnOrder, to writer: inout MessagePackWriter
  ) throws(MessagePackError) {
    try writer.writeMap(count: order.isChanged ? 6 : 5)
    try writer.write("kind")
    try writer.write(kind)
    try writer.write("first_row")
    writer.write(Int64(rows.lowerBound))
    try writer.write("count")
    writer.write(Int64(rows.count))
    try writer.write("steps")
  }

  /// Writes what is between the step numbers and the first column.
  static func writeColumns(_ order: ColumnOrder, to writer: inout MessagePackWriter) throws(MessagePackError) {
    if order.isChanged { try order.write(to: &writer) }
    try writer.write("columns")
    try writer.writeMap(count: order.positions.count)
  }

  /// Writes all of a column but its data, which comes next.
  static func writeHead(
    of column: ColumnSchema, rowCount: Int, _ filter: ByteFilter?, to writer: inout MessagePackWriter
  ) throws(MessagePackError) {
    let (shape, bytes) = ([rowCount] + column.shape, rowCount * column.rowBytes)
    try writer.write(column.name)
    if let filter = filter?.suiting(column) {
      try writer.writeHead(ofFiltered: column.dataType, filter, shape: shape, byteCount: bytes)
    } else {
      try writer.writeHead(ofTensor: column.dataType, shape: shape, byteCount: bytes)
    }
  }

  private static func write(
    _ columns: [Tensor], _ schema: BufferSchema, _ order: ColumnOrder, _ filter: ByteFilter?,
    to writer: inout MessagePackWriter
  ) throws(MessagePackError) -> [Int] {
    var blocks = ColumnBlocks(rowBytes: schema.rowBytes)
    try writeColumns(order, to: &writer)
    for index in order.positions {
      let (column, tensor) = (schema.columns[index], columns[index])
      try writeHead(of: column, rowCount: tensor.rowCount, filter, to: &writer)
      let filter = filter?.suiting(column)
      let data = filter?.applied(to: tensor.bytes, itemBytes: column.dataType.itemBytes) ?? tensor.bytes
      writer.append(bodyPart: data[...])
      blocks.add(data: writer.bytes.count - data.count..<writer.bytes.count)
    }
    return blocks.starts(recordBytes: writer.bytes.count)
  }

  private static func isConsecutive(_ steps: [Int64]) -> Bool {
    guard let first = steps.first else { return false }
    return steps.indices.allSatisfy { steps[$0] == first &+ Int64($0) }
  }

  /// The rows of a record.
  static func decode(
    _ value: StateValue, schema: BufferSchema, layout: BufferLayout
  ) throws(RecordError) -> RowBatch {
    let rows = try rows(of: value)
    do throws(StateTreeError) {
      let reader = try StateReader(value, at: [StateKey(kind)])
      let columns = try reader.reader("columns")
      var tensors: [Tensor] = []
      for column in schema.columns {
        let tensor = try tensor(column.name, in: columns)
        guard tensor.dataType == column.dataType, tensor.shape == [rows.count] + column.shape else {
          throw .invalidValue(
            path: (columns.path / StateKey(column.name)).description, found: tensor.summary,
            expected: "\(column.dataType) \([rows.count] + column.shape)")
        }
        tensors.append(tensor)
      }
      let steps = try steps(reader, count: rows.count, layout)
      return RowBatch(firstRow: rows.lowerBound, steps: steps, columns: tensors)
    } catch {
      throw .state(error)
    }
  }

  /// The tensor of a column, which says itself whether it is filtered.
  static func tensor(_ column: String, in columns: StateReader) throws(StateTreeError) -> Tensor {
    let key = StateKey(column)
    guard case .map = try columns.value(key) else { return try columns.tensor(key) }
    return try ByteFilter.tensor(of: columns.reader(key))
  }

  /// Which rows a record says it holds.
  static func rows(of value: StateValue) throws(RecordError) -> Range<Int> {
    let reader = try StateReader(record: value, kind: kind)
    do throws(StateTreeError) {
      let (first, count) = (try reader.count("first_row"), try reader.count("count"))
      guard first < 1 << 60 else {
        throw .invalidValue(path: "rows/first_row", found: "\(first)", expected: "less than 2^60")
      }
      guard (1...FormatLimits.rowsPerRecord).contains(count) else {
        throw .invalidValue(path: "rows/count", found: "\(count)", expected: "1 to \(FormatLimits.rowsPerRecord)")
      }
      return first..<first + count
    } catch {
      throw .state(error)
    }
  }

  private static func steps(
    _ reader: StateReader, count: Int, _ layout: BufferLayout
  ) throws(StateTreeError) -> [Int64] {
    if case .int(let first) = try reader.value("steps") {
      guard (0...FormatLimits.endOfSteps - Int64(count)).contains(first) else {
        throw .invalidValue(path: "rows/steps", found: "\(first)", expected: "0 to 2^60")
      }
      return (0..<Int64(count)).map { first + $0 }
    }
    let steps: [Int64] = try reader.vector("steps")
    guard steps.count == count else {
      throw .invalidValue(path: "rows/steps", found: "\(steps.count) step numbers", expected: "\(count)")
    }
    let first: Int64 = layout == .episodes ? -1 : 0
    guard let wrong = steps.first(where: { $0 < first || $0 >= FormatLimits.endOfSteps }) else { return steps }
    throw .invalidValue(path: "rows/steps", found: "\(wrong)", expected: "\(first) to 2^60")
  }
}
