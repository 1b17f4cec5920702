internal import StateTree

/// Contents as a buffer of other settings sees them: with its capacity, its names of columns and its types.
struct AdaptedContents<Base: BufferContents>: BufferContents {
  private let base: Base
  let schema: BufferSchema
  private let adapted: AdaptedState
  /// For every column of `schema` its position among the saved ones, and the type to cast to.
  private let columns: [(source: Int, castTo: DataType?)]

  /// The contents as a buffer of the schema and capacity of `buffer` sees them, if that is allowed.
  /// - Throws: `ReplayBufferError.differentSchema`, `.differentCapacity`, and what reading the state throws.
  init<Buffer: SavableBuffer>(_ base: Base, for buffer: Buffer, _ adaptation: BufferAdaptation) throws {
    self.base = base
    schema = buffer.schema
    columns = try Self.columns(of: base.schema, for: schema, adaptation)
    adapted = try AdaptedState(
      base.state(), capacity: buffer.capacity, adaptation.capacity, possible: Buffer.capacityRules)
  }

  var kind: String { base.kind }
  var layout: BufferLayout { base.layout }
  var rowCount: Int { base.rowCount }
  func state() -> StateValue { adapted.state }

  func rows(_ range: Range<Int>) throws -> RowBatch { try adapted(base.rows(range)) }

  func forEachStoredBatch(_ body: (RowBatch) throws -> Void) throws {
    try base.forEachStoredBatch { try body(adapted($0)) }
  }

  func forEachStoredBytes(_ body: @escaping @Sendable (RowBytes) throws -> Void) throws {
    try base.forEachStoredBytes { try body(adapted($0)) }
  }

  private func adapted(_ batch: RowBatch) throws -> RowBatch {
    guard batch.columns.count == base.schema.columns.count else {
      throw ReplayBufferError.wrongColumnCount(expected: base.schema.columns.count, found: batch.columns.count)
    }
    let adapted = try columns.map { source, type in
      try type.map { try batch.columns[source].cast(to: $0) } ?? batch.columns[source]
    }
    return RowBatch(firstRow: batch.firstRow, steps: batch.steps, columns: adapted)
  }

  private func adapted(_ batch: RowBytes) throws -> RowBytes {
    try batch.check(base.schema)
    let adapted = try columns.map { source, type in
      let (saved, bytes) = (base.schema.columns[source], batch.columns[source])
      guard let type else { return bytes }
      return try Tensor(saved.dataType, shape: [batch.rows.count] + saved.shape, bytes: Array(bytes)).cast(to: type).bytes[...]
    }
    return RowBytes(rows: batch.rows, firstStep: batch.firstStep, columns: adapted)
  }

  /// What is different from what was saved, once the buffer has `count` steps of it.
  func report(count: Int, capacity: Int) -> AdaptationReport {
    let cast = zip(schema.columns, columns).filter { $1.castTo != nil }
      .map { ($0.name, base.schema.columns[$1.source].dataType) }
    let renamed = zip(schema.columns, columns).map { ($0.name, base.schema.columns[$1.source].name) }
      .filter { !$0.utf8.elementsEqual($1.utf8) }
    return adapted.report(
      count: count, capacity: capacity,
      renamedColumns: Dictionary(uniqueKeysWithValues: renamed), castColumns: Dictionary(uniqueKeysWithValues: cast))
  }

  private static func columns(
    of saved: BufferSchema, for schema: BufferSchema, _ adaptation: BufferAdaptation
  ) throws(ReplayBufferError) -> [(source: Int, castTo: DataType?)] {
    let different = ReplayBufferError.differentSchema(saved: saved.description, expected: schema.description)
    guard saved.columns.count == schema.columns.count else { throw different }
    var columns: [(source: Int, castTo: DataType?)] = []
    for column in schema.columns {
      guard let source = saved.index(of: adaptation.renamedColumns[column.name] ?? column.name),
        !columns.contains(where: { $0.source == source }), saved.columns[source].shape == column.shape
      else { throw different }
      let isSame = saved.columns[source].dataType == column.dataType
      guard isSame || adaptation.castColumns.contains(column.name) else { throw different }
      columns.append((source, isSame ? nil : column.dataType))
    }
    return columns
  }
}
