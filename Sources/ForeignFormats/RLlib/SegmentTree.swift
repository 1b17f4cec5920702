internal import MessagePack

/// A sum or minimum tree as RLlib's dumps hold it: a flat list, leaves in its second half, the root at 1.
/// - Source: `ray/rllib/execution/segment_tree.py`.
struct SegmentTree {
  /// The list.
  let values: [Double]

  /// The tree in a list of doubles whose length is twice a power of two.
  init?(_ value: MessagePackValue?) {
    guard case .packed(let list)? = value, list.shape.count == 1, case .float64(let values) = list.elements,
      values.count >= 2, values.count & (values.count - 1) == 0
    else { return nil }
    self.values = values
  }

  /// How many leaves there are.
  var capacity: Int { values.count / 2 }

  /// The tree with these leaves and the neutral element elsewhere, inner nodes computed as RLlib computes them.
  init(capacity: Int, leaves: [(leaf: Int, value: Double)], neutral: Double, _ combine: (Double, Double) -> Double) {
    var values = [Double](repeating: neutral, count: 2 * capacity)
    for (leaf, value) in leaves { values[capacity + leaf] = value }
    for node in stride(from: capacity - 1, through: 1, by: -1) {
      values[node] = combine(values[2 * node], values[2 * node + 1])
    }
    self.values = values
  }

  /// Whether both hold the same bits.
  func isIdentical(to other: SegmentTree) -> Bool {
    values.elementsEqual(other.values) { $0.bitPattern == $1.bitPattern }
  }
}
