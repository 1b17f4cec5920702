internal import StateTree

extension MultiAgentEpisodeReplayBuffer: SavableMultiAgentBuffer {
  /// The buffer at this moment, to be read while this one goes on.
  /// - Complexity: O(chunks + episodes); no row is copied.
  public func snapshot() -> MultiAgentBufferSnapshot {
    store.snapshot(
      kind: Self.kind, moduleKind: EpisodeReplayBuffer.kind, adding: ["generator": generator.state])
  }

  /// A buffer with the given contents, read module by module and batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: capacity and seed.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  public init(
    contents: some MultiAgentBufferContents, defaults: BufferDefaults = BufferDefaults()
  ) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, defaults: defaults)
    generator = try saved.generator()
    store = try MultiAgentLoader(contents, saved, moduleKind: EpisodeReplayBuffer.kind).store
    while store.isOverfull { store.evictOldest() }
    try checkInvariants()
  }

  /// Checks that episodes, modules, indices and counters agree.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  /// - Complexity: O(environment steps + agents' steps)
  public func checkInvariants() throws {
    try store.checkInvariants()
    try generator.checkInvariants()
  }
}
