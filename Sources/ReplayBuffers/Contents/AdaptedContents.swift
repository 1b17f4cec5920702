internal import StateTree

/// Contents as a buffer of other settings sees them: with its capacity, its names of columns and its types.
struct AdaptedContents<Base: BufferContents>: BufferContents {
  private let base: Base
  let schema: BufferSchema
  /// The capacity that the contents were saved with, and how many steps they have; nil if they do not say it.
  let savedCapacity, savedSteps: Int?
  private let saved: StateValue
  /// For every column of `schema` its position among the saved ones, and the type to cast to.
  private let columns: [(source: Int, castTo: DataType?)]

  /// The contents as a buffer of the schema and capacity of `buffer` sees them, if that is allowed.
  /// - Throws: `ReplayBufferError.differentSchema`, `.differentCapacity`, and what reading the state throws.
  init<Buffer: SavableBuffer>(_ base: Base, for buffer: Buffer, _ adaptation: BufferAdaptation) throws {
    let (schema, capacity) = (buffer.schema, buffer.capacity)
    self.base = base
    self.schema = schema
    columns = try Self.columns(of: base.schema, for: schema, adaptation)
    let saved = try base.state()
    savedCapacity = try Self.count("capacity", in: saved)
    savedSteps = try Self.count("num_timesteps", in: saved)
    try Self.check(savedCapacity, capacity, adaptation.capacity, Buffer.capacityRules)
    guard case .map(var map) = saved, savedCapacity != nil else {
      self.saved = saved
      return
    }
    map["capacity"] = .integer(capacity)
    self.saved = .map(map)
  }

  var kind: String { base.kind }
  var layout: BufferLayout { base.layout }
  var rowCount: Int { base.rowCount }
  func state() -> StateValue { saved }

  func rows(_ range: Range<Int>) throws -> RowBatch {
    let batch = try base.rows(range)
    guard batch.columns.count == base.schema.columns.count else {
      throw ReplayBufferError.wrongColumnCount(expected: base.schema.columns.count, found: batch.columns.count)
    }
    let adapted = try columns.map { source, type in
      try type.map { try batch.columns[source].cast(to: $0) } ?? batch.columns[source]
    }
    return RowBatch(firstRow: batch.firstRow, steps: batch.steps, columns: adapted)
  }

  /// A count of the state, nil if it says nothing.
  private static func count(_ key: StateKey, in state: StateValue) throws -> Int? {
    guard let value = state[key], value != .nil else { return nil }
    do { return try StateReader(state).count(key) } catch { throw ReplayBufferError.state(error) }
  }

  private static func check(
    _ saved: Int?, _ capacity: Int, _ rule: BufferAdaptation.CapacityRule, _ possible: Set<BufferAdaptation.CapacityRule>
  ) throws(ReplayBufferError) {
    guard let saved, saved != capacity else { return }
    let needed: BufferAdaptation.CapacityRule = capacity > saved ? .grow : .keepNewest
    guard possible.contains(needed), rule == needed || rule == .keepNewest else {
      throw .differentCapacity(saved: saved, capacity: capacity)
    }
  }

  /// What is different from what was saved, once the buffer has `count` steps of it.
  func report(count: Int, capacity: Int) -> AdaptationReport {
    let cast = zip(schema.columns, columns).filter { $1.castTo != nil }
      .map { ($0.name, base.schema.columns[$1.source].dataType) }
    let renamed = zip(schema.columns, columns).map { ($0.name, base.schema.columns[$1.source].name) }
      .filter { !$0.utf8.elementsEqual($1.utf8) }
    return AdaptationReport(
      savedCapacity: savedCapacity, capacity: capacity, droppedSteps: max(0, (savedSteps ?? count) - count),
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
