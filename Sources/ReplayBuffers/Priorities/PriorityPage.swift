/// 4,096 leaves of a `PriorityTree` with the inner nodes above them.
struct PriorityPage: Sendable {
  private(set) var leaves = [Double](repeating: 0, count: PriorityTree.pageSize)
  /// Node i has the children 2i and 2i + 1; from `pageSize` on these are leaves.
  private(set) var sums = [Double](repeating: 0, count: PriorityTree.pageSize)
  private(set) var minimums = [Double](repeating: .infinity, count: PriorityTree.pageSize)

  /// The page of all that have no leaf.
  static let blank = PriorityPage()

  /// The sum of the leaves.
  var sum: Double { sums[1] }
  /// The smallest leaf; infinite without one.
  var minimum: Double { minimums[1] }

  /// Sets a leaf; 0 takes it out, and with the last one all storage.
  mutating func set(_ slot: Int, _ leaf: Double) {
    leaves[slot] = leaf
    var node = (slot + PriorityTree.pageSize) >> 1
    let pair = slot & ~1
    sums[node] = leaves[pair] + leaves[pair + 1]
    minimums[node] = min(Self.forMinimum(leaves[pair]), Self.forMinimum(leaves[pair + 1]))
    node >>= 1
    while node > 0 {
      sums[node] = sums[2 * node] + sums[2 * node + 1]
      minimums[node] = min(minimums[2 * node], minimums[2 * node + 1])
      node >>= 1
    }
    if sum == 0 { self = .blank }
  }

  static func forMinimum(_ leaf: Double) -> Double { leaf == 0 ? .infinity : leaf }

  /// The slot whose leaf, with those before it in the page, first exceeds `prefix`.
  /// - Precondition: A leaf is above 0.
  func slot(atPrefix prefix: Double) -> Int {
    var rest = prefix
    var node = 1
    while node < PriorityTree.pageSize {
      node *= 2
      let left = value(node)
      if left <= rest, value(node + 1) > 0 {
        rest -= left
        node += 1
      }
    }
    return node - PriorityTree.pageSize
  }

  func value(_ node: Int) -> Double {
    node < PriorityTree.pageSize ? sums[node] : leaves[node - PriorityTree.pageSize]
  }
}
