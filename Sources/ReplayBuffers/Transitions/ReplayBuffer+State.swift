internal import StateTree

extension ReplayBuffer: SavableBuffer {
  /// The buffer at this moment, to be read while this one goes on.
  /// - Complexity: O(chunks)
  public func snapshot() -> BufferSnapshot {
    let settings: StateMap = [
      "capacity": .integer(capacity), "num_timesteps": .integer(count),
      "num_timesteps_added": .integer(insertionCount), "sampled_timesteps": .integer(sampledCount),
      "first_step": .integer(steps.lowerBound), "next_step": .integer(steps.upperBound), "generator": generator.state,
    ]
    return BufferSnapshot(kind: Self.kind, schema: schema, source: .transitions(log), settings: settings)
  }

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: capacity and seed.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults = BufferDefaults()) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, layout: .transitions, defaults: defaults)
    let nextStep = try saved.countIfPresent("next_step")
    var firstStep = try saved.countIfPresent("first_step") ?? nextStep ?? 0
    if contents.rowCount > 0 { firstStep = try Self.firstStep(of: contents) }
    try self.init(
      capacity: saved.capacity(), schema: contents.schema, generator: saved.generator(), firstStep: firstStep)
    insertionCount = try saved.count("num_timesteps_added")
    sampledCount = try saved.count("sampled_timesteps")
    try load(contents)
    try Self.check(saved, rows: contents.rowCount, firstStep: firstStep, nextStep: log.rows.upperBound)
    log.drop(below: max(log.rows.lowerBound, log.rows.upperBound - capacity))
    try checkInvariants()
  }

  private static func firstStep(of contents: some BufferContents) throws -> Int {
    guard let first = try contents.rows(0..<1).steps.first, (0...Int64(BufferStateReader.largestCount)).contains(first) else {
      throw ReplayBufferError.invalidContents("row 0 has no step number from 0 to 2^60")
    }
    return Int(first)
  }

  private mutating func load(_ contents: some BufferContents) throws {
    try contents.forEachCheckedBatch { batch in
      let expected = log.rows.upperBound
      guard batch.steps.elementsEqual((expected..<expected + batch.count).map(Int64.init)) else {
        throw ReplayBufferError.invalidContents(
          "the step numbers of rows \(batch.rows) do not count on from \(expected)")
      }
      log.append(batch.columns)
    }
  }

  private static func check(_ saved: BufferStateReader, rows: Int, firstStep: Int, nextStep: Int) throws(ReplayBufferError) {
    let expected: [(StateKey, Int)] = [("first_step", firstStep), ("next_step", nextStep), ("num_timesteps", rows)]
    for (key, value) in expected {
      if let found = try saved.countIfPresent(key), found != value {
        throw .invalidContents("\(key) is \(found), expected \(value)")
      }
    }
    let added = try saved.count("num_timesteps_added")
    guard added >= rows else { throw .invalidContents("num_timesteps_added is \(added) with \(rows) stored") }
  }

  /// Checks that the window fits the capacity and the counters.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  public func checkInvariants() throws {
    guard count <= capacity, insertionCount >= count, sampledCount >= 0, steps.lowerBound >= 0 else {
      throw ReplayBufferError.brokenInvariant(
        "\(count) steps of a capacity of \(capacity), \(insertionCount) added, \(sampledCount) sampled, \(steps)")
    }
    let chunkRows = log.rowsPerChunk
    guard log.chunkCount <= (count + chunkRows - 2) / chunkRows + 1 else {
      throw ReplayBufferError.brokenInvariant("\(log.chunkCount) chunks of \(chunkRows) rows for \(count) steps")
    }
    try generator.checkInvariants()
  }
}
