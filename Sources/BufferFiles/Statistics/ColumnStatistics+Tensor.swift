public import StateTree

extension ColumnStatistics {
  /// The statistics of all elements of a tensor, or nil for complex and opaque types, which have no order.
  /// - Complexity: O(count).
  public init?(of tensor: Tensor) {
    let statistics: ColumnStatistics? =
      switch tensor.dataType {
      case .bool: Self(flags: tensor)
      case .int8: Self(integers: tensor, Int8.self)
      case .int16: Self(integers: tensor, Int16.self)
      case .int32: Self(integers: tensor, Int32.self)
      case .int64: Self(integers: tensor, Int64.self)
      case .uint8: Self(smallIntegers: tensor)
      case .uint16: Self(integers: tensor, UInt16.self)
      case .uint32: Self(integers: tensor, UInt32.self)
      case .uint64: Self(integers: tensor, UInt64.self)
      case .float16: Self(floats: tensor, Float16.self)
      case .float32: Self(floats: tensor, Float.self)
      case .float64: Self(floats: tensor, Double.self)
      case .complex64, .complex128, .opaque: nil
      }
    guard let statistics else { return nil }
    self = statistics
  }

  private init?<Scalar: MeasurableInteger>(integers tensor: Tensor, _ type: Scalar.Type) {
    let spacing = Self.sampleSpacing(tensor)
    let statistics = tensor.withElements(as: type) { values in
      let sweep = ElementSweep(values)
      var statistics = ColumnStatistics(count: values.count, low: sweep.low, high: sweep.high)
      statistics.takeMoments(values, sum: sweep.sum)
      statistics.addSample(of: values, spacing: spacing)
      return statistics
    }
    guard let statistics else { return nil }
    self = statistics
  }

  private init?<Scalar: MeasurableFloat>(floats tensor: Tensor, _ type: Scalar.Type) {
    let spacing = Self.sampleSpacing(tensor)
    let statistics = tensor.withElements(as: type) { values in
      var (nanCount, infiniteCount) = (0, 0)
      let sweep = ElementSweep(values, nanCount: &nanCount, infiniteCount: &infiniteCount)
      var statistics = ColumnStatistics(count: values.count, low: sweep.low, high: sweep.high)
      (statistics.nanCount, statistics.infiniteCount) = (nanCount, infiniteCount)
      statistics.takeInfinities(values)
      statistics.takeMoments(values, sum: sweep.sum)
      statistics.addSample(of: values, spacing: spacing)
      return statistics
    }
    guard let statistics else { return nil }
    self = statistics
  }

  private init<Scalar: Measurable>(count: Int, low: Scalar?, high: Scalar?) {
    self.init()
    self.count = count
    (minimum, maximum) = (low?.bound, high?.bound)
  }

  /// Widens the bounds to the infinities, where there are any.
  private mutating func takeInfinities<Scalar: MeasurableFloat>(_ values: Span<Scalar>) {
    guard infiniteCount > 0 else { return }
    var (hasNegative, hasPositive) = (false, false)
    for index in values.indices where values[index].isInfinite {
      if values[index] < 0 { hasNegative = true } else { hasPositive = true }
    }
    if hasNegative { minimum = .double(-.infinity) } else { minimum = minimum ?? .double(.infinity) }
    if hasPositive { maximum = .double(.infinity) } else { maximum = maximum ?? .double(-.infinity) }
  }

  /// Takes mean and squared distances of the finite ones, whose sum is known.
  private mutating func takeMoments<Scalar: Measurable>(_ values: Span<Scalar>, sum: Double) {
    guard finiteCount > 0 else { return }
    mean = sum / Double(finiteCount)
    if !mean.isFinite { mean = Self.meanOfHuge(values, count: finiteCount) }
    squaredDistances = values.squaredDistances(from: mean, areFinite: finiteCount == count)
  }

  /// The mean of numbers whose sum is beyond what a double holds.
  private static func meanOfHuge<Scalar: Measurable>(_ values: Span<Scalar>, count: Int) -> Double {
    let scale = 0x1p-64
    var sum = 0.0
    for index in values.indices where values[index].asDouble.isFinite { sum += values[index].asDouble * scale }
    return sum / Double(count) / scale
  }
}

