internal import ReplayBuffers

/// The order of the columns in the record of a row group: that of the schema, but `truncateds` stand before `terminateds`.
///
/// Nobody reads by it. Truncations are rare, often there are none; behind a column of zeros zstd finds the zeros of the
/// next one by an offset that costs it nothing. On CartPole that is one part in 500 of the file.
/// - Source: `Format.md`, "rows".
enum ColumnOrder {
  /// The positions in the schema of the columns as they stand in a record.
  static func inRecord(of schema: BufferSchema) -> [Int] {
    exchanging("terminateds", before: "truncateds", in: schema)
  }

  /// The positions in a record, whose columns are given as a schema, of the columns of the schema that wrote it.
  static func inSchema(ofRecord columns: BufferSchema) -> [Int] {
    exchanging("truncateds", before: "terminateds", in: columns)
  }

  private static func exchanging(_ first: String, before second: String, in schema: BufferSchema) -> [Int] {
    var order = Array(schema.columns.indices)
    if let place = schema.index(of: first), let other = schema.index(of: second), place < other {
      order.swapAt(place, other)
    }
    return order
  }
}
