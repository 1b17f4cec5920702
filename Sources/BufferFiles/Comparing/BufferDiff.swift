public import ReplayBuffers
internal import StateTree

/// What differs between two replay buffers, of one kind of file or of two.
///
/// Rows are paired by step number, so that a ring that turned is not a change; where RLlib wrote one of the two, by the
/// id of the episode and the time step in it.
public struct BufferDiff: Sendable {
  /// How a schema differs.
  public enum SchemaChange: Sendable, Equatable {
    /// The buffers are of different types.
    case kind(old: String, new: String)
    /// Rows lie differently, so that no row is compared.
    case layout(old: BufferLayout, new: BufferLayout)
    /// Only the new buffer has the column.
    case added(ColumnSchema)
    /// Only the old buffer has the column.
    case removed(ColumnSchema)
    /// The column has another type or shape.
    case changed(old: ColumnSchema, new: ColumnSchema)
  }

  /// How a column differs in rows that both buffers have.
  public struct ColumnChange: Sendable, Equatable {
    /// The column.
    public var column: ColumnSchema
    /// How many rows were compared; of observations also those behind the last step of an episode.
    public var comparedRows = 0
    /// How many of them differ beyond the tolerance.
    public var differingRows = 0
    /// The largest distance, infinity next to NaN; nil for types that are no numbers.
    public var largest: Double?
    /// The row that differs most.
    public var worst: Place
    /// Its element that differs most, before and after.
    public var old: String
    /// Its element that differs most, after.
    public var new: String
  }

  /// A row by what identifies it.
  public struct Place: Sendable, Equatable {
    /// The step number in the new buffer; nil for a final observation.
    public var step: Int?
    /// The episode's id and the time step in it; nil without an episode table.
    public var episode: String?
    /// The time step in the episode.
    public var time: Int?
    /// The element in the row, row-major.
    public var element: Int
  }

  /// How the columns differ.
  public private(set) var schema: [SchemaChange] = []
  /// How the stored steps changed.
  public private(set) var ring = RingChange()
  /// The columns that differ in rows of both, the largest distance first.
  public private(set) var columns: [ColumnChange] = []
  /// Episodes of both whose facts other than their length differ, by id.
  public private(set) var episodes: [StateDiff.Change] = []
  /// The priorities of steps of both, one behind the other; nil if they are the same or there are none.
  public private(set) var priorities: TensorDifference?
  /// The step whose priority differs most.
  public private(set) var worstPriority: Place?
  /// Counters and other state; priorities and episodes stand above.
  public private(set) var state: [StateDiff.Change] = []

  /// Whether nothing differs.
  public var isSame: Bool {
    schema.isEmpty && ring.isSame && columns.isEmpty && episodes.isEmpty && priorities == nil && state.isEmpty
  }

  /// Paths of state that say when something was made, not what it is.
  static let provenance: Set<String> = ["rllib/start_time", "rllib/last_step_time"]

  /// What is said of times and places.
  public enum Provenance: Sendable {
    /// Left out.
    case ignored
    /// Compared like everything else.
    case compared
  }

  /// Compares two buffers, reading both in batches.
  /// - Throws: what reading them throws.
  public init(
    from old: some BufferContents, to new: some BufferContents, tolerance: Tolerance = Tolerance(),
    provenance: Provenance = .ignored
  ) throws {
    schema = Self.schema(old, new)
    let (before, after) = (try RowAlignment.Side(old), try RowAlignment.Side(new))
    compareState(before, after, tolerance, provenance)
    guard old.layout == new.layout else { return }
    let alignment = try RowAlignment(before, after)
    ring = alignment.ring
    var comparison = RowComparison(before, after, tolerance: tolerance)
    try comparison.compare(alignment.runs)
    columns = comparison.changes
    ring.renumbered = comparison.renumbered
    if let (difference, place) = try comparison.priorities(alignment.runs) {
      (priorities, worstPriority) = (difference, place)
    }
    episodes = Self.episodes(before.table, after.table)
  }

  private static func schema(_ old: some BufferContents, _ new: some BufferContents) -> [SchemaChange] {
    var changes: [SchemaChange] = []
    if old.kind != new.kind { changes.append(.kind(old: old.kind, new: new.kind)) }
    if old.layout != new.layout { changes.append(.layout(old: old.layout, new: new.layout)) }
    for column in old.schema.columns {
      guard let index = new.schema.index(of: column.name) else {
        changes.append(.removed(column))
        continue
      }
      let other = new.schema.columns[index]
      if other != column { changes.append(.changed(old: column, new: other)) }
    }
    for column in new.schema.columns where old.schema.index(of: column.name) == nil { changes.append(.added(column)) }
    return changes
  }

  private mutating func compareState(
    _ old: RowAlignment.Side, _ new: RowAlignment.Side, _ tolerance: Tolerance, _ provenance: Provenance
  ) {
    let shown = Self.comparedApart(old, new)
    let diff = StateDiff(from: StateNode(old.state), to: StateNode(new.state), tolerance: tolerance) { path in
      shown.contains(path) || (provenance == .ignored && Self.provenance.contains(path))
    }
    state = diff.changes
  }

  /// The paths of state that are compared with the rows. What is not of the form for that is compared as it stands.
  private static func comparedApart(_ old: RowAlignment.Side, _ new: RowAlignment.Side) -> Set<String> {
    guard old.contents.layout == new.contents.layout else { return [] }
    let table = old.table != nil && new.table != nil ? tableColumns : []
    return old.priorities != nil && new.priorities != nil ? table.union(["priorities"]) : table
  }

  private static let tableColumns = Set(
    ["id", "lane", "length", "t_started", "terminated", "truncated"].map { "episodes/\($0)" })

  /// Facts of episodes that both buffers have. That one grew, ended or lost its beginning is the ring's matter.
  private static func episodes(_ old: EpisodeTable?, _ new: EpisodeTable?) -> [StateDiff.Change] {
    guard let old, let new else { return [] }
    var before: [StateKey: EpisodeRecord] = [:]
    for episode in old.episodes { before[StateKey(episode.id)] = episode }
    return new.episodes.compactMap { episode in
      guard let earlier = before[StateKey(episode.id)], earlier.length == episode.length,
        earlier.startTime == episode.startTime, earlier.ending != episode.ending
      else { return nil }
      return .init(path: episode.id, kind: .changed(old: earlier.ending, new: episode.ending, distance: nil))
    }
  }
}

extension EpisodeRecord {
  /// How the episode ended, in a word.
  fileprivate var ending: String {
    switch (isTerminated, isTruncated) {
    case (true, true): "terminated and truncated"
    case (true, false): "terminated"
    case (false, true): "truncated"
    case (false, false): "open"
    }
  }
}
