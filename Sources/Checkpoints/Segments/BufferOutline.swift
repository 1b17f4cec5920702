internal import ReplayBuffers
internal import StateTree

/// What a snapshot consists of, as far as dividing it into segments needs to know.
struct BufferOutline {
  /// Rows that stay together.
  struct Unit: Hashable {
    /// The run they are; its first step is -1 without steps.
    var run: SegmentRun
    /// The first of them in the snapshot.
    var firstRow: Int
    /// Whether they will never change. Transitions with holes between their steps may: a reservoir replaces any of them.
    var isDone: Bool
  }

  /// The units in the order of their rows, which follow each other from row 0.
  var units: [Unit]
  /// Whether a unit may be divided: flat transitions may, episodes not.
  var isDivisible: Bool
  /// Where every unit that will never change begins, by its run.
  private(set) var firstRows: [SegmentRun: Int] = [:]

  /// An outline from its parts.
  init(units: [Unit], isDivisible: Bool) {
    self.units = units
    self.isDivisible = isDivisible
    for unit in units where unit.isDone { firstRows[unit.run] = unit.firstRow }
  }

  /// The outline of a snapshot with this state.
  /// - Complexity: O(episodes)
  init(_ snapshot: BufferSnapshot, state: StateValue) throws {
    switch snapshot.layout {
    case .transitions:
      self.init(units: Self.window(snapshot).map { [$0] } ?? [], isDivisible: true)
    case .episodes:
      let table = try EpisodeTable(state: StateReader(state["episodes"] ?? .nil, at: ["episodes"]))
      let units = table.episodes.map { episode in
        let row = episode.firstRow
        let first = episode.length > 0 ? Int(snapshot.rows(row..<row + 1).steps[0]) : -1
        return Unit(
          run: .init(firstStep: first, rowCount: episode.rows.count), firstRow: row,
          isDone: episode.isDone && first >= 0)
      }
      self.init(units: units, isDivisible: false)
    }
  }

  /// All rows of flat transitions, whose steps ascend; nil without any.
  private static func window(_ snapshot: BufferSnapshot) -> Unit? {
    let count = snapshot.rowCount
    guard count > 0 else { return nil }
    let (first, last) = (snapshot.rows(0..<1).steps[0], snapshot.rows(count - 1..<count).steps[0])
    return Unit(
      run: .init(firstStep: Int(first), rowCount: count), firstRow: 0, isDone: last - first == Int64(count - 1))
  }
}
