internal import MessagePack
internal import StateTree

/// The priorities of a dump of RLlib's prioritized buffer, and which of its structures they determine.
struct DumpPriorities {
  /// The priority, to the power of alpha, of each step in the order of `_indices`.
  let priorities: [Double]
  /// The leaf of each step in the order of `_indices`.
  let leaves: [Int64]
  /// The number of leaves of the trees.
  let capacity: Int
  /// The keys of the dump that follow from the above.
  private(set) var derived: Set<String> = []

  /// The most leaves for which a tree is computed from its leaves; RLlib's trees have four for each two steps of capacity.
  static let maximumCapacity = 1 << 26

  init(_ dump: MessagePackValue, leaves: [Int64]) throws(DumpProblem) {
    guard let sums = SegmentTree(dump["_sum_segment"]) else {
      throw DumpProblem("_sum_segment is no list of numbers whose length is a power of two")
    }
    guard leaves.allSatisfy({ 0 <= $0 && $0 < Int64(sums.capacity) }) else {
      throw DumpProblem("_indices names a leaf outside of the \(sums.capacity) of _sum_segment")
    }
    var isTaken = [Bool](repeating: false, count: sums.capacity)
    for leaf in leaves {
      guard !isTaken[Int(leaf)] else { throw DumpProblem("_indices names the leaf \(leaf) twice") }
      isTaken[Int(leaf)] = true
    }
    self.leaves = leaves
    capacity = sums.capacity
    priorities = leaves.map { sums.values[sums.capacity + Int($0)] }
    let (capacity, pairs) = (capacity, zip(leaves, priorities).map { (leaf: Int($0), value: $1) })
    if capacity > Self.maximumCapacity { return }
    if sums.isIdentical(to: Self.sums(capacity, pairs)) { derived.insert("_sum_segment") }
    if SegmentTree(dump["_min_segment"])?.isIdentical(to: Self.minima(capacity, pairs)) == true {
      derived.insert("_min_segment")
    }
    if dump["_tree_idx_to_sample_idx"] == Self.sampleIndices(leaves) { derived.insert("_tree_idx_to_sample_idx") }
  }

  static func sums(_ capacity: Int, _ pairs: [(leaf: Int, value: Double)]) -> SegmentTree {
    SegmentTree(capacity: capacity, leaves: pairs, neutral: 0, +)
  }

  static func minima(_ capacity: Int, _ pairs: [(leaf: Int, value: Double)]) -> SegmentTree {
    SegmentTree(capacity: capacity, leaves: pairs, neutral: .infinity) { min($0, $1) }
  }

  /// What `_tree_idx_to_sample_idx` holds as long as nothing was evicted out of order: leaf and position of each step.
  static func sampleIndices(_ leaves: [Int64]) -> MessagePackValue {
    guard !leaves.isEmpty else { return .array([]) }
    let pairs = leaves.enumerated().flatMap { [$1, Int64($0)] }
    return .packed(PackedList(shape: [leaves.count, 2], elements: .int64(pairs)))
  }
}
