internal import MessagePack
internal import StateTree

extension NumberBlock {
  /// The numbers as bytes of a dtype, or nil if one of them would change.
  func bytes(as type: DataType) -> [UInt8]? {
    switch elements {
    case .bool(let values): values.allSatisfy { _ in type == .bool } ? values.map { $0 ? 1 : 0 } : nil
    case .int64(let values): Self.integers(values, as: type)
    case .uint64(let values): type == .uint64 ? Tensor(vector: values).bytes : nil
    case .float32(let values):
      switch type {
      case .float32: Tensor(vector: values).bytes
      case .float64: Self.exact(values) { (value: Float) in Self.widen(value) }
      case .float16: Self.exact(values) { (value: Float) in Self.narrow(value) as Float16? }
      default: nil
      }
    case .float64(let values):
      switch type {
      case .float64: Tensor(vector: values).bytes
      case .float32: Self.exact(values) { (value: Double) in Self.narrow(value) as Float? }
      case .float16: Self.exact(values) { (value: Double) in Self.narrow(value) as Float16? }
      default: nil
      }
    case .emptyMaps: nil
    }
  }

  private static func integers(_ values: [Int64], as type: DataType) -> [UInt8]? {
    switch type {
    case .int8: exact(values) { Int8(exactly: $0) }
    case .int16: exact(values) { Int16(exactly: $0) }
    case .int32: exact(values) { Int32(exactly: $0) }
    case .int64: Tensor(vector: values).bytes
    case .uint8: exact(values) { UInt8(exactly: $0) }
    case .uint16: exact(values) { UInt16(exactly: $0) }
    case .uint32: exact(values) { UInt32(exactly: $0) }
    case .uint64: exact(values) { UInt64(exactly: $0) }
    case .float32: exact(values) { Float(exactly: $0) }
    case .float64: exact(values) { Double(exactly: $0) }
    case .bool, .float16, .complex64, .complex128, .opaque: values.isEmpty ? [] : nil
    }
  }

  private static func exact<Value, Scalar: TensorScalar>(
    _ values: [Value], _ convert: (Value) -> Scalar?
  ) -> [UInt8]? {
    var scalars: [Scalar] = []
    scalars.reserveCapacity(values.count)
    for value in values {
      guard let scalar = convert(value) else { return nil }
      scalars.append(scalar)
    }
    return Tensor(vector: scalars).bytes
  }

  /// The same number in double precision; nil for a NaN that would lose its bits.
  private static func widen(_ value: Float) -> Double? {
    let wide = Double(value)
    return Float(wide).bitPattern == value.bitPattern ? wide : nil
  }

  /// The same number in less precision; nil if it would change.
  private static func narrow<Wide: BinaryFloatingPoint, Narrow: BinaryFloatingPoint>(_ value: Wide) -> Narrow? {
    let narrow = Narrow(value)
    return Wide(narrow) == value && narrow.sign == value.sign ? narrow : nil
  }

  /// The nested list that the file held: rows of a tensor back in their encoding; nil if they cannot be.
  static func list(_ tensor: Tensor, encoding: Encoding) -> MessagePackValue? {
    guard tensor.count > 0 else { return .array([]) }
    let elements: PackedList.Elements? =
      switch encoding {
      case .integer: integers(tensor)
      case .bool: (try? tensor.flags()).map(PackedList.Elements.bool)
      case .float32: tensor.doubles().map { .float32($0.map { Float($0) }) }
      case .float64: tensor.doubles().map(PackedList.Elements.float64)
      case .empty, .mixed: nil
      }
    if encoding == .float32, let values = try? tensor.scalars(as: Float.self) {
      return .packed(PackedList(shape: tensor.shape, elements: .float32(values)))
    }
    return elements.map { .packed(PackedList(shape: tensor.shape, elements: $0)) }
  }

  private static func integers(_ tensor: Tensor) -> PackedList.Elements? {
    if let values = tensor.integers() { return .int64(values) }
    if let values = try? tensor.scalars(as: UInt64.self) { return .uint64(values) }
    // A column of floats whose every number was written as an integer.
    return tensor.doubles().map { .int64($0.map { Int64($0) }) }
  }
}
