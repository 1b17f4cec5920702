public import StateTree

/// What a replay buffer was at one moment, immutable and free to be read on any thread while the buffer goes on.
///
/// It shares chunks and pages with the buffer, so taking it copies no rows.
public struct BufferSnapshot: BufferContents {
  /// Where the rows are.
  enum Source: Sendable {
    case transitions(ChunkLog)
    case episodes(EpisodeRows)
    case slots(SlotRows)
  }

  /// The type of the buffer.
  public internal(set) var kind: String
  /// The columns.
  public let schema: BufferSchema
  let source: Source
  /// The state but what is as long as the buffer, which is made when asked for.
  var settings: StateMap
  let priorities: PriorityLeaves?

  init(
    kind: String, schema: BufferSchema, source: Source, settings: StateMap, priorities: PriorityLeaves? = nil
  ) {
    self.kind = kind
    self.schema = schema
    self.source = source
    self.settings = settings
    self.priorities = priorities
  }

  /// A buffer of one's own whose rows are transitions in a log.
  /// - Parameter kind: The name of the buffer in files.
  /// - Parameter state: Everything but the rows, which the buffer's `init(contents:defaults:)` gets back.
  /// - Precondition: The log's columns are the schema's.
  public init(kind: String, schema: BufferSchema, log: ChunkLog, state: StateMap) {
    precondition(log.columns == schema.columns, "a log of the schema's columns")
    self.init(kind: kind, schema: schema, source: .transitions(log), settings: state)
  }

  /// How the rows lie.
  public var layout: BufferLayout {
    switch source {
    case .transitions, .slots: .transitions
    case .episodes: .episodes
    }
  }

  /// How many rows there are, final observations included.
  public var rowCount: Int {
    switch source {
    case .transitions(let log): log.rows.count
    case .episodes(let episodes): episodes.rowCount
    case .slots(let slots): slots.table.count
    }
  }

  /// Counters, sampler, episodes, priorities and slots.
  /// - Complexity: O(steps) with priorities or slots, else O(episodes)
  public func state() -> StateValue {
    var map = settings
    let steps: () -> [Int]
    switch source {
    case .transitions(let log): steps = { Array(log.rows) }
    case .episodes(let episodes):
      map["episodes"] = episodes.table.state
      steps = episodes.steps
    case .slots(let slots):
      map["slots"] = slots.state
      steps = { [] }
    }
    map["priorities"] = priorities.map { .tensor(Tensor(vector: steps().map($0.leaf))) }
    return .map(map)
  }

  /// Some rows.
  /// - Precondition: `range` lies in `0..<rowCount`.
  /// - Complexity: O(rows)
  public func rows(_ range: Range<Int>) -> RowBatch {
    precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows of the snapshot")
    switch source {
    case .transitions(let log):
      let steps = log.rows.lowerBound + range.lowerBound..<log.rows.lowerBound + range.upperBound
      return RowBatch(firstRow: range.lowerBound, steps: steps.map(Int64.init), columns: log.rows(steps))
    case .episodes(let episodes):
      return episodes.rows(range)
    case .slots(let slots):
      return slots.rows(range)
    }
  }
}