/// The histogram's sample: every `spacing`-th element of a batch, so that at most `samplesPerBatch` are taken.
extension ColumnStatistics {
  /// The smallest spacing that takes few enough elements and has no divisor in common with the elements of a row: with
  /// one, the sample would hold some components of the rows and never the others.
  static func sampleSpacing(_ tensor: Tensor) -> Int {
    let count = tensor.dataType.itemBytes > 0 ? tensor.bytes.count / tensor.dataType.itemBytes : 0
    let rowElements = count > 0 ? count / max(1, tensor.rowCount) : 1
    var spacing = max(1, (count + samplesPerBatch - 1) / samplesPerBatch)
    while greatestCommonDivisor(spacing, rowElements) > 1 { spacing += 1 }
    return spacing
  }

  private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }

  private mutating func addSample<Scalar: Measurable>(of values: Span<Scalar>, spacing: Int) {
    // Gathered first, because each lies in a cache line of its own.
    var sample: [Double] = []
    sample.reserveCapacity(values.count / spacing + 1)
    var (low, high) = (Double.infinity, -Double.infinity)
    for index in stride(from: 0, to: values.count, by: spacing) {
      let value = values[index].asDouble
      guard value.isFinite else { continue }
      low = value < low ? value : low
      high = value > high ? value : high
      sample.append(value)
    }
    guard low <= high else { return }
    histogram.makeRoom(from: low, to: high)
    histogram.count(sample.count) { sample[$0] }
  }
}

/// Bytes: all sums are small integers, so that one pass is exact.
extension ColumnStatistics {
  private init?(flags tensor: Tensor) {
    let flags = tensor.bytes.span
    var ones = 0
    for index in flags.indices where flags[index] != 0 { ones &+= 1 }
    let zeros = tensor.bytes.count - ones
    self.init()
    count = tensor.bytes.count
    guard count > 0 else { return }
    (minimum, maximum) = (.int(zeros > 0 ? 0 : 1), .int(ones > 0 ? 1 : 0))
    takeExactMoments(sum: ones, squares: ones)
    let spacing = Self.sampleSpacing(tensor)
    let sampleCount = (count + spacing - 1) / spacing
    var sampledOnes = 0
    for index in stride(from: 0, to: count, by: spacing) where flags[index] != 0 { sampledOnes += 1 }
    histogram.makeRoom(from: sampledOnes < sampleCount ? 0 : 1, to: sampledOnes > 0 ? 1 : 0)
    histogram.count(sampleCount) { flags[$0 * spacing] == 0 ? 0 : 1 }
  }

  private init?(smallIntegers tensor: Tensor) {
    let spacing = Self.sampleSpacing(tensor)
    let values = tensor.bytes.span
    self.init()
    count = values.count
    guard count > 0 else { return }
    var (low, high, sum, squares) = (UInt8.max, UInt8.min, 0, 0)
    for start in stride(from: 0, to: values.count, by: 1 << 14) {  // 2^14 squares of a byte fit 32 bits
      let block = values.extracting(start..<min(start + (1 << 14), values.count))
      var (blockSum, blockSquares): (UInt32, UInt32) = (0, 0)
      for index in block.indices {
        let value = block[index]
        low = min(low, value)
        high = max(high, value)
        blockSum &+= UInt32(value)
        blockSquares &+= UInt32(value) &* UInt32(value)
      }
      sum += Int(blockSum)
      squares += Int(blockSquares)
    }
    (minimum, maximum) = (low.bound, high.bound)
    takeExactMoments(sum: sum, squares: squares)
    addSample(of: values, spacing: spacing)
  }

  /// Mean and squared distances from the exact sums of `count` small integers and of their squares.
  private mutating func takeExactMoments(sum: Int, squares: Int) {
    mean = Double(sum) / Double(count)
    let scaled = Int128(count) * Int128(squares) - Int128(sum) * Int128(sum)
    squaredDistances = Double(scaled) / Double(count)
  }
}
