internal import StateTree

extension PrioritizedEpisodeReplayBuffer: SavableBuffer {
  /// The buffer at this moment, to be read while this one goes on.
  /// - Complexity: O(chunks + pages + episodes); no row and no priority is copied.
  public func snapshot() -> BufferSnapshot {
    store.snapshot(
      kind: Self.kind,
      adding: [
        "alpha": .double(alpha), "max_priority": .double(maximumPriority), "tree_size": .integer(tree.size),
        "generator": generator.state,
      ], priorities: tree.snapshot)
  }

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: capacity, alpha and seed.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults = BufferDefaults()) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, layout: .episodes, defaults: defaults)
    alpha = try saved.alpha()
    generator = try saved.generator()
    maximumPriority = try saved.double("max_priority")
    guard maximumPriority > 0, maximumPriority.isFinite else {
      throw ReplayBufferError.invalidContents("max_priority is \(maximumPriority), expected a finite number above 0")
    }
    store = try EpisodeLoader.store(of: contents, saved)
    tree = try Self.tree(of: store, saved)
    evict()
    try checkInvariants()
  }

  private static func tree(of store: EpisodeStore, _ saved: BufferStateReader) throws(ReplayBufferError) -> PriorityTree {
    let window = store.steps.positions
    let needed = PriorityTree.size(for: window)
    let size = try saved.countIfPresent("tree_size") ?? needed
    guard PriorityTree.isSize(size), size >= needed else {
      throw .invalidContents("tree_size is \(size), expected a power of two from \(needed)")
    }
    let leaves = try saved.doubles("priorities")
    guard leaves.count == store.stepCount else {
      throw .invalidContents("there are \(leaves.count) priorities for \(store.stepCount) steps")
    }
    var tree = PriorityTree(startingAt: window.lowerBound, size: size)
    tree.extend(to: window.upperBound)
    var next = 0
    for number in store.episodes.positions {
      for step in store.stepNumbers(of: store.episodes[number]) {
        guard PriorityTree.leaves.contains(leaves[next]) else {
          throw .invalidContents("the priority of step \(step) is \(leaves[next]), expected \(PriorityTree.leaves)")
        }
        tree.set(step, leaves[next])
        next += 1
      }
    }
    return tree
  }

  /// Checks that episodes, lanes, index, counters and priorities agree.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  /// - Complexity: O(steps)
  public func checkInvariants() throws {
    try store.checkInvariants()
    try generator.checkInvariants()
    guard tree.window == steps, tree.size >= PriorityTree.size(for: steps) else {
      throw ReplayBufferError.brokenInvariant("a tree of \(tree.size) over \(tree.window) for \(steps)")
    }
    var smallest = Double.infinity
    var rest = tree.leafCount
    for number in store.episodes.positions {
      for step in store.stepNumbers(of: store.episodes[number]) {
        guard PriorityTree.leaves.contains(tree[step]) else {
          throw ReplayBufferError.brokenInvariant("step \(step) has the leaf \(tree[step])")
        }
        smallest = min(smallest, tree[step])
        rest -= 1
      }
    }
    guard rest == 0, smallest == tree.minimum, tree.hasConsistentNodes else {
      throw ReplayBufferError.brokenInvariant("\(rest) leaves of no step, or a sum or minimum that is not its leaves'")
    }
  }
}
