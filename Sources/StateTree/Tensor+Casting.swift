extension Tensor {
  /// The same numbers as elements of another type.
  ///
  /// A floating-point number may round to a narrower one, as numpy's `astype` does; every other change must be exact.
  /// - Throws: `StateTreeError.inexactCast` for the first number that the type cannot hold, such as 300 as uint8, 0.5 as
  ///   int64 or 2^24 + 1 as float32; `.wrongDataType` from or to a complex or opaque type.
  /// - Complexity: O(count).
  public func cast(to type: DataType) throws(StateTreeError) -> Tensor {
    switch type {
    case dataType: self
    case .bool: try cast(as: UInt8.self, to: .bool) { (0...1).contains($0) }
    case .int8: try cast(as: Int8.self)
    case .int16: try cast(as: Int16.self)
    case .int32: try cast(as: Int32.self)
    case .int64: try cast(as: Int64.self)
    case .uint8: try cast(as: UInt8.self)
    case .uint16: try cast(as: UInt16.self)
    case .uint32: try cast(as: UInt32.self)
    case .uint64: try cast(as: UInt64.self)
    case .float16: try round(to: Float16.self)
    case .float32: try round(to: Float.self)
    case .float64: try round(to: Double.self)
    case .complex64, .complex128, .opaque: throw .wrongDataType(expected: type, found: dataType)
    }
  }

  private func cast<Target: TensorScalar & FixedWidthInteger>(
    as: Target.Type, to type: DataType = Target.dataType, where isHeld: (Target) -> Bool = { _ in true }
  ) throws(StateTreeError) -> Tensor {
    let exact = try converted(type, { Target(exactly: $0) }, { Target(exactly: $0) })
    for value in exact where !isHeld(value) { throw .inexactCast("\(value)", from: dataType, to: type) }
    return Tensor(unchecked: type, shape: shape, bytes: Tensor(vector: exact).bytes)
  }

  private func round<Target: TensorScalar & BinaryFloatingPoint>(to: Target.Type) throws(StateTreeError) -> Tensor {
    let rounded = try converted(Target.dataType, { Target(exactly: $0) }) { number in
      let rounded = Target(number)
      return rounded.isInfinite && number.isFinite ? nil : rounded
    }
    return Tensor(unchecked: Target.dataType, shape: shape, bytes: Tensor(vector: rounded).bytes)
  }

  /// The elements by way of integers or, where they are none, of doubles.
  private func converted<Target>(
    _ type: DataType, _ integer: (Int64) -> Target?, _ number: (Double) -> Target?
  ) throws(StateTreeError) -> [Target] {
    if let integers = integers() { return try converted(integers, type, integer) }
    // Doubles would round what is left of the integers: those beyond Int64.max.
    guard dataType.kind == .float, let numbers = doubles() else {
      throw dataType == .uint64
        ? .inexactCast("a number beyond 2^63", from: dataType, to: type) : .wrongDataType(expected: type, found: dataType)
    }
    return try converted(numbers, type, number)
  }

  private func converted<Source, Target>(
    _ values: [Source], _ type: DataType, _ convert: (Source) -> Target?
  ) throws(StateTreeError) -> [Target] {
    var converted: [Target] = []
    converted.reserveCapacity(values.count)
    for value in values {
      guard let target = convert(value) else { throw .inexactCast("\(value)", from: dataType, to: type) }
      converted.append(target)
    }
    return converted
  }
}
