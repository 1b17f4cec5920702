internal import StateTree

extension MultiAgentPrioritizedEpisodeReplayBuffer: SavableMultiAgentBuffer {
  /// The buffer at this moment, to be read while this one goes on.
  /// - Complexity: O(chunks + pages + episodes); no row and no priority is copied.
  public func snapshot() -> MultiAgentBufferSnapshot {
    let modules = priorities.map {
      MultiAgentStore.ModulePriorities(settings: $0.settings, leaves: $0.tree.snapshot)
    }
    return store.snapshot(
      kind: Self.kind, moduleKind: PrioritizedEpisodeReplayBuffer.kind,
      adding: ["alpha": .double(alpha), "tree_size": .integer(tree.size), "generator": generator.state],
      priorities: modules)
  }

  /// A buffer with the given contents, read module by module and batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: capacity, alpha and seed.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  public init(
    contents: some MultiAgentBufferContents, defaults: BufferDefaults = BufferDefaults()
  ) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, defaults: defaults)
    alpha = try saved.alpha()
    generator = try saved.generator()
    let loader = try MultiAgentLoader(contents, saved, moduleKind: PrioritizedEpisodeReplayBuffer.kind)
    store = loader.store
    for (module, saved) in zip(store.modules, loader.modules) {
      let window = module.store.steps.positions
      let priorities = try Priorities(saved, of: module.store.storedSteps(), window: window)
      guard priorities.alpha == alpha else {
        throw ReplayBufferError.invalidContents("a module's alpha is \(priorities.alpha), expected \(alpha)")
      }
      self.priorities.append(priorities)
    }
    tree = try PriorityTree(for: store.steps.positions, saved)
    for number in store.episodes.positions { refresh(Set(store.episodes[number].runs.numbers)) }
    evict()
    try checkInvariants()
  }

  /// Checks that episodes, modules, indices, counters and priorities agree.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  /// - Complexity: O((environment steps + agents' steps) times agents of an episode)
  public func checkInvariants() throws {
    try store.checkInvariants()
    try generator.checkInvariants()
    guard priorities.count == store.modules.count else {
      throw ReplayBufferError.brokenInvariant("\(priorities.count) trees for \(store.modules.count) modules")
    }
    for (module, priorities) in zip(store.modules, priorities) {
      try priorities.checkInvariants(of: module.store.storedSteps(), window: module.store.steps.positions)
    }
    let steps = store.episodes.positions.flatMap { store.episodes[$0].runs.numbers }
    for step in steps where tree[step] != leaf(ofEnvironmentStep: step) {
      throw ReplayBufferError.brokenInvariant(
        "environment step \(step) weighs \(tree[step]), not what its agents' steps do")
    }
    try tree.check(leaves: steps.filter { tree[$0] > 0 }, window: store.steps.positions)
  }
}

extension PriorityTree {
  /// Checks that only these steps of a window have leaves, and that sums and minimums are theirs.
  fileprivate func check(leaves steps: [Int], window: Range<Int>) throws(ReplayBufferError) {
    let smallest = steps.map { self[$0] }.min() ?? .infinity
    guard self.window == window, size >= Self.size(for: window), leafCount == steps.count, minimum == smallest,
      hasConsistentNodes
    else {
      throw .brokenInvariant(
        "a tree of \(leafCount) leaves over \(self.window), expected \(steps.count) over \(window)")
    }
  }
}
