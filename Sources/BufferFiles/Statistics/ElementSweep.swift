/// Bounds and sum of numbers, in the fewest passes that keep them exact.
struct ElementSweep<Scalar: Measurable> {
  /// The smallest and largest finite number, once there is one.
  private(set) var low: Scalar?
  private(set) var high: Scalar?
  /// The sum of the finite ones.
  private(set) var sum = 0.0
}

/// Four sums go side by side: an addition waits for the one before it, and a loop of one sum spends its time waiting.
extension ElementSweep where Scalar: MeasurableInteger {
  init(_ values: Span<Scalar>) {
    guard values.count > 0 else { return }
    var (low, high) = (values[0], values[0])
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    let whole = values.count & ~3
    for index in stride(from: 0, to: whole, by: 4) {
      let (v, w, x, y) = (values[index], values[index &+ 1], values[index &+ 2], values[index &+ 3])
      low = min(min(low, v), min(w, min(x, y)))
      high = max(max(high, v), max(w, max(x, y)))
      a += v.asDouble
      b += w.asDouble
      c += x.asDouble
      d += y.asDouble
    }
    for index in whole..<values.count {
      low = min(low, values[index])
      high = max(high, values[index])
      a += values[index].asDouble
    }
    (self.low, self.high, sum) = (low, high, (a + b) + (c + d))
  }
}

extension ElementSweep where Scalar: MeasurableFloat {
  /// How many numbers are added before the sum is looked at: it is finite exactly if all of them are and do not overflow.
  private static var blockCount: Int { 1024 }

  /// Sweeps the numbers, counting those that are not finite.
  init(_ values: Span<Scalar>, nanCount: inout Int, infiniteCount: inout Int) {
    for start in stride(from: 0, to: values.count, by: Self.blockCount) {
      let block = values.extracting(start..<min(start + Self.blockCount, values.count))
      if takeFinite(block) { continue }
      takeAny(block, nanCount: &nanCount, infiniteCount: &infiniteCount)
    }
  }

  /// Takes numbers that are all finite, or nothing.
  private mutating func takeFinite(_ values: Span<Scalar>) -> Bool {
    var (low, high) = (self.low ?? values[0], self.high ?? values[0])
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    let whole = values.count & ~3
    for index in stride(from: 0, to: whole, by: 4) {
      let (v, w, x, y) = (values[index], values[index &+ 1], values[index &+ 2], values[index &+ 3])
      low = Self.lower(Self.lower(low, v), Self.lower(w, Self.lower(x, y)))
      high = Self.higher(Self.higher(high, v), Self.higher(w, Self.higher(x, y)))
      a += v.asDouble
      b += w.asDouble
      c += x.asDouble
      d += y.asDouble
    }
    for index in whole..<values.count {
      low = Self.lower(low, values[index])
      high = Self.higher(high, values[index])
      a += values[index].asDouble
    }
    let blockSum = (a + b) + (c + d)
    guard blockSum.isFinite else { return false }
    (self.low, self.high) = (low, high)
    sum += blockSum
    return true
  }

  private mutating func takeAny(_ values: Span<Scalar>, nanCount: inout Int, infiniteCount: inout Int) {
    for index in values.indices {
      let value = values[index]
      guard value.isFinite else {
        if value.isNaN { nanCount += 1 } else { infiniteCount += 1 }
        continue
      }
      low = Self.lower(low ?? value, value)
      high = Self.higher(high ?? value, value)
      sum += value.asDouble
    }
  }

  /// One instruction each, unlike `min` and `max`, which ask which zero is smaller.
  private static func lower(_ a: Scalar, _ b: Scalar) -> Scalar { b < a ? b : a }
  private static func higher(_ a: Scalar, _ b: Scalar) -> Scalar { b > a ? b : a }
}

extension Span where Element: Measurable {
  /// The sum of the squared distances of the finite numbers from `mean`; `isFinite` says that all are.
  func squaredDistances(from mean: Double, areFinite: Bool) -> Double {
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    let whole = areFinite ? count & ~3 : 0
    for index in stride(from: 0, to: whole, by: 4) {
      let (v, w) = (self[index].asDouble - mean, self[index &+ 1].asDouble - mean)
      let (x, y) = (self[index &+ 2].asDouble - mean, self[index &+ 3].asDouble - mean)
      a += v * v
      b += w * w
      c += x * x
      d += y * y
    }
    for index in whole..<count {
      let value = self[index].asDouble
      guard value.isFinite else { continue }
      a += (value - mean) * (value - mean)
    }
    return (a + b) + (c + d)
  }
}
