extension PCG64 {
  /// A number drawn evenly from 0 up to, not including, 1: a multiple of 2^-53.
  /// - Source: numpy's `Generator.random()`; `next_double`, `uint64_to_double` in `_common.pxd`.
  public mutating func random() -> Double {
    let word: UInt64 = next()
    return Double(word >> 11) * 0x1p-53
  }

  /// Numbers drawn evenly from 0 up to, not including, 1: what as many single draws give.
  /// - Shape: `[count]`
  /// - Complexity: O(`count`)
  /// - Source: numpy's `Generator.random(count)`.
  public mutating func random(count: Int) -> [Double] {
    draw(count) { $0.random() }
  }

  /// Replaces all `numbers` by ones drawn evenly from 0 up to, not including, 1: what as many single draws give.
  /// - Complexity: O(count)
  /// - Source: numpy's `Generator.random(out=numbers)`.
  public mutating func fill(_ numbers: inout [Double]) {
    for index in numbers.indices { numbers[index] = random() }
  }

  /// A number drawn evenly from `range`, whose width must be finite; an empty range draws and gives its bound.
  ///
  /// Rounding can give the upper bound itself, as in numpy.
  /// - Source: numpy's `Generator.uniform(low, high)`; `random_uniform` in `src/distributions/distributions.c`.
  public mutating func uniform(in range: Range<Double>) -> Double {
    let width = range.upperBound - range.lowerBound
    precondition(width.isFinite, "the width of \(range) must be finite")
    return range.lowerBound + width * random()
  }

  /// Numbers drawn evenly from `range`, whose width must be finite: what as many single draws give.
  /// - Shape: `[count]`
  /// - Complexity: O(`count`)
  /// - Source: numpy's `Generator.uniform(low, high, count)`.
  public mutating func uniform(in range: Range<Double>, count: Int) -> [Double] {
    draw(count) { $0.uniform(in: range) }
  }

  /// Puts the elements into an order drawn evenly from all orders.
  /// - Complexity: O(count)
  /// - Source: Fisher and Yates from the last element down; numpy's `Generator.shuffle` of one dimension,
  ///   `_shuffle_raw` in `_generator.pyx`.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, Int(masked(through: UInt64(last))))
    }
  }

  /// The results of `count` draws, in order.
  mutating func draw<Value>(_ count: Int, _ one: (inout PCG64) -> Value) -> [Value] {
    precondition(count >= 0, "the count of draws must not be negative, found \(count)")
    var values: [Value] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      values.append(one(&self))
    }
    return values
  }
}
