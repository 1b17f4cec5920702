internal import StateTree
internal import Synchronization

/// The rows of a slot table at one moment, in the order of their steps, as contents give them.
///
/// Which slot comes when is found out when rows are first asked for, not when the snapshot is taken. Copies share the
/// answer.
struct SlotRows: Sendable {
  let table: SlotTable
  private let order = Order()

  init(_ table: SlotTable) { self.table = table }

  /// The rows at these positions in the order of the steps.
  /// - Complexity: O(rows), the first time O(slots log slots)
  func rows(_ range: Range<Int>) -> RowBatch {
    let slots = Array(order.slots(of: table)[range])
    return RowBatch(
      firstRow: range.lowerBound, steps: slots.map { Int64(table.step($0)) }, columns: table.gather(slots))
  }

  /// The step number that each slot holds.
  var state: StateValue { .tensor(Tensor(vector: table.steps().map { Int64($0) })) }

  private final class Order: Sendable {
    private let storage = Mutex<[Int]?>(nil)

    /// The slots in the order of the steps they hold.
    func slots(of table: SlotTable) -> [Int] {
      storage.withLock { known in
        if let known { return known }
        let steps = table.steps()
        let sorted = steps.indices.sorted { steps[$0] < steps[$1] }
        known = sorted
        return sorted
      }
    }
  }
}
