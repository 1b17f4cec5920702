internal import MessagePack
internal import StateTree

extension NumberBlock {
  /// Appends the numbers as bytes of a dtype, or says that one of them would change; then what was appended is worthless.
  func append(to bytes: inout [UInt8], as type: DataType) -> Bool {
    guard let part = self.bytes(as: type) else { return false }
    bytes += part
    return true
  }

  private func bytes(as type: DataType) -> [UInt8]? {
    switch elements {
    case .bool(let values): type == .bool ? Tensor(vector: values).bytes : nil
    case .int64(let values): Self.integers(values, as: type)
    case .uint64(let values): Self.integers(values, as: type)
    case .float32(let values):
      switch type {
      case .float32: Tensor(vector: values).bytes
      case .float64: Self.exact(values) { (value: Float) in Self.changed(value) as Double? }
      case .float16: Self.exact(values) { (value: Float) in Self.changed(value) as Float16? }
      default: nil
      }
    case .float64(let values):
      switch type {
      case .float64: Tensor(vector: values).bytes
      case .float32: Self.exact(values) { (value: Double) in Self.changed(value) as Float? }
      case .float16: Self.exact(values) { (value: Double) in Self.changed(value) as Float16? }
      default: nil
      }
    case .emptyMaps: nil
    }
  }

  private static func integers<Value: FixedWidthInteger & TensorScalar>(
    _ values: [Value], as type: DataType
  ) -> [UInt8]? {
    switch type {
    case Value.dataType: Tensor(vector: values).bytes
    case .int8: exact(values) { Int8(exactly: $0) }
    case .int16: exact(values) { Int16(exactly: $0) }
    case .int32: exact(values) { Int32(exactly: $0) }
    case .int64: exact(values) { Int64(exactly: $0) }
    case .uint8: exact(values) { UInt8(exactly: $0) }
    case .uint16: exact(values) { UInt16(exactly: $0) }
    case .uint32: exact(values) { UInt32(exactly: $0) }
    case .uint64: exact(values) { UInt64(exactly: $0) }
    case .float32: exact(values) { Float(exactly: $0) }
    case .float64: exact(values) { Double(exactly: $0) }
    case .bool, .float16, .complex64, .complex128, .opaque: nil
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

  /// The same number in another precision; nil if it, or the bits of a NaN, would not come back.
  private static func changed<Value: BinaryFloatingPoint, Other: BinaryFloatingPoint>(_ value: Value) -> Other? {
    let other = Other(value)
    let back = Value(other)
    return back.sign == value.sign && back.exponentBitPattern == value.exponentBitPattern
      && back.significandBitPattern == value.significandBitPattern ? other : nil
  }
}

extension NumberBlock.Encoding {
  /// The nested list that the file held: rows of a tensor back in their encoding; nil if they cannot be.
  func list(_ tensor: Tensor) -> MessagePackValue? {
    guard tensor.count > 0, !tensor.shape.isEmpty else { return tensor.shape.isEmpty ? nil : .array([]) }
    return elements(tensor).map { .packed(PackedList(shape: tensor.shape, elements: $0)) }
  }

  private func elements(_ tensor: Tensor) -> PackedList.Elements? {
    switch self {
    case .integer: Self.integers(tensor)
    case .bool: (try? tensor.flags()).map(PackedList.Elements.bool)
    case .float32:
      if let values = try? tensor.scalars(as: Float.self) {
        .float32(values)
      } else {
        tensor.doubles().map { .float32($0.map { Float($0) }) }
      }
    case .float64: tensor.doubles().map(PackedList.Elements.float64)
    case .empty, .mixed: nil
    }
  }

  private static func integers(_ tensor: Tensor) -> PackedList.Elements? {
    if let values = tensor.integers() { return .int64(values) }
    if let values = try? tensor.scalars(as: UInt64.self) { return .uint64(values) }
    // A column of floats whose every number was written as an integer.
    guard let doubles = tensor.doubles() else { return nil }
    let values = doubles.compactMap { Int64(exactly: $0) }
    return values.count == doubles.count ? .int64(values) : nil
  }
}
