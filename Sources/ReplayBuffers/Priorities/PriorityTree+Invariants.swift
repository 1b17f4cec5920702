extension PriorityTree {
  /// How many leaves are above 0.
  /// - Complexity: O(pages with leaves)
  var leafCount: Int { pages.reduce(0) { $0 + $1.leafCount } }

  /// Whether every inner value is the sum or the minimum of what is under it.
  /// - Complexity: O(pages)
  var hasConsistentNodes: Bool {
    sums.isConsistent && minimums.isConsistent
      && pages.indices.allSatisfy {
        sums[$0] == pages[$0].sum && minimums[$0] == pages[$0].minimum
          && (pages[$0].sum == 0 || pages[$0].hasConsistentNodes)
      }
  }
}
