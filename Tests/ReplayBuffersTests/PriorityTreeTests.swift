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

  @Test("many searches find what one finds, also where sums round", arguments: [1, 2, 3] as [UInt64])
  func together(seed: UInt64) {
    var random = PCG64(seed: seed)
    var tree = PriorityTree(startingAt: 12_345)
    tree.extend(to: 12_345 + 40_000)
    // Leaves far apart in size, most of them none, so that sums round and right halves are empty.
    let steps = (0..<3000).map { _ in 12_345 + Int(random.integers(in: 0..<40_000)) }
    tree.set(steps) { _ in Double(sign: .plus, exponent: Int(random.integers(in: -60..<60)), significand: 1 + random.random()) }
    #expect(tree.hasConsistentNodes)
    for round in 0..<40 {
      var prefixes = (0..<100).map { _ in random.random() * tree.sum }
      if round % 2 == 0 { prefixes += [tree.sum, tree.sum.nextDown, tree.sum.nextUp, 0, tree.sum - 1e-5] }
      var (found, leaves) = ([Int](repeating: 0, count: prefixes.count), prefixes)
      tree.find(&found, &leaves, atPrefixes: prefixes)
      #expect(found == prefixes.map(tree.step), "seed \(seed), round \(round)")
      #expect(leaves == found.map { tree[$0] } && leaves.allSatisfy { $0 > 0 }, "seed \(seed), round \(round)")
      tree.set(found) { _ in random.random() < 0.3 ? 0 : random.random() }
    }
  }

  @Test("what is set together is what is set one by one, a step twice and the last leaf included")
  func setTogether() {
    var random = PCG64(seed: 8)
    var (together, single) = (PriorityTree(), PriorityTree())
    together.extend(to: 10_000)
    single.extend(to: 10_000)
    for round in 0..<60 {
      let steps = (0..<200).map { _ in Int(random.integers(in: 0..<(round % 3 == 0 ? 30 : 10_000))) }
      let leaves = steps.map { _ in random.random() < 0.4 ? 0 : random.random() }
      together.set(steps) { leaves[$0] }
      for (step, leaf) in zip(steps, leaves) { single.set(step, leaf) }
      #expect(together.hasConsistentNodes && together.sum == single.sum && together.minimum == single.minimum)
      #expect((0..<10_000).allSatisfy { together[$0] == single[$0] })
    }
    together.set(0..<10_000) { _ in 0 }
    #expect(together.sum == 0 && together.minimum == .infinity && together.leafCount == 0 && together.hasConsistentNodes)
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
