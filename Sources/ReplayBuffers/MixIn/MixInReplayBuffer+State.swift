internal import StateTree

extension MixInReplayBuffer: SavableBuffer {
  /// The name of this kind of buffer in files; `replays` in its state says what it wraps.
  public static var kind: String { "MixInReplayBuffer" }

  /// The buffer at this moment, to be read while this one goes on: the wrapped buffer's snapshot, and what waits.
  /// - Complexity: that of the wrapped buffer
  public func snapshot() -> BufferSnapshot {
    var snapshot = buffer.snapshot()
    snapshot.kind = Self.kind
    snapshot.settings["replays"] = .string(Buffer.kind)
    snapshot.settings["replay_ratio"] = .double(replayRatio)
    snapshot.settings["num_timesteps_returned"] = .integer(returnedCount)
    snapshot.settings["next_newest"] = .integer(nextNewest)
    return snapshot
  }

  /// What the wrapped buffer can do.
  public static var capacityRules: Set<BufferAdaptation.CapacityRule> { Buffer.capacityRules }

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing that the wrapped buffer needs.
  /// - Throws: `ReplayBufferError` for contents of another kind or of another wrapped one, without a setting, or that no
  ///   buffer can have; and what reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults = BufferDefaults()) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, layout: .transitions, defaults: defaults)
    let wrapped = try WrappedContents(contents, saved)
    let ratio = try saved.double("replay_ratio")
    guard (0...1).contains(ratio) else {
      throw ReplayBufferError.invalidContents("replay_ratio is \(ratio), expected 0 to 1")
    }
    try self.init(Buffer(contents: wrapped, defaults: defaults), replayRatio: ratio)
    returnedCount = try saved.count("num_timesteps_returned")
    nextNewest = try saved.count("next_newest")
    guard nextNewest <= steps.upperBound else {
      throw ReplayBufferError.invalidContents("next_newest is \(nextNewest), the next step is \(steps.upperBound)")
    }
    try checkInvariants()
  }

  /// Checks the wrapped buffer, and that what was returned as new was there.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  public func checkInvariants() throws {
    guard (0...1).contains(replayRatio), returnedCount >= 0, (0...steps.upperBound).contains(nextNewest) else {
      throw ReplayBufferError.brokenInvariant(
        "a replay ratio of \(replayRatio), \(returnedCount) returned, step \(nextNewest) next as new of \(steps)")
    }
    try buffer.checkInvariants()
  }
}

/// The contents of a mix, as those of the buffer that it wraps.
private struct WrappedContents<Base: BufferContents>: BufferContents {
  let base: Base
  let kind: String
  let saved: StateValue

  /// - Throws: `ReplayBufferError.state` if the state does not say what is wrapped.
  init(_ base: Base, _ state: BufferStateReader) throws(ReplayBufferError) {
    do { kind = try state.reader.string("replays") } catch { throw .state(error) }
    (self.base, saved) = (base, .map(state.reader.map))
  }

  var layout: BufferLayout { base.layout }
  var schema: BufferSchema { base.schema }
  var rowCount: Int { base.rowCount }
  func state() -> StateValue { saved }
  func rows(_ range: Range<Int>) throws -> RowBatch { try base.rows(range) }
}
