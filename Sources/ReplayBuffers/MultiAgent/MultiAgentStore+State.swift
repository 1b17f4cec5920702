internal import StateTree

extension MultiAgentStore {
  /// What a module's contents are besides its rows, for one that has priorities.
  struct ModulePriorities {
    let settings: StateMap
    let leaves: PriorityLeaves
  }

  /// The store at this moment as the snapshot of a buffer.
  /// - Parameter priorities: Those of each module, by its position; empty without any.
  func snapshot(
    kind: String, moduleKind: String, adding more: StateMap, priorities: [ModulePriorities] = []
  ) -> MultiAgentBufferSnapshot {
    var settings: StateMap = [
      "capacity": .integer(capacity), "num_timesteps": .integer(stepCount),
      "num_timesteps_added": .integer(insertionCount),
      "num_episodes_evicted": .integer(episodes.positions.lowerBound), "sampled_timesteps": .integer(sampledCount),
      "first_step": .integer(steps.positions.lowerBound), "next_step": .integer(nextStep),
    ]
    for (key, value) in more { settings[key] = value }
    let order = modulesInOrder
    var positions = order
    for (position, module) in order.enumerated() { positions[module] = position }
    let contents = order.map { self.contents(of: $0, kind: moduleKind, priorities.isEmpty ? nil : priorities[$0]) }
    return MultiAgentBufferSnapshot(
      kind: kind, modules: order.map { modules[$0].id }, contents: contents, settings: settings,
      table: MultiAgentTable(episodes: episodes, positions: positions))
  }

  /// A module as the contents of a buffer without capacity and generator: those of all modules count.
  private func contents(of module: Int, kind: String, _ priorities: ModulePriorities?) -> BufferSnapshot {
    let store = modules[module].store
    var settings = store.settings
    settings["capacity"] = nil
    for (key, value) in priorities?.settings ?? [:] { settings[key] = value }
    return BufferSnapshot(
      kind: kind, schema: store.columns.schema, source: .episodes(EpisodeRows(store)), settings: settings,
      priorities: priorities?.leaves)
  }
}

extension EpisodeStore {
  /// When the agent of an episode acted, for the store of a module of a multi-agent buffer, whose last column says it.
  func times(of episode: Episode) -> [Int] {
    let rows = episode.firstRow..<episode.firstRow + episode.length
    let log = lanes[episode.lane].log
    return gather(rows.map(log.address), column: columns.schema.columns.count - 1).integers()?.map(Int.init) ?? []
  }
}

extension StepRuns {
  /// Steps at these times with these numbers, which go up.
  init(times: some Collection<Int>, numbers: [Int]) {
    for (time, number) in zip(times, numbers) { append(Run(time: time, number: number, count: 1)) }
  }
}

extension BufferStateReader {
  /// The state of multi-agent contents, which must be of the given kind.
  init(_ contents: some MultiAgentBufferContents, kind: String, defaults: BufferDefaults) throws {
    guard contents.kind == kind else { throw ReplayBufferError.wrongKind(expected: kind, found: contents.kind) }
    do {
      reader = try StateReader(contents.state())
    } catch {
      throw (error as? StateTreeError).map(ReplayBufferError.state) ?? error
    }
    self.defaults = defaults
  }
}
