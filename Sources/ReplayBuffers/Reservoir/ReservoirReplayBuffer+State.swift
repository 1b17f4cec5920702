internal import StateTree

extension ReservoirReplayBuffer: SavableBuffer {
  /// The buffer at this moment, to be read while this one goes on. Its rows lie in the order of their steps; `slots` in
  /// its state says which step each slot holds.
  /// - Complexity: O(1); the next change copies the list of pages.
  public func snapshot() -> BufferSnapshot {
    let settings: StateMap = [
      "capacity": .integer(capacity), "num_timesteps": .integer(count),
      "num_timesteps_added": .integer(insertionCount), "sampled_timesteps": .integer(sampledCount),
      "generator": generator.state,
    ]
    return BufferSnapshot(kind: Self.kind, schema: schema, source: .slots(SlotRows(table)), settings: settings)
  }

  /// Nothing but refusing: with another capacity, transitions of before would have been kept with another chance.
  public static var capacityRules: Set<BufferAdaptation.CapacityRule> { [.refuse] }

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: capacity and seed.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults = BufferDefaults()) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, layout: .transitions, defaults: defaults)
    try self.init(capacity: saved.capacity(), schema: contents.schema, generator: saved.generator())
    insertionCount = try saved.count("num_timesteps_added")
    sampledCount = try saved.count("sampled_timesteps")
    let held = try saved.count("num_timesteps")
    guard held == contents.rowCount, held == min(capacity, insertionCount) else {
      throw ReplayBufferError.invalidContents(
        "\(held) of \(insertionCount) transitions are held, in \(contents.rowCount) rows of a capacity of \(capacity)")
    }
    try load(contents, slots: saved.integers("slots"))
    try checkInvariants()
  }

  /// Puts the rows into the slots that hold their steps.
  private mutating func load(_ contents: some BufferContents, slots: [Int64]) throws {
    guard slots.count == contents.rowCount else {
      throw ReplayBufferError.invalidContents("\(slots.count) slots for \(contents.rowCount) rows")
    }
    for (slot, step) in slots.enumerated() where !mayHold(Int(step), in: slot) {
      throw ReplayBufferError.invalidContents("slot \(slot) holds step \(step), which never came there")
    }
    table.extend(to: slots.count)
    let order = slots.indices.sorted { slots[$0] < slots[$1] }
    var last: Int64 = -1
    try contents.forEachCheckedBatch { batch in
      for (row, slot) in order[batch.rows].enumerated() {
        let step = slots[slot]
        guard batch.steps[row] == step, step > last else {
          let found = "row \(batch.firstRow + row) is step \(batch.steps[row]) behind step \(last)"
          throw ReplayBufferError.invalidContents("\(found), by its slots it is step \(step)")
        }
        last = step
        table.write(slot, step: Int(step), row: row, of: batch.columns)
      }
    }
  }

  /// Whether a step can lie in a slot: the one that began there, or one that came when there was no free slot.
  private func mayHold(_ step: Int, in slot: Int) -> Bool {
    step == slot || capacity <= step && step < insertionCount
  }

  /// Checks that every slot holds a step that can have come there, each once, and that the counters agree.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  /// - Complexity: O(`count`)
  public func checkInvariants() throws {
    guard count == min(capacity, insertionCount), sampledCount >= 0 else {
      throw ReplayBufferError.brokenInvariant(
        "\(count) steps of a capacity of \(capacity), \(insertionCount) added, \(sampledCount) sampled")
    }
    let slots = slots
    guard Set(slots).count == count else { throw ReplayBufferError.brokenInvariant("a step in two slots") }
    for (slot, step) in slots.enumerated() where !mayHold(step, in: slot) {
      throw ReplayBufferError.brokenInvariant("step \(step) in slot \(slot) with \(insertionCount) added")
    }
    guard table.pageCount == (count + table.rowsPerPage - 1) / table.rowsPerPage else {
      throw ReplayBufferError.brokenInvariant(
        "\(table.pageCount) pages of \(table.rowsPerPage) rows for \(count) steps")
    }
    try generator.checkInvariants()
  }
}

extension BufferStateReader {
  /// The integers at a key.
  fileprivate func integers(_ key: StateKey) throws(ReplayBufferError) -> [Int64] {
    do { return try reader.vector(key) } catch { throw .state(error) }
  }
}
