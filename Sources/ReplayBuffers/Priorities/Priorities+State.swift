internal import StateTree

extension Priorities {
  /// What is saved beside the leaves.
  var settings: StateMap {
    ["alpha": .double(alpha), "max_priority": .double(maximum), "tree_size": .integer(tree.size)]
  }

  /// Saved priorities of the steps that are stored.
  /// - Parameter steps: The steps in the order in which their leaves were saved.
  /// - Parameter window: The steps from the oldest stored one to the next.
  /// - Throws: `ReplayBufferError` for what no priorities can be.
  init(_ saved: BufferStateReader, of steps: some Collection<Int>, window: Range<Int>) throws(ReplayBufferError) {
    try self.init(alpha: saved.alpha())
    maximum = try saved.double("max_priority")
    guard maximum > 0, maximum.isFinite else {
      throw .invalidContents("max_priority is \(maximum), expected a finite number above 0")
    }
    let leaves = try saved.doubles("priorities")
    guard leaves.count == steps.count else {
      throw .invalidContents("there are \(leaves.count) priorities for \(steps.count) steps")
    }
    tree = try PriorityTree(for: window, saved)
    for (step, leaf) in zip(steps, leaves) where !PriorityTree.leaves.contains(leaf) {
      throw .invalidContents("the priority of step \(step) is \(leaf), expected \(PriorityTree.leaves)")
    }
    tree.set(steps) { leaves[$0] }
  }

  /// Checks that exactly the stored steps have leaves, and that sums and minimums are theirs.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  /// - Complexity: O(steps)
  func checkInvariants(of steps: some Sequence<Int>, window: Range<Int>) throws(ReplayBufferError) {
    guard tree.window == window, tree.size >= PriorityTree.size(for: window) else {
      throw .brokenInvariant("a tree of \(tree.size) over \(tree.window) for \(window)")
    }
    var smallest = Double.infinity
    var rest = tree.leafCount
    for step in steps {
      guard PriorityTree.leaves.contains(tree[step]) else {
        throw .brokenInvariant("step \(step) has the leaf \(tree[step])")
      }
      smallest = min(smallest, tree[step])
      rest -= 1
    }
    guard rest == 0, smallest == tree.minimum, tree.hasConsistentNodes else {
      throw .brokenInvariant("\(rest) leaves of no step, or a sum or minimum that is not its leaves'")
    }
  }
}

extension PriorityTree {
  /// A tree without leaves for a window, of the size that was saved.
  /// - Throws: `ReplayBufferError.invalidContents` for a size that no tree for this window has.
  init(for window: Range<Int>, _ saved: BufferStateReader) throws(ReplayBufferError) {
    let needed = Self.size(for: window)
    let size = try saved.countIfPresent("tree_size") ?? needed
    guard Self.isSize(size), size >= needed else {
      throw .invalidContents("tree_size is \(size), expected a power of two from \(needed)")
    }
    self.init(startingAt: window.lowerBound, size: size)
    extend(to: window.upperBound)
  }
}
