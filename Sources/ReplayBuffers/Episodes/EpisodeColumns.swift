internal import StateTree

/// Which column of a schema of episodes means what.
struct EpisodeColumns: Sendable {
  let schema: BufferSchema
  let observation: Int
  let action: Int
  let reward: Int
  /// All others.
  let extras: [Int]

  /// The columns of `schema`, which must have `obs`, `actions` and `rewards`.
  init(_ schema: BufferSchema) throws(ReplayBufferError) {
    self.schema = schema
    observation = try Self.index("obs", schema)
    action = try Self.index("actions", schema)
    reward = try Self.index("rewards", schema)
    let column = schema.columns[reward]
    guard column.shape.isEmpty, column.dataType.kind != .complex, column.dataType.kind != .opaque else {
      throw .invalidSchema(
        "the column \"rewards\" is \(column.dataType) \(column.shape), expected one real number a step")
    }
    let roles = [observation, action, reward]
    extras = schema.columns.indices.filter { !roles.contains($0) }
  }

  private static func index(_ name: String, _ schema: BufferSchema) throws(ReplayBufferError) -> Int {
    guard let index = schema.index(of: name) else { throw .invalidSchema("it has no column \"\(name)\"") }
    return index
  }

  /// What a row in a lane is: the schema, and the number of its step.
  var laneColumns: [ColumnSchema] { schema.columns + [ColumnSchema("step", .int64)] }
  /// The position of the step number in a lane's row.
  var step: Int { schema.columns.count }

  /// The columns of a fragment in the order of the schema; the observations have a row more than the others.
  func tensors(of fragment: EpisodeFragment) throws(ReplayBufferError) -> [Tensor] {
    let own: [StateKey: Tensor] = [
      "obs": fragment.observations, "actions": fragment.actions, "rewards": fragment.rewards,
    ]
    for name in fragment.extraColumns.keys.sorted() where own[name] != nil {
      throw .unknownColumn(name.string, known: extras.map { schema.columns[$0].name })
    }
    let tensors = try schema.ordered(own.merging(fragment.extraColumns) { own, _ in own })
    for (index, column) in schema.columns.enumerated() {
      let rows = index == observation ? fragment.length + 1 : fragment.length
      try column.check(tensors[index], shape: [rows] + column.shape)
    }
    return tensors
  }

  /// The bytes of a row that holds only a final observation.
  func finalRow(_ observation: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var row = schema.columns.map { [UInt8](repeating: 0, count: $0.rowBytes)[...] }
    row[self.observation] = observation
    return row + [Tensor(vector: [Int64(-1)]).bytes[...]]
  }
}
