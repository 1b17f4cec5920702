internal import StateTree

extension PrioritizedEpisodeReplayBuffer: SavableBuffer {
  /// The buffer at this moment, to be read while this one goes on.
  /// - Complexity: O(chunks + pages + episodes); no row and no priority is copied.
  public func snapshot() -> BufferSnapshot {
    let settings = priorities.settings.merging(["generator": generator.state])
    return store.snapshot(kind: Self.kind, adding: settings, priorities: priorities.tree.snapshot)
  }

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: capacity, alpha and seed.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults = BufferDefaults()) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, layout: .episodes, defaults: defaults)
    generator = try saved.generator()
    store = try EpisodeLoader.store(of: contents, saved)
    priorities = try Priorities(saved, of: store.storedSteps(), window: store.steps.positions)
    evict()
    try checkInvariants()
  }

  /// Checks that episodes, lanes, index, counters and priorities agree.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  /// - Complexity: O(steps)
  public func checkInvariants() throws {
    try store.checkInvariants()
    try generator.checkInvariants()
    try priorities.checkInvariants(of: store.storedSteps(), window: steps)
  }
}
