internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// The order of the columns in the record of a row group: that of the schema, but in all but rows of images `truncateds`
/// stand before `terminateds`.
///
/// Truncations are rare, often there are none; behind a column of zeros zstd finds the zeros of the next one by an offset
/// that costs it nothing. On CartPole that is one part in 500 of the file. Columns are looked up by their names; the record
/// says its order for the one case that the header, and with it the schema, is lost.
/// - Source: `Format.md`, "rows".
struct ColumnOrder {
  private static let key: StateKey = "order"

  /// For each column of the record its position in the schema.
  let positions: [Int]

  /// Whether it is not that of the schema, so that the record has to say it.
  let isChanged: Bool

  /// The order in which the columns of a schema are written.
  init(of schema: BufferSchema) {
    var positions = Array(schema.columns.indices)
    // Beside images flags are nothing, and to say the order would cost more than it saves.
    if FormatLimits.areSmall(rowBytes: schema.rowBytes), let first = schema.index(of: "terminateds"),
      let second = schema.index(of: "truncateds"), first < second
    {
      positions.swapAt(first, second)
    }
    self.positions = positions
    isChanged = positions != Array(positions.indices)
  }

  /// Writes the key and the order.
  func write(to writer: inout MessagePackWriter) throws(MessagePackError) {
    try writer.write(Self.key.string)
    try writer.writeList(count: positions.count)
    for position in positions { writer.write(Int64(position)) }
  }

  /// The columns of a record, given as they stand in it, in the order of the schema that wrote them. A record that does not
  /// say it has that order, and so is one taken whose order is none.
  static func schemaOrder(_ columns: [ColumnSchema], in record: StateValue) -> [ColumnSchema] {
    guard case .array(let list)? = record[key] else { return columns }
    var ordered = [ColumnSchema?](repeating: nil, count: columns.count)
    for (column, position) in zip(columns, list) {
      guard case .int(let position) = position, let place = Int(exactly: position), ordered.indices.contains(place)
      else { return columns }
      ordered[place] = column
    }
    let found = ordered.compactMap { $0 }
    return found.count == columns.count && list.count == columns.count ? found : columns
  }
}
