import StateTree
import Testing

@testable import Algorithms

@Suite struct CyclicMinibatchesTests {
  private func all(_ minibatches: CyclicMinibatches, seed: UInt64 = 1) -> [[Int]] {
    var (minibatches, generator) = (minibatches, PCG64(seed: seed))
    var all: [[Int]] = []
    while minibatches.advance(using: &generator) { all.append(minibatches.minibatch) }
    return all
  }

  /// Count, size, epochs, and how many minibatches RLlib makes of them: the last of an epoch is filled from the next.
  @Test(arguments: [(4000, 128, 30, 938), (212, 53, 1, 4), (10, 4, 1, 3), (10, 4, 2, 5), (3, 8, 5, 2), (7, 7, 3, 3)])
  func `Every item comes in every epoch, and minibatches are full`(count: Int, size: Int, epochs: Int, number: Int) {
    for isShuffled in [false, true] {
      let found = all(CyclicMinibatches(count: count, size: size, epochs: epochs, isShuffled: isShuffled))
      #expect(found.count == number && found.allSatisfy { $0.count == size })
      let items = found.flatMap { $0 }
      for epoch in 0..<epochs {
        #expect(items[epoch * count..<(epoch + 1) * count].sorted() == Array(0..<count))
      }
      #expect(Array(items[..<count]) == Array(0..<count), "the first epoch goes in order")
    }
  }

  @Test func `Unshuffled epochs repeat the order, as RLlib's do`() {
    // RLlib's iterator over a batch of 5 by minibatches of 3, two epochs, without shuffling.
    let found = all(CyclicMinibatches(count: 5, size: 3, epochs: 2, isShuffled: false))
    #expect(found == [[0, 1, 2], [3, 4, 0], [1, 2, 3], [4, 0, 1]])
  }

  @Test func `Later epochs have orders of their own, the same for the same generator`() {
    let minibatches = CyclicMinibatches(count: 50, size: 50, epochs: 3, isShuffled: true)
    let found = all(minibatches)
    #expect(Set(found).count == 3 && found == all(minibatches) && found != all(minibatches, seed: 2))
  }
}
