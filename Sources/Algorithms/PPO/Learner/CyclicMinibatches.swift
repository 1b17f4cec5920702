internal import StateTree

/// Goes over the items of a batch again and again, a minibatch at a time; the last one of an epoch takes what it lacks
/// from the next epoch.
///
/// The first epoch goes in the order of the batch, as sampled; each further one in an order drawn anew, if shuffled.
/// - Source: RLlib's `MiniBatchCyclicIterator` in `utils/minibatch_utils.py`; it draws one order more, behind the last
///   epoch, where a minibatch ended with it.
struct CyclicMinibatches {
  private(set) var minibatch: [Int] = []
  private var order: [Int]
  private var place = 0
  private var coveredEpochs = 0
  private let size: Int
  private let epochs: Int
  private let isShuffled: Bool

  /// - Precondition: There is an item, and a minibatch has one.
  init(count: Int, size: Int, epochs: Int, isShuffled: Bool) {
    precondition(count > 0 && size > 0, "items and minibatches of them")
    order = Array(0..<count)
    self.size = size
    self.epochs = epochs
    self.isShuffled = isShuffled
    minibatch.reserveCapacity(size)
  }

  /// Fills `minibatch`, or says that all epochs are done.
  mutating func advance(using generator: inout PCG64) -> Bool {
    guard coveredEpochs < epochs else { return false }
    minibatch.removeAll(keepingCapacity: true)
    while minibatch.count < size {
      if place == order.count {
        place = 0
        if isShuffled { generator.shuffle(&order) }
      }
      let end = min(order.count, place + size - minibatch.count)
      minibatch += order[place..<end]
      place = end
      if end == order.count { coveredEpochs += 1 }
    }
    return true
  }
}
