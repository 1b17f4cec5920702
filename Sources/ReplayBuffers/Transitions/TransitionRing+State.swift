internal import StateTree

extension TransitionRing {
  /// Counters and window as files hold them.
  var settings: StateMap {
    [
      "capacity": .integer(capacity), "num_timesteps": .integer(count),
      "num_timesteps_added": .integer(insertionCount), "sampled_timesteps": .integer(sampledCount),
      "first_step": .integer(steps.lowerBound), "next_step": .integer(steps.upperBound),
    ]
  }

  /// The ring at this moment as the snapshot of a buffer.
  func snapshot(kind: String, adding more: StateMap, priorities: PriorityLeaves? = nil) -> BufferSnapshot {
    let settings = settings.merging(more)
    return BufferSnapshot(
      kind: kind, schema: schema, source: .transitions(log), settings: settings, priorities: priorities)
  }

  /// The ring that contents describe, with all their rows; `trim` drops those beyond the capacity.
  /// - Throws: `ReplayBufferError` for what no ring can be, and what reading throws.
  init(_ contents: some BufferContents, _ saved: BufferStateReader) throws {
    let nextStep = try saved.countIfPresent("next_step")
    let firstStep = try saved.countIfPresent("first_step") ?? nextStep ?? 0
    try self.init(capacity: saved.capacity(), schema: contents.schema, firstStep: firstStep)
    insertionCount = try saved.count("num_timesteps_added")
    sampledCount = try saved.count("sampled_timesteps")
    if contents.rowCount > 0 { log = try ChunkLog(consecutiveRowsOf: contents) }
    try check(saved)
  }

  private func check(_ saved: BufferStateReader) throws(ReplayBufferError) {
    let expected: [(StateKey, Int)] = [
      ("first_step", steps.lowerBound), ("next_step", steps.upperBound), ("num_timesteps", count),
    ]
    for (key, value) in expected {
      if let found = try saved.countIfPresent(key), found != value {
        throw .invalidContents("\(key) is \(found), expected \(value)")
      }
    }
    guard insertionCount >= count else {
      throw .invalidContents("num_timesteps_added is \(insertionCount) with \(count) stored")
    }
  }

  /// Checks that the window fits the capacity and the counters.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  func checkInvariants() throws(ReplayBufferError) {
    guard count <= capacity, insertionCount >= count, sampledCount >= 0, steps.lowerBound >= 0 else {
      throw .brokenInvariant(
        "\(count) steps of a capacity of \(capacity), \(insertionCount) added, \(sampledCount) sampled, \(steps)")
    }
    let chunkRows = log.rowsPerChunk
    guard log.chunkCount <= (count + chunkRows - 2) / chunkRows + 1 else {
      throw .brokenInvariant("\(log.chunkCount) chunks of \(chunkRows) rows for \(count) steps")
    }
  }
}
