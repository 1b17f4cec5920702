/// 4,096 leaves of a `PriorityTree` with the sums and minimums above them.
///
/// Leaves lie in groups of eight. A copy shares them, and the first change afterwards copies the page's leaves alone.
struct PriorityPage: Sendable {
  private(set) var leaves: PageLeaves
  private var sums: Pyramid<SumRule>
  private var minimums: Pyramid<MinimumRule>

  /// The page of all that have no leaf.
  static let blank = PriorityPage()

  private init() {
    leaves = PageLeaves()
    sums = Pyramid(count: PageLeaves.groupCount)
    minimums = Pyramid(count: PageLeaves.groupCount)
  }

  /// The sum of the leaves.
  var sum: Double { sums.top }
  /// The smallest leaf; infinite without one.
  var minimum: Double { minimums.top }

  /// How many levels lie over the leaves.
  static let height = blank.sums.height

  /// Sets a leaf and nothing above it; 0 takes it out.
  @inline(__always) mutating func put(_ slot: Int, _ leaf: Double) { leaves.put(slot, leaf) }

  /// Merges the group of leaves that a slot is in.
  /// - Returns: whether its minimum is another one now, which it seldom is.
  @inline(__always) mutating func lift(_ slot: Int) -> Bool {
    let group = leaves.groups[slot >> 3]
    _ = sums.put(slot >> 3, SumRule.merged(group))
    return minimums.put(slot >> 3, MinimumRule.merged(group.replacing(with: .infinity, where: group .== 0)))
  }

  /// Merges the group over a slot that is `level` levels from that of its sum, which is 1.
  /// - Parameter isChanged: Whether the minimum below is another one now; becomes whether this one is.
  @inline(__always) mutating func lift(_ slot: Int, first: Int, _ level: Int, minimumToo isChanged: inout Bool) {
    _ = sums.lift(slot >> 3, first: first, level)
    if isChanged { isChanged = minimums.lift(slot >> 3, first: first, level) }
  }

  /// The first group of such a level.
  static func first(_ level: Int) -> Int { blank.sums.first(level) }

  /// Gives all storage back if no leaf is left.
  mutating func release() {
    if sum == 0 { self = .blank }
  }

  /// Moves a search one level down: from a group of sums to the one below; below the last level are groups of leaves.
  @inline(__always) func below(_ group: Int, atPrefix rest: inout Double) -> Int {
    sums.below(group, atPrefix: &rest)
  }

  /// The slot at which a search ends that `below` led out of the sums; `rest` becomes its leaf.
  @inline(__always) func slot(ofPlace place: Int, leaf rest: inout Double) -> Int {
    let group = sums.index(ofPlace: place)
    let slot = group * 8 + leaves.groups.lane(of: group, atPrefix: &rest)
    rest = leaves[slot]
    return slot
  }

  /// The slot whose leaf, with those before it in the page, first exceeds `rest`; never one without a leaf.
  /// - Precondition: A leaf is above 0.
  func nonzeroSlot(atPrefix rest: inout Double) -> Int {
    let group = sums.nonzeroIndex(atPrefix: &rest)
    return group * 8 + leaves.groups[group].nonzeroLane(atPrefix: &rest)
  }

  /// How many leaves are above 0.
  var leafCount: Int { sum > 0 ? (0..<PriorityTree.pageSize).count { leaves[$0] > 0 } : 0 }

  /// Whether every inner value is the sum or the minimum of what is under it.
  var hasConsistentNodes: Bool {
    guard sums.isConsistent, minimums.isConsistent else { return false }
    return leaves.groups.indices.allSatisfy { index in
      let group = leaves.groups[index]
      return sums[index] == SumRule.merged(group)
        && minimums[index] == MinimumRule.merged(group.replacing(with: .infinity, where: group .== 0))
    }
  }
}

/// The leaves of a page.
struct PageLeaves: Sendable {
  static let groupCount = PriorityTree.pageSize / 8

  fileprivate var groups = [SIMD8<Double>](repeating: .zero, count: Self.groupCount)

  /// A leaf, 0 if there is none.
  subscript(slot: Int) -> Double { groups[slot >> 3][slot & 7] }

  fileprivate mutating func put(_ slot: Int, _ leaf: Double) { groups[slot >> 3][slot & 7] = leaf }
}
