internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// The record of a row group as rlbuf writes it: all but the data of its columns follows from schema and index.
///
/// A record that is so to the byte needs no parsing, and its columns can be used where they lie. Any other one may be as
/// good, and is parsed.
/// - Source: `Format.md`, "rows".
struct PredictedRows {
  let schema: BufferSchema
  let layout: BufferLayout
  let filter: ByteFilter?

  /// The rows of a record; nil if it is not what was to be expected.
  func rows(of record: [UInt8], _ entry: FrameEntry) -> RowBytes? {
    // Only what the parser takes, too.
    guard layout == .transitions, entry.rows.lowerBound >= 0, entry.steps.lowerBound >= 0,
      (1...FormatLimits.rowsPerRecord).contains(entry.rows.count), entry.steps.count == entry.rows.count,
      entry.steps.upperBound <= Int(FormatLimits.endOfSteps)
    else { return nil }
    let first = Int64(entry.steps.lowerBound)
    guard let columns = try? columns(of: record, entry.rows, firstStep: first) else { return nil }
    return RowBytes(rows: entry.rows, firstStep: first, columns: columns)
  }

  private func columns(
    of record: [UInt8], _ rows: Range<Int>, firstStep: Int64
  ) throws(MessagePackError) -> [ArraySlice<UInt8>]? {
    var columns = [ArraySlice<UInt8>](repeating: [], count: schema.columns.count)
    var rest = record[...]
    var expected = MessagePackWriter()
    let order = ColumnOrder(of: schema)
    try RowRecord.writeRows(rows, order, to: &expected)
    expected.write(firstStep)
    try RowRecord.writeColumns(order, to: &expected)
    for index in order.positions {
      let column = schema.columns[index]
      try RowRecord.writeHead(of: column, rowCount: rows.count, filter, to: &expected)
      let dataBytes = rows.count * column.rowBytes
      guard rest.starts(with: expected.bytes), rest.count - expected.bytes.count >= dataBytes else { return nil }
      rest = rest.dropFirst(expected.bytes.count)
      expected.removeAll()
      let data = rest.prefix(dataBytes)
      columns[index] = filter?.suiting(column)?.removed(from: data, itemBytes: column.dataType.itemBytes)[...] ?? data
      rest = rest.dropFirst(dataBytes)
    }
    return rest.isEmpty ? columns : nil
  }
}
