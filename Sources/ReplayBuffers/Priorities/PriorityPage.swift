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

  /// Sets a leaf; 0 takes it out, and with the last one all storage.
  mutating func set(_ slot: Int, _ leaf: Double) {
    let group = leaves.set(slot, leaf)
    sums.set(slot >> 3, SumRule.merged(group))
    minimums.set(slot >> 3, MinimumRule.merged(group.replacing(with: .infinity, where: group .== 0)))
    if leaf == 0, sum == 0 { self = .blank }
  }

  /// The slot whose leaf, with those before it in the page, first exceeds `prefix`.
  /// - Precondition: A leaf is above 0.
  func slot(atPrefix prefix: Double) -> Int {
    var rest = prefix
    let group = sums.index(atPrefix: &rest)
    return group * 8 + leaves.groups[group].lane(atPrefix: &rest)
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

  /// Sets a leaf and gives the group that it is in.
  fileprivate mutating func set(_ slot: Int, _ leaf: Double) -> SIMD8<Double> {
    var group = groups[slot >> 3]
    group[slot & 7] = leaf
    groups[slot >> 3] = group
    return group
  }
}
