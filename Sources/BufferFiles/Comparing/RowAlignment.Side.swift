internal import ReplayBuffers
internal import StateTree

extension RowAlignment {
  /// One buffer of the two, what its state says of its rows checked against them.
  struct Side {
    let contents: any BufferContents
    let state: StateValue
    let table: EpisodeTable?
    /// One number a step in the order of the rows; nil if the state holds nothing of that form.
    let priorities: [Double]?
    /// Whether RLlib wrote it at first.
    let isForeign: Bool

    /// How far from zero the time steps of an episode may lie: adding them never overflows.
    private static let largestTime = 1 << 60

    /// - Throws: `ReplayBufferError.invalidContents` for a table of episodes that is not that of the rows.
    init(_ contents: any BufferContents) throws {
      self.contents = contents
      state = try contents.state()
      isForeign = state["rllib"] != nil
      // Only rows by episodes have a table at that key; elsewhere it is the user's own.
      let stored = contents.layout == .episodes ? state["episodes"] : nil
      table = try stored.map { try EpisodeTable(state: StateReader($0, at: ["episodes"])) }
      if let table { try Self.check(table, contents) }
      priorities = Self.priorities(state, count: table?.stepCount ?? contents.rowCount)
    }

    private static func check(_ table: EpisodeTable, _ contents: any BufferContents) throws {
      guard table.rowCount == contents.rowCount else {
        throw ReplayBufferError.invalidContents(
          "its episodes take \(table.rowCount) rows, there are \(contents.rowCount); the state is damaged or of another buffer")
      }
      for episode in table.episodes where episode.startTime.magnitude > largestTime {
        throw ReplayBufferError.invalidContents(
          "episode \(episode.id) begins at the time step \(episode.startTime), which is impossibly far")
      }
    }

    private static func priorities(_ state: StateValue, count: Int) -> [Double]? {
      guard case .tensor(let tensor)? = state["priorities"], tensor.shape == [count] else { return nil }
      return try? tensor.scalars()
    }

    /// The step number of each row.
    func stepNumbers() throws -> [Int64] {
      var numbers: [Int64] = []
      numbers.reserveCapacity(contents.rowCount)
      try contents.forEachBatch { numbers += $0.steps }
      return numbers
    }
  }
}
