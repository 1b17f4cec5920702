internal import MessagePack

/// A sum or minimum tree as RLlib's dumps hold it: a flat list, leaves in its second half, the root at 1.
/// - Source: `ray/rllib/execution/segment_tree.py`.
struct SegmentTree {
  /// The list.
  let values: [Double]
  /// Whether the file holds every number as a double. RLlib keeps what it is given: float32 TD errors and integer
  /// weights stay what they are.
  let isAllDoubles: Bool

  /// The tree in a list of numbers whose length is twice a power of two.
  init?(_ value: MessagePackValue?) {
    guard let value, let values = Self.numbers(value), values.count >= 2, values.count & (values.count - 1) == 0 else {
      return nil
    }
    self.values = values
    if case .packed(let list) = value, case .float64 = list.elements {
      isAllDoubles = true
    } else {
      isAllDoubles = false
    }
  }

  private static func numbers(_ value: MessagePackValue) -> [Double]? {
    if case .packed(let list) = value, list.shape.count == 1 {
      switch list.elements {
      case .float64(let values): return values
      case .float32(let values): return values.map { Double($0) }
      case .int64(let values): return values.map { Double($0) }
      default: return nil
      }
    }
    guard case .array(let elements) = value else { return nil }
    let values = elements.compactMap { $0.double ?? $0.integer.map { Double($0) } }
    return values.count == elements.count ? values : nil
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
    isAllDoubles = true
  }

  /// Whether both hold the same bits, as doubles all of them.
  func isIdentical(to other: SegmentTree) -> Bool {
    isAllDoubles && other.isAllDoubles && values.elementsEqual(other.values) { $0.bitPattern == $1.bitPattern }
  }
}
