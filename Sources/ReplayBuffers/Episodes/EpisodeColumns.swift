internal import StateTree

/// Which column of a schema of episodes means what.
struct EpisodeColumns: Sendable {
  let schema: BufferSchema
  /// `obs`, or the parts of a dictionary of observations, `obs/...`.
  let observations: [Int]
  /// The names of these.
  let observationNames: [StateKey]
  let action: Int
  let reward: Int
  /// All others.
  let extras: [Int]

  /// The columns of `schema`, which must have `obs` or parts of it, `actions` and `rewards`.
  init(_ schema: BufferSchema) throws(ReplayBufferError) {
    self.schema = schema
    observations = schema.columns.indices.filter { schema.columns[$0].holdsObservations }
    guard !observations.isEmpty else { throw .invalidSchema("it has no column \"obs\" and no \"obs/...\"") }
    observationNames = observations.map { StateKey(schema.columns[$0].name) }
    action = try Self.index("actions", schema)
    reward = try Self.index("rewards", schema)
    let column = schema.columns[reward]
    guard column.shape.isEmpty, column.dataType.kind != .complex, column.dataType.kind != .opaque else {
      throw .invalidSchema(
        "the column \"rewards\" is \(column.dataType) \(column.shape), expected one real number a step")
    }
    let roles = observations + [action, reward]
    extras = schema.columns.indices.filter { !roles.contains($0) }
  }

  private static func index(_ name: String, _ schema: BufferSchema) throws(ReplayBufferError) -> Int {
    guard let index = schema.index(of: name) else { throw .invalidSchema("it has no column \"\(name)\"") }
    return index
  }

  /// The columns of a fragment in the order of the schema; the observations have a row more than the others.
  func tensors(of fragment: EpisodeFragment) throws(ReplayBufferError) -> [Tensor] {
    for name in fragment.observationParts.keys.sorted() where !observationNames.contains(name) {
      throw .unknownColumn(name.string, known: observationNames.map(\.string))
    }
    let roles: [StateKey: Tensor] = ["actions": fragment.actions, "rewards": fragment.rewards]
    let own = roles.merging(fragment.observationParts) { role, _ in role }
    for name in fragment.extraColumns.keys.sorted() where own[name] != nil || observationNames.contains(name) {
      throw .unknownColumn(name.string, known: extras.map { schema.columns[$0].name })
    }
    let tensors = try schema.ordered(own.merging(fragment.extraColumns) { own, _ in own })
    for (index, column) in schema.columns.enumerated() {
      let rows = column.holdsObservations ? fragment.length + 1 : fragment.length
      try column.check(tensors[index], shape: [rows] + column.shape)
    }
    return tensors
  }

  /// One observation, its parts one behind the other in the order of the schema: the last of `sources`, given as the
  /// bytes of each column.
  func lastObservation(_ sources: [ArraySlice<UInt8>]) -> [UInt8] {
    observations.flatMap { sources[$0].suffix(schema.columns[$0].rowBytes) }
  }

  /// One part of an observation.
  func part(_ column: Int, of observation: [UInt8]) -> ArraySlice<UInt8> {
    let start = observations.prefix { $0 != column }.reduce(0) { $0 + schema.columns[$1].rowBytes }
    return observation[start..<start + schema.columns[column].rowBytes]
  }

  /// The bytes of a row that holds only a final observation.
  func finalRow(_ observation: [UInt8]) -> [ArraySlice<UInt8>] {
    var row = schema.columns.map { [UInt8](repeating: 0, count: $0.rowBytes)[...] }
    for column in observations { row[column] = part(column, of: observation) }
    return row
  }
}
