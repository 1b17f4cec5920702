extension PCG64 {
  /// An integer drawn evenly from `range`, which must not be empty; a range of one value draws nothing.
  /// - Source: numpy's `Generator.integers(low, high)`, dtype int64.
  public mutating func integers(in range: Range<Int64>) -> Int64 {
    integers(in: Self.closed(range))
  }

  /// An integer drawn evenly from `range`, which may hold every `Int64`; a range of one value draws nothing.
  /// - Source: numpy's `Generator.integers(low, high, endpoint=True)`, dtype int64.
  public mutating func integers(in range: ClosedRange<Int64>) -> Int64 {
    let low = UInt64(bitPattern: range.lowerBound)
    let span = UInt64(bitPattern: range.upperBound) &- low
    return Int64(bitPattern: low &+ bounded(through: span))
  }

  /// Integers drawn evenly from `range`, which must not be empty: what as many single draws give.
  /// - Shape: `[count]`
  /// - Complexity: O(`count`)
  /// - Source: numpy's `Generator.integers(low, high, size=count)`, dtype int64.
  public mutating func integers(in range: Range<Int64>, count: Int) -> [Int64] {
    integers(in: Self.closed(range), count: count)
  }

  /// Integers drawn evenly from `range`, which may hold every `Int64`: what as many single draws give.
  /// - Shape: `[count]`
  /// - Complexity: O(`count`)
  /// - Source: numpy's `Generator.integers(low, high, size=count, endpoint=True)`, dtype int64.
  public mutating func integers(in range: ClosedRange<Int64>, count: Int) -> [Int64] {
    draw(count) { $0.integers(in: range) }
  }

  /// Replaces all `integers` by ones drawn evenly from `range`, which must not be empty: what as many single draws give.
  /// - Complexity: O(count)
  /// - Source: numpy's `Generator.integers(low, high, size=count)`, dtype int64.
  public mutating func fill(_ integers: inout [Int], from range: Range<Int>) {
    precondition(!range.isEmpty, "there is no integer in the empty range \(range)")
    let last = UInt64(range.count - 1)
    for index in integers.indices { integers[index] = range.lowerBound + Int(bounded(through: last)) }
  }

  private static func closed(_ range: Range<Int64>) -> ClosedRange<Int64> {
    precondition(!range.isEmpty, "there is no integer in the empty range \(range)")
    return range.lowerBound...(range.upperBound - 1)
  }
}

extension PCG64 {
  /// An integer drawn evenly from 0 through `last`, from half words where these are wide enough.
  /// - Source: `random_bounded_uint64` in numpy's `src/distributions/distributions.c`.
  mutating func bounded(through last: UInt64) -> UInt64 {
    switch last {
    case 0: 0
    case UInt64(UInt32.max): UInt64(nextUInt32())
    case ..<UInt64(UInt32.max): UInt64(bounded32(below: UInt32(last) + 1))
    case .max: next()
    default: bounded64(below: last + 1)
    }
  }

  /// - Source: Lemire 2019, "Fast Random Integer Generation in an Interval", algorithm 5 with L = 32.
  private mutating func bounded32(below bound: UInt32) -> UInt32 {
    var product = bound.multipliedFullWidth(by: nextUInt32())
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = bound.multipliedFullWidth(by: nextUInt32())
      }
    }
    return product.high
  }

  /// - Source: Lemire 2019, algorithm 5 with L = 64.
  private mutating func bounded64(below bound: UInt64) -> UInt64 {
    var product = bound.multipliedFullWidth(by: next())
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold {
        product = bound.multipliedFullWidth(by: next())
      }
    }
    return product.high
  }

  /// An integer drawn evenly from 0 through `last` by masking and rejecting, which numpy kept for shuffling alone.
  /// - Source: `random_interval` in numpy's `src/distributions/distributions.c`.
  mutating func masked(through last: UInt64) -> UInt64 {
    guard last > 0 else { return 0 }
    let mask = UInt64.max >> last.leadingZeroBitCount
    while true {
      let value = mask & (last <= UInt32.max ? UInt64(nextUInt32()) : next())
      if value <= last { return value }
    }
  }
}
