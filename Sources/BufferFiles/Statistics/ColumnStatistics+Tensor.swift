public import StateTree

extension ColumnStatistics {
  /// The statistics of all elements of a tensor, or nil for complex and opaque types, which have no order.
  /// - Complexity: O(count).
  public init?(of tensor: Tensor) {
    switch tensor.dataType {
    case .bool: self.init(tensor.bytes.map { $0 == 0 ? 0 as UInt8 : 1 }) { .int(Int64($0)) }
    case .int8: self.init(tensor, of: Int8.self)
    case .int16: self.init(tensor, of: Int16.self)
    case .int32: self.init(tensor, of: Int32.self)
    case .int64: self.init(tensor, of: Int64.self)
    case .uint8: self.init(tensor.bytes) { .int(Int64($0)) }
    case .uint16: self.init(tensor, of: UInt16.self)
    case .uint32: self.init(tensor, of: UInt32.self)
    case .uint64: self.init((try? tensor.scalars(as: UInt64.self)) ?? []) { Int64(exactly: $0).map(Bound.int) ?? .unsigned($0) }
    case .float16: self.init(floats: ((try? tensor.scalars(as: Float16.self)) ?? []))
    case .float32: self.init(floats: ((try? tensor.scalars(as: Float.self)) ?? []))
    case .float64: self.init(floats: ((try? tensor.scalars(as: Double.self)) ?? []))
    case .complex64, .complex128, .opaque: return nil
    }
  }

  private init<Scalar: TensorScalar & FixedWidthInteger>(_ tensor: Tensor, of: Scalar.Type) {
    self.init((try? tensor.scalars(as: Scalar.self)) ?? []) { .int(Int64($0)) }
  }

  private init<Scalar: FixedWidthInteger>(_ values: [Scalar], bound: (Scalar) -> Bound) {
    self.init()
    count = values.count
    guard let first = values.first else { return }
    var (low, high, sum) = (first, first, 0.0)
    for value in values {
      low = min(low, value)
      high = max(high, value)
      sum += Double(value)
    }
    (minimum, maximum) = (bound(low), bound(high))
    mean = sum / Double(count)
    for value in values {
      let distance = Double(value) - mean
      squaredDistances += distance * distance
    }
    addSample(of: values) { Double($0) }
  }

  private init<Scalar: BinaryFloatingPoint>(floats values: [Scalar]) {
    self.init()
    count = values.count
    var (low, high, sum) = (Scalar.infinity, -Scalar.infinity, 0.0)
    for value in values {
      guard value.isFinite else {
        if value.isNaN { nanCount += 1 } else { infiniteCount += 1 }
        continue
      }
      low = min(low, value)
      high = max(high, value)
      sum += Double(value)
    }
    takeBounds(values, low: low, high: high)
    guard finiteCount > 0 else { return }
    mean = sum / Double(finiteCount)
    for value in values where value.isFinite {
      let distance = Double(value) - mean
      squaredDistances += distance * distance
    }
    addSample(of: values) { Double($0) }
  }

  /// Sets the bounds from the finite ones and, where there are any, the infinities.
  private mutating func takeBounds<Scalar: BinaryFloatingPoint>(_ values: [Scalar], low: Scalar, high: Scalar) {
    guard count > nanCount else { return }
    let hasInfinity = infiniteCount > 0
    let low = hasInfinity && values.contains(-.infinity) ? -.infinity : low
    let high = hasInfinity && values.contains(.infinity) ? .infinity : high
    (minimum, maximum) = (.double(Double(low)), .double(Double(high)))
  }

  private mutating func addSample<Scalar>(of values: [Scalar], _ convert: (Scalar) -> Double) {
    let spacing = max(1, (values.count + Self.samplesPerBatch - 1) / Self.samplesPerBatch)
    histogram.add(stride(from: 0, to: values.count, by: spacing).map { convert(values[$0]) })
  }
}
