extension PriorityTree {
  /// How many leaves are above 0.
  /// - Complexity: O(pages with leaves)
  var leafCount: Int { pages.reduce(0) { $0 + $1.leafCount } }

  /// Whether every inner node is the sum and the minimum of its children.
  /// - Complexity: O(pages)
  var hasConsistentNodes: Bool {
    for (index, page) in pages.enumerated() {
      let node = pages.count + index
      guard page.hasConsistentNodes, sums[node] == page.sum, minimums[node] == page.minimum else { return false }
    }
    for node in stride(from: pages.count - 1, to: 0, by: -1) {
      let (left, right) = (2 * node, 2 * node + 1)
      guard sums[node] == sums[left] + sums[right] else { return false }
      guard minimums[node] == min(minimums[left], minimums[right]) else { return false }
    }
    return true
  }
}

extension PriorityPage {
  /// How many leaves are above 0.
  var leafCount: Int {
    guard sum > 0 else { return 0 }
    var count = 0
    for leaf in leaves where leaf > 0 { count += 1 }
    return count
  }

  /// Whether every inner node is the sum and the minimum of its children.
  var hasConsistentNodes: Bool {
    guard sum > 0 else { return minimum == .infinity }
    var node = PriorityTree.pageSize - 1
    while node > 0 {
      let (left, right) = (2 * node, 2 * node + 1)
      guard sums[node] == value(left) + value(right) else { return false }
      guard minimums[node] == min(minimumValue(left), minimumValue(right)) else { return false }
      node -= 1
    }
    return true
  }

  private func minimumValue(_ node: Int) -> Double {
    node < PriorityTree.pageSize ? minimums[node] : Self.forMinimum(leaves[node - PriorityTree.pageSize])
  }
}
