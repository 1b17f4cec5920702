internal import MessagePack
internal import StateTree

/// A sum or minimum tree as RLlib's dumps hold it: a flat list, leaves in its second half, the root at 1.
/// - Source: `ray/rllib/execution/segment_tree.py`.
struct SegmentTree {
  /// The list.
  let values: [Double]

  /// Whether every number is held in double precision, so that the numbers alone make the list again.
  let isPlain: Bool

  /// The tree in a list of numbers whose length is twice a power of two. Priorities that came from numpy stand in it in
  /// single precision beside zeros in double.
  init?(_ value: MessagePackValue?) {
    guard let block = value.flatMap({ NumberBlock($0) }), block.shape.count == 1,
      let bytes = block.bytes(as: .float64), let tensor = try? Tensor(.float64, shape: block.shape, bytes: bytes),
      let values = try? tensor.scalars(as: Double.self), values.count >= 2, values.count & (values.count - 1) == 0
    else { return nil }
    self.values = values
    isPlain = block.encoding == .float64
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
    isPlain = true
  }

  /// Whether both hold the same bits, in the same precision.
  func isIdentical(to other: SegmentTree) -> Bool {
    isPlain == other.isPlain && values.elementsEqual(other.values) { $0.bitPattern == $1.bitPattern }
  }
}
