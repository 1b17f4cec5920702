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
    /// Whether they will never change.
    var isDone: Bool
  }

  /// The units in the order of their rows, which follow each other from row 0.
  var units: [Unit]
  /// Whether a unit may be divided: flat transitions may, episodes not.
  var isDivisible: Bool
  /// Where every unit that will never change begins, by its run.
  private(set) var firstRows: [SegmentRun: Int] = [:]

  /// The outline of a snapshot with this state.
  /// - Complexity: O(episodes)
  init(_ snapshot: BufferSnapshot, state: StateValue) throws {
    let rowCount = snapshot.rowCount
    switch snapshot.layout {
    case .transitions:
      isDivisible = true
      let first = rowCount > 0 ? Int(snapshot.rows(0..<1).steps[0]) : 0
      units = rowCount > 0 ? [Unit(run: .init(firstStep: first, rowCount: rowCount), firstRow: 0, isDone: true)] : []
    case .episodes:
      isDivisible = false
      units = try EpisodeTable(state: StateReader(state["episodes"] ?? .nil, at: ["episodes"])).episodes.map { episode in
        let first = episode.length > 0 ? Int(snapshot.rows(episode.firstRow..<episode.firstRow + 1).steps[0]) : -1
        return Unit(
          run: .init(firstStep: first, rowCount: episode.rows.count), firstRow: episode.firstRow,
          isDone: episode.isDone && first >= 0)
      }
    }
    for unit in units where unit.isDone { firstRows[unit.run] = unit.firstRow }
  }
}
