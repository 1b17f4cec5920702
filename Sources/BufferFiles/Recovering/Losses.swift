internal import ReplayBuffers
internal import StateTree

/// What of a file is lost, by what its index, its summary, its table of episodes and the numbers of its rows tell.
struct Losses {
  /// The rows that are lost.
  private(set) var rows: [RecoveryReport.LostRows] = []
  /// The values of the state that are lost.
  private(set) var statePaths: [StatePath]
  /// Whether it is known how many rows and what state there were.
  let isEndKnown: Bool
  /// What is left of the state, with the counters that the summary repeats.
  let state: StateValue
  /// The episodes before the loss, if they are known.
  let table: EpisodeTable?

  private let salvage: Salvage
  private let facts: [RowFacts]
  private let priorities: StateSalvage.PartialPriorities?

  init(_ salvage: Salvage) throws(BufferFileError) {
    let found = try StateSalvage(salvage)
    self.salvage = salvage
    facts = salvage.rowGroups.compactMap(\.facts)
    priorities = found.priorities
    isEndKnown = salvage.index?.isComplete == true || salvage.summary != nil
    state = Self.completed(found.value, salvage)
    table = Self.table(state)
    statePaths = Self.lostPaths(salvage, found.lost, state)
    rows = lostRows()
  }

  /// Whether nothing is lost.
  var isNothing: Bool { rows.isEmpty && statePaths.isEmpty && isEndKnown && salvage.hasHeader }

  /// The counters of the summary are those at the top of the state.
  private static func completed(_ state: StateValue, _ salvage: Salvage) -> StateValue {
    guard case .map(var map) = state, let counters = salvage.summary?.counters else { return state }
    for (key, value) in counters where map[key] == nil { map[key] = value }
    return .map(map)
  }

  private static func table(_ state: StateValue) -> EpisodeTable? {
    guard let value = state["episodes"], let reader = try? StateReader(value, at: ["episodes"]) else { return nil }
    return try? EpisodeTable(state: reader)
  }

  private static func lostPaths(_ salvage: Salvage, _ broken: [StatePath], _ state: StateValue) -> [StatePath] {
    var lost: [StatePath] = []
    var known: Set<StatePath> = []
    func add(_ path: StatePath) { if known.insert(path).inserted { lost.append(path) } }
    for path in broken where !state.holds(path) { add(path) }
    let outline = salvage.summary?.outline ?? []
    for entry in outline where !state.holds(entry.path) { add(entry.path) }
    // The outline of a small state is all of it; of a large one the frames tell the rest.
    if outline.isEmpty || outline.count < salvage.summary?.stateValueCount ?? 0 {
      let whole = Set(salvage.state.map(\.sha256))
      for entry in salvage.index?.entries ?? [] where entry.kind == .state && !whole.contains(entry.sha256) {
        add(entry.path ?? [])
      }
    }
    return lost
  }

  /// How many rows there were, if anything tells.
  private var total: Int? {
    let index = salvage.index.flatMap { $0.isComplete ? $0 : nil }
    let listed = index.map { $0.entries.last { $0.kind == .rows }?.rows.upperBound ?? 0 }
    let said = salvage.summary?.rowCount ?? listed ?? table?.rowCount ?? transitionCount
    return said.map { max($0, facts.last?.rows.upperBound ?? 0) }
  }

  /// How many transitions there were, as our own buffers count them.
  private var transitionCount: Int? {
    guard case .replayBuffer(let kind, .transitions, _)? = salvage.header?.content, BufferKind(kind) != .unknown,
      case .int(let count)? = state["num_timesteps"], (0..<1 << 60).contains(count)
    else { return nil }
    return Int(count)
  }

  private func lostRows() -> [RecoveryReport.LostRows] {
    var lost: [RecoveryReport.LostRows] = []
    var (end, before) = (0, Range<Int>?.none)
    for part in facts {
      if part.rows.lowerBound > end { lost.append(loss(of: end..<part.rows.lowerBound, before, part.steps)) }
      (end, before) = (part.rows.upperBound, part.steps)
    }
    if let total, total > end { lost.append(loss(of: end..<total, before, nil)) }
    return lost
  }

  private func loss(of rows: Range<Int>, _ before: Range<Int>?, _ after: Range<Int>?) -> RecoveryReport.LostRows {
    let entries = salvage.index?.entries.filter { $0.kind == .rows && $0.rows.overlaps(rows) } ?? []
    guard entries.isEmpty else {
      let steps = entries.reduce(0..<0) { $0.union($1.steps) }
      return .init(rows: rows, steps: steps.isEmpty ? nil : steps, rowGroups: entries.count)
    }
    // The steps of transitions ascend, so that what is missing lies between those around it.
    if case .replayBuffer(_, .transitions, _)? = salvage.header?.content, let before, let after,
      before.upperBound < after.lowerBound
    {
      return .init(rows: rows, steps: before.upperBound..<after.lowerBound)
    }
    return .init(rows: rows)
  }

  /// What is left, as a buffer; nil for state alone.
  func contents(_ content: FileHeader.Content) -> RemainingContents? {
    guard case .replayBuffer(let kind, let layout, let schema) = content else { return nil }
    let source = SalvagedRows(salvage.frames, salvage.rowGroups, schema, layout)
    let read: @Sendable (Range<Int>) throws -> RowBatch = { try source.rows($0) }
    let hasTable = layout == .transitions || table != nil
    guard case .map(let map) = state, !(isNothing && hasTable) else {
      return RemainingContents(
        kind: kind, layout: layout, schema: schema, RemainingRows(whole: facts), state: state, repairs: [], read: read)
    }
    return RemainingContents(
      kind: kind, layout: layout, schema: schema, facts, table: table, state: map, priorities, areRowsLost: !rows.isEmpty,
      read: read)
  }
}

extension StateValue {
  /// Whether there is a value at a path.
  fileprivate func holds(_ path: StatePath) -> Bool {
    var value: StateValue? = self
    for key in path.keys { value = value?[key] }
    return value != nil
  }
}
