internal import StateTree

/// Some rows of a buffer whose step numbers count on, as the bytes of their columns: for whoever moves them elsewhere at
/// once. The bytes may lie in what was read, so nobody should keep them.
public struct RowBytes: Sendable {
  /// The positions of the rows.
  public let rows: Range<Int>
  /// The step number of the first row; nil if they do not count on from there, or there is none.
  public let firstStep: Int64?
  /// The columns in the order of the schema, row-major and little-endian.
  /// - Shape: `rows.count` times the bytes of a row of the column, each
  public let columns: [ArraySlice<UInt8>]

  /// Rows from their parts.
  /// - Precondition: The columns are of their schema.
  public init(rows: Range<Int>, firstStep: Int64?, columns: [ArraySlice<UInt8>]) {
    self.rows = rows
    self.firstStep = firstStep
    self.columns = columns
  }

  /// The bytes of a batch.
  /// - Throws: `ReplayBufferError` for columns of another schema.
  public init(_ batch: RowBatch, of schema: BufferSchema) throws(ReplayBufferError) {
    try schema.check(batch.columns, count: batch.count)
    let first = batch.steps.first
    let countsOn = batch.steps.indices.allSatisfy { batch.steps[$0] == (first ?? 0) &+ Int64($0) }
    self.init(rows: batch.rows, firstStep: countsOn ? first : nil, columns: batch.columns.map { $0.bytes[...] })
  }

  /// Checks that there are rows of all columns.
  func check(_ schema: BufferSchema) throws(ReplayBufferError) {
    guard columns.count == schema.columns.count else {
      throw .wrongColumnCount(expected: schema.columns.count, found: columns.count)
    }
    for (bytes, column) in zip(columns, schema.columns) {
      let (expected, overflow) = rows.count.multipliedReportingOverflow(by: column.rowBytes)
      guard bytes.count == expected, !overflow else {
        throw .columnMismatch(column.name, expected: "\(rows.count) times \(column.rowBytes) bytes", found: "\(bytes.count) bytes")
      }
    }
  }

  /// The same rows at another position.
  package func moved(to firstRow: Int) -> RowBytes {
    RowBytes(rows: firstRow..<firstRow + rows.count, firstStep: firstStep, columns: columns)
  }
}
