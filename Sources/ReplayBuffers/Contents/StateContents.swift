public import StateTree

/// The contents of a buffer in one value of state, as `state` of a buffer gives it.
///
/// Its keys: `kind`, `layout`, `schema`, `rows` with `steps` and `columns`, and `state`.
public struct StateContents: BufferContents {
  /// The type that made it.
  public let kind: String
  /// How the rows lie.
  public let layout: BufferLayout
  /// The columns.
  public let schema: BufferSchema
  private let steps: [Int64]
  private let columns: [Tensor]
  private let rest: StateValue

  /// The contents in `state`.
  /// - Throws: `ReplayBufferError.state` for another form, `.invalidSchema`, `.wrongColumnCount` and `.columnMismatch`
  ///   for columns that are not the schema's.
  public init(_ state: StateValue) throws(ReplayBufferError) {
    let parts: Parts
    do throws(StateTreeError) { parts = try Parts(StateReader(state)) } catch { throw .state(error) }
    schema = try BufferSchema(state: parts.schema)
    columns = try schema.ordered(parts.columns)
    try schema.check(columns, count: parts.steps.count)
    (kind, layout, steps, rest) = (parts.kind, parts.layout, parts.steps, parts.rest)
  }

  /// How many rows there are.
  public var rowCount: Int { steps.count }

  /// Everything but the rows.
  public func state() -> StateValue { rest }

  /// Some rows.
  /// - Precondition: `range` lies in `0..<rowCount`.
  public func rows(_ range: Range<Int>) -> RowBatch {
    RowBatch(firstRow: range.lowerBound, steps: Array(steps[range]), columns: columns.map { $0.rows(range) })
  }

  private struct Parts {
    let kind: String
    let layout: BufferLayout
    let schema: [StateValue]
    let steps: [Int64]
    var columns: [StateKey: Tensor] = [:]
    let rest: StateValue

    init(_ reader: StateReader) throws(StateTreeError) {
      kind = try reader.string("kind")
      let name = try reader.string("layout")
      guard let layout = BufferLayout(rawValue: name) else {
        throw .invalidValue(path: "layout", found: name, expected: "transitions or episodes")
      }
      self.layout = layout
      schema = try reader.array("schema")
      let rows = try reader.reader("rows")
      steps = try rows.vector("steps")
      let named = try rows.reader("columns")
      rest = try reader.value("state")
      for key in named.map.keys { columns[key] = try named.tensor(key) }
    }
  }
}

extension BufferSnapshot {
  /// Everything in one value that `StateContents` reads.
  /// - Complexity: O(rows)
  public var selfContainedState: StateValue {
    let all = rows(0..<rowCount)
    let columns = StateMap(zip(schema.columns, all.columns).map { (StateKey($0.name), .tensor($1)) })
    return [
      "kind": .string(kind), "layout": .string(layout.rawValue), "schema": schema.state,
      "rows": ["steps": .tensor(Tensor(vector: all.steps)), "columns": .map(columns)],
      "state": state(),
    ]
  }
}
