internal import StateTree

extension MultiAgentStore {
  /// The positions of all modules, ordered by the bytes of their names.
  var modulesInOrder: [Int] {
    modules.indices.sorted { StateKey(modules[$0].id) < StateKey(modules[$1].id) }
  }
  /// The names of all modules, ordered by their bytes.
  var moduleIDs: [String] { modulesInOrder.map { modules[$0].id } }

  /// The position of a module.
  /// - Throws: `ReplayBufferError.unknownModule`.
  func index(ofModule id: String) throws(ReplayBufferError) -> Int {
    guard let index = moduleOfID[StateKey(id)] else { throw .unknownModule(id, known: moduleIDs) }
    return index
  }

  /// Declares a module whose agents' steps have these columns, and that time besides.
  /// - Throws: `ReplayBufferError.knownModule`, `.invalidSchema`.
  mutating func addModule(_ id: String, schema: BufferSchema) throws(ReplayBufferError) {
    let name = AgentFragment.timeColumn.name
    guard schema.index(of: name) == nil else {
      throw .invalidSchema("the column \"\(name)\" is the buffer's own: when an agent acted")
    }
    let full = try BufferSchema(schema.columns + [AgentFragment.timeColumn])
    try addModule(id, store: EpisodeStore(capacity: BufferStateReader.largestCount, schema: full))
  }

  /// Takes a store as a module's.
  /// - Throws: `ReplayBufferError.knownModule`.
  mutating func addModule(_ id: String, store: EpisodeStore) throws(ReplayBufferError) {
    guard moduleOfID[StateKey(id)] == nil else { throw .knownModule(id) }
    moduleOfID[StateKey(id)] = modules.count
    let owners = PagedWindow(startingAt: store.episodes.positions.lowerBound, filler: Owner.nobody, pageShift: 8)
    modules.append(Module(id: id, store: store, owners: owners))
  }

  /// How much went through the store of a module.
  /// - Throws: `ReplayBufferError.unknownModule`.
  func counters(ofModule id: String) throws(ReplayBufferError) -> EpisodeCounters {
    modules[try index(ofModule: id)].store.counters
  }

  /// The columns that a module was declared with.
  /// - Throws: `ReplayBufferError.unknownModule`.
  func schema(ofModule id: String) throws(ReplayBufferError) -> BufferSchema {
    let full = modules[try index(ofModule: id)].store.columns.schema
    return try BufferSchema(full.columns.filter { $0 != AgentFragment.timeColumn })
  }
}
