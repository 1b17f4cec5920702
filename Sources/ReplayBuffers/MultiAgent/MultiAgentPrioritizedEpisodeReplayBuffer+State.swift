internal import StateTree

extension MultiAgentPrioritizedEpisodeReplayBuffer: SavableMultiAgentBuffer {
  /// The buffer at this moment, to be read while this one goes on.
  /// - Complexity: O(chunks + pages + episodes); no row and no priority is copied.
  public func snapshot() -> MultiAgentBufferSnapshot {
    let modules = priorities.map { priorities in
      MultiAgentStore.ModulePriorities(
        settings: [
          "alpha": .double(alpha), "max_priority": .double(priorities.maximumPriority),
          "tree_size": .integer(priorities.tree.size),
        ], leaves: priorities.tree.snapshot)
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
      priorities.append(try StepPriorities(of: module.store, saved, alpha: alpha))
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
      let steps = module.store.episodes.positions.flatMap { module.store.stepNumbers(of: module.store.episodes[$0]) }
      guard steps.allSatisfy({ PriorityTree.leaves.contains(priorities.tree[$0]) }) else {
        throw ReplayBufferError.brokenInvariant("a step without priority in the module \(module.id)")
      }
      try priorities.tree.check(leaves: steps, window: module.store.steps.positions)
    }
    let steps = store.episodes.positions.flatMap { store.episodes[$0].runs.numbers }
    for step in steps where tree[step] != leaf(ofEnvironmentStep: step) {
      throw ReplayBufferError.brokenInvariant(
        "environment step \(step) weighs \(tree[step]), not what its agents' steps do")
    }
    try tree.check(leaves: steps.filter { tree[$0] > 0 }, window: store.steps.positions)
  }
}

extension StepPriorities {
  /// The priorities of the steps of a store that its contents describe.
  fileprivate init(of store: EpisodeStore, _ saved: BufferStateReader, alpha: Double) throws(ReplayBufferError) {
    self.init(alpha: alpha)
    if saved.has("alpha"), try saved.alpha() != alpha {
      throw .invalidContents("a module's alpha is \(try saved.alpha()), expected \(alpha)")
    }
    maximumPriority = try saved.double("max_priority")
    guard maximumPriority > 0, maximumPriority.isFinite else {
      throw .invalidContents("max_priority is \(maximumPriority), expected a finite number above 0")
    }
    tree = try PrioritizedEpisodeReplayBuffer.tree(of: store, saved)
  }
}

extension PriorityTree {
  /// A tree without leaves for a window, of the size that contents say.
  fileprivate init(for window: Range<Int>, _ saved: BufferStateReader) throws(ReplayBufferError) {
    let needed = Self.size(for: window)
    let size = try saved.countIfPresent("tree_size") ?? needed
    guard Self.isSize(size), size >= needed else {
      throw .invalidContents("tree_size is \(size), expected a power of two from \(needed)")
    }
    self.init(startingAt: window.lowerBound, size: size)
    extend(to: window.upperBound)
  }

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
