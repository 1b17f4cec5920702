import StateTree
import Testing

@testable import ReplayBuffers

@Suite("The tree of priorities")
struct PriorityTreeTests {
  @Test(
    "the search by prefix is RLlib's",
    arguments: [(0.0, 0), (0.999, 0), (1.0, 2), (2.999, 2), (3.0, 3), (6.0, 3)])
  func prefix(_ prefix: Double, slot: Int) {
    var tree = PriorityTree()
    tree.extend(to: 4)
    for (step, leaf) in [1.0, 0, 2, 3].enumerated() { tree.set(step, leaf) }
    #expect(tree.sum == 6)
    #expect(tree.minimum == 1)
    #expect(tree.step(atPrefix: prefix) == slot)
  }

  @Test("a tree over a sliding, growing window agrees with an array", arguments: [31, 32] as [UInt64])
  func twin(seed: UInt64) {
    var random = PCG64(seed: seed)
    func integer(_ bound: Int) -> Int { Int(random.integers(in: 0..<Int64(bound))) }
    var first = 4000
    var tree = PriorityTree(startingAt: first)
    var naive: [Int: Double] = [:]
    for operation in 0..<300 {
      let place: Comment = "seed \(seed), operation \(operation)"
      tree.extend(to: tree.window.upperBound + integer(operation < 100 ? 400 : 40))
      for _ in 0..<8 where !tree.window.isEmpty {
        let step = first + integer(tree.window.count)
        naive[step] = Double(integer(5))
        tree.set(step, naive[step, default: 0])
      }
      let start = min(first + integer(150), tree.window.upperBound)
      for step in first..<start where naive.removeValue(forKey: step) != nil { tree.set(step, 0) }
      first = start
      tree.advance(to: start)
      let live = naive.filter { $0.value > 0 }
      #expect(tree.sum == live.values.reduce(0, +), place)
      #expect(tree.minimum == live.values.min() ?? .infinity, place)
      #expect(tree.leafCount == live.count, place)
      #expect(tree.hasConsistentNodes, place)
      guard tree.sum > 0 else { continue }
      let prefix = random.random() * tree.sum
      var rest = prefix
      let expected = live.sorted { $0.key % tree.size < $1.key % tree.size }.first { leaf in
        defer { rest -= leaf.value }
        return leaf.value > rest
      }
      #expect(tree.step(atPrefix: prefix) == expected?.key, place)
    }
    #expect(tree.size > PriorityTree.pageSize)
  }

  @Test("a search never ends on a step without a leaf, however sums round")
  func rounding() {
    var tree = PriorityTree()
    tree.extend(to: 4096)
    for step in 0..<7 { tree.set(step * 3, 0.1 + Double(step) * 1e-17) }
    for prefix in [tree.sum, tree.sum.nextDown, tree.sum - 1e-16, tree.sum * 2] {
      #expect(tree[tree.step(atPrefix: prefix)] > 0)
    }
  }

  @Test("a snapshot of the leaves stays as it was")
  func snapshot() {
    var tree = PriorityTree()
    tree.extend(to: 3)
    tree.set(1, 5)
    let leaves = tree.snapshot
    tree.set(1, 7)
    tree.extend(to: 100_000)
    #expect(leaves.leaf(1) == 5)
    #expect(tree[1] == 7)
  }

  @Test("a span of billions costs only what is in it")
  func span() {
    var tree = PriorityTree()
    tree.extend(to: PriorityTree.largestSpan)
    tree.set(PriorityTree.largestSpan - 1, 2)
    #expect(tree.step(atPrefix: 1) == PriorityTree.largestSpan - 1)
    #expect(tree.sum == 2)
  }
}
