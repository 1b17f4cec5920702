internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// The record of a row group: every column of some rows.
/// - Source: `Format.md`, "rows".
enum RowRecord {
  static let kind = "rows"

  /// The bytes of the record.
  static func encode(
    _ batch: RowBatch, schema: BufferSchema, layout: BufferLayout
  ) throws(MessagePackError) -> [UInt8] {
    var writer = MessagePackWriter()
    writer.reserve(batch.columns.reduce(512) { $0 + $1.bytes.count + 64 })
    try writer.writeMap(count: 5)
    try writer.write("kind")
    try writer.write(kind)
    try writer.write("first_row")
    writer.write(Int64(batch.firstRow))
    try writer.write("count")
    writer.write(Int64(batch.count))
    try writer.write("steps")
    if layout == .transitions, let first = batch.steps.first, Self.isConsecutive(batch.steps) {
      writer.write(first)
    } else {
      try writer.write(Tensor(vector: batch.steps))
    }
    try writer.write("columns")
    try writer.writeMap(count: schema.columns.count)
    for (column, tensor) in zip(schema.columns, batch.columns) {
      try writer.write(column.name)
      try writer.write(tensor)
    }
    return writer.bytes
  }

  private static func isConsecutive(_ steps: [Int64]) -> Bool {
    guard let first = steps.first else { return false }
    return steps.indices.allSatisfy { steps[$0] == first &+ Int64($0) }
  }

  /// The rows of a record.
  static func decode(_ value: StateValue, schema: BufferSchema) throws(RecordError) -> RowBatch {
    let reader = try StateReader(record: value, kind: kind)
    do throws(StateTreeError) {
      let count = try reader.count("count")
      let columns = try reader.reader("columns")
      var tensors: [Tensor] = []
      for column in schema.columns {
        let tensor = try columns.tensor(StateKey(column.name))
        guard tensor.dataType == column.dataType, tensor.shape == [count] + column.shape else {
          throw .invalidValue(
            path: (columns.path / StateKey(column.name)).description, found: tensor.summary,
            expected: "\(column.dataType) \([count] + column.shape)")
        }
        tensors.append(tensor)
      }
      let firstRow = try reader.count("first_row")
      return RowBatch(firstRow: firstRow, steps: try steps(reader, count: count), columns: tensors)
    } catch {
      throw .state(error)
    }
  }

  private static func steps(_ reader: StateReader, count: Int) throws(StateTreeError) -> [Int64] {
    let value = try reader.value("steps")
    if case .int(let first) = value, first >= 0, first < 1 << 60 { return (0..<Int64(count)).map { first + $0 } }
    let steps: [Int64] = try reader.vector("steps")
    guard steps.count == count else {
      throw .invalidValue(path: "rows/steps", found: "\(steps.count) step numbers", expected: "\(count)")
    }
    return steps
  }
}
