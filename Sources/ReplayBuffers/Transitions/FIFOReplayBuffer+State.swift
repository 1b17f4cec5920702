internal import StateTree

extension FIFOReplayBuffer: SavableBuffer {
  /// The queue at this moment, to be read while this one goes on.
  /// - Complexity: O(1)
  public func snapshot() -> BufferSnapshot {
    let settings: StateMap = [
      "capacity": .integer(capacity), "num_timesteps": .integer(count), "num_timesteps_added": .integer(insertionCount),
      "sampled_timesteps": .integer(sampledCount),
    ]
    return BufferSnapshot(kind: Self.kind, schema: schema, source: .transitions(log), settings: settings)
  }

  /// Growing or refusing: a queue loses nothing.
  public static var capacityRules: Set<BufferAdaptation.CapacityRule> { [.refuse, .grow] }

  /// A queue with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: the capacity.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a capacity, or that no queue can have; and what
  ///   reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults = BufferDefaults()) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, layout: .transitions, defaults: defaults)
    let (capacity, added) = (try saved.capacity(), try saved.count("num_timesteps_added"))
    let (sampled, held) = (try saved.count("sampled_timesteps"), try saved.count("num_timesteps"))
    guard held == contents.rowCount, sampled <= added, added - sampled == held else {
      throw ReplayBufferError.invalidContents(
        "of \(added) transitions added \(sampled) were sampled and \(held) wait, in \(contents.rowCount) rows")
    }
    guard held <= capacity else {
      throw ReplayBufferError.invalidContents("\(held) transitions wait, the capacity is \(capacity)")
    }
    try self.init(
      capacity: capacity, schema: contents.schema, log: ChunkLog(consecutiveRowsOf: contents, from: sampled))
    try checkInvariants()
  }

  /// Checks that what waits fits the capacity and takes no more chunks than it needs.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  public func checkInvariants() throws {
    guard count <= capacity, steps.lowerBound >= 0 else {
      throw ReplayBufferError.brokenInvariant("\(count) steps of a capacity of \(capacity), \(steps)")
    }
    let chunkRows = log.rowsPerChunk
    guard log.chunkCount <= (count + chunkRows - 2) / chunkRows + 1 else {
      throw ReplayBufferError.brokenInvariant("\(log.chunkCount) chunks of \(chunkRows) rows for \(count) steps")
    }
  }
}
