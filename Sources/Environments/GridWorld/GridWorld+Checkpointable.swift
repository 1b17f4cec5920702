public import StateTree

extension GridWorld: Checkpointable {
  /// The map, the position, steps of the episode, where the episode stands, and the generator, nil before the first
  /// reset.
  public var state: StateValue {
    progress.state(beside: [
      "environment": .string(id), "map": .array(map.rows.map { .string($0) }),
      "position": .array([.int(Int64(position.row)), .int(Int64(position.column))]),
    ])
  }

  /// Goes on where `state` was taken, with the same cells, or stays as it was.
  /// - Throws: `EnvironmentError.state` naming what is missing or of another environment or map, `.brokenInvariant` for
  ///   a state that this world cannot have.
  public mutating func restore(from state: StateValue) throws(EnvironmentError) {
    var restored = self
    do throws(StateTreeError) {
      let reader = try StateReader(state, at: [StateKey(id)])
      try reader.checkEnvironment(id)
      guard try reader.array("map") == map.rows.map({ .string($0) }) else {
        throw .invalidValue(
          path: "\(reader.path / "map")", found: "another map", expected: "the map of this environment")
      }
      let place = try reader.counts("position")
      guard place.count == 2 else {
        throw .invalidValue(path: "\(reader.path / "position")", found: "\(place)", expected: "row and column")
      }
      restored.position = Map.Cell(row: place[0], column: place[1])
      restored.progress = try EpisodeProgress(reader)
    } catch {
      throw .state(error)
    }
    try restored.checkInvariants()
    self = restored
  }

  /// Checks that steps can have led here.
  /// - Throws: `EnvironmentError.brokenInvariant`.
  public func checkInvariants() throws(EnvironmentError) {
    guard !map.isWall(position) else {
      throw .brokenInvariant(
        environment: id, reason: "row \(position.row), column \(position.column) is wall or outside the map")
    }
    try progress.checkInvariants(
      of: id, limit: maximumEpisodeSteps, isTerminal: map.isGoal(position),
      isUntouched: progress == EpisodeProgress() && position == map.starts[0])
  }
}
