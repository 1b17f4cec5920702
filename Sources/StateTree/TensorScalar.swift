/// A Swift number that is an element of tensors of one type.
///
/// A type that conforms has the size of that element type and means something whatever its bits.
public protocol TensorScalar: BitwiseCopyable, Sendable {
  /// The element type of tensors that hold it.
  static var dataType: DataType { get }
}

extension Int8: TensorScalar { /** `|i1`. */ public static var dataType: DataType { .int8 } }
extension Int16: TensorScalar { /** `<i2`. */ public static var dataType: DataType { .int16 } }
extension Int32: TensorScalar { /** `<i4`. */ public static var dataType: DataType { .int32 } }
extension Int64: TensorScalar { /** `<i8`. */ public static var dataType: DataType { .int64 } }
extension UInt8: TensorScalar { /** `|u1`. */ public static var dataType: DataType { .uint8 } }
extension UInt16: TensorScalar { /** `<u2`. */ public static var dataType: DataType { .uint16 } }
extension UInt32: TensorScalar { /** `<u4`. */ public static var dataType: DataType { .uint32 } }
extension UInt64: TensorScalar { /** `<u8`. */ public static var dataType: DataType { .uint64 } }
extension Float16: TensorScalar { /** `<f2`. */ public static var dataType: DataType { .float16 } }
extension Float: TensorScalar { /** `<f4`. */ public static var dataType: DataType { .float32 } }
extension Double: TensorScalar { /** `<f8`. */ public static var dataType: DataType { .float64 } }

extension Tensor {
  /// A tensor of the given numbers.
  /// - Throws: `StateTreeError.shapeMismatch` if the shape wants another count; without a shape there is one axis.
  public init<Scalar: TensorScalar>(_ scalars: [Scalar], shape: [Int]? = nil) throws(StateTreeError) {
    try self.init(Scalar.dataType, shape: shape ?? [scalars.count], bytes: Self.bytes(scalars))
  }

  /// A tensor of one axis of the given numbers.
  public init<Scalar: TensorScalar>(vector scalars: [Scalar]) {
    self.init(unchecked: Scalar.dataType, shape: [scalars.count], bytes: Self.bytes(scalars))
  }

  private static func bytes<Scalar: TensorScalar>(_ scalars: [Scalar]) -> [UInt8] {
    precondition(MemoryLayout<Scalar>.stride == Scalar.dataType.itemBytes, "a tensor scalar has the size of its type")
    // The bytes of BitwiseCopyable numbers; every machine Swift runs on here is little-endian.
    return unsafe scalars.withUnsafeBytes { unsafe Array($0) }
  }

  /// A tensor of one axis of truth values.
  public init(vector flags: [Bool]) {
    self.init(unchecked: .bool, shape: [flags.count], bytes: flags.map { $0 ? 1 : 0 })
  }

  /// The elements in row-major order.
  /// - Throws: `StateTreeError.wrongDataType` if the tensor holds another type: nothing is converted.
  /// - Complexity: O(count).
  public func scalars<Scalar: TensorScalar>(as type: Scalar.Type = Scalar.self) throws(StateTreeError) -> [Scalar] {
    guard dataType == Scalar.dataType else { throw .wrongDataType(expected: Scalar.dataType, found: dataType) }
    precondition(MemoryLayout<Scalar>.stride == dataType.itemBytes, "a tensor scalar has the size of its type")
    let count = bytes.count / dataType.itemBytes
    return unsafe Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      // `bytes` holds exactly `count` elements (checked when the tensor was made); any bits are a valid number.
      unsafe UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes)
      initialized = count
    }
  }

  /// The elements of a tensor of truth values; any byte but 0 is true.
  /// - Throws: `StateTreeError.wrongDataType`.
  public func flags() throws(StateTreeError) -> [Bool] {
    guard dataType == .bool else { throw .wrongDataType(expected: .bool, found: dataType) }
    return bytes.map { $0 != 0 }
  }

  /// The elements as doubles, for statistics and display; 64-bit integers round. Nil for complex and opaque types.
  /// - Complexity: O(count).
  public func doubles() -> [Double]? {
    // Closures, because `Double.init` of a UInt64 means the initializer from a bit pattern.
    switch dataType {
    case .bool: bytes.map { $0 == 0 ? 0 : 1 }
    case .int8: widened(Int8.self) { Double($0) }
    case .int16: widened(Int16.self) { Double($0) }
    case .int32: widened(Int32.self) { Double($0) }
    case .int64: widened(Int64.self) { Double($0) }
    case .uint8: bytes.map { Double($0) }
    case .uint16: widened(UInt16.self) { Double($0) }
    case .uint32: widened(UInt32.self) { Double($0) }
    case .uint64: widened(UInt64.self) { Double($0) }
    case .float16: widened(Float16.self) { Double($0) }
    case .float32: widened(Float.self) { Double($0) }
    case .float64: try? scalars()
    case .complex64, .complex128, .opaque: nil
    }
  }

  private func widened<Scalar: TensorScalar>(_: Scalar.Type, _ convert: (Scalar) -> Double) -> [Double]? {
    (try? scalars(as: Scalar.self))?.map(convert)
  }

  /// The elements of a tensor of integers or truth values, exactly; nil for other types and for values beyond
  /// `Int64.max`.
  /// - Complexity: O(count).
  public func integers() -> [Int64]? {
    switch dataType {
    case .bool: bytes.map { $0 == 0 ? 0 : 1 }
    case .int8: (try? scalars(as: Int8.self))?.map { Int64($0) }
    case .int16: (try? scalars(as: Int16.self))?.map { Int64($0) }
    case .int32: (try? scalars(as: Int32.self))?.map { Int64($0) }
    case .int64: try? scalars()
    case .uint8: bytes.map { Int64($0) }
    case .uint16: (try? scalars(as: UInt16.self))?.map { Int64($0) }
    case .uint32: (try? scalars(as: UInt32.self))?.map { Int64($0) }
    case .uint64: exact((try? scalars(as: UInt64.self)) ?? [])
    case .float16, .float32, .float64, .complex64, .complex128, .opaque: nil
    }
  }

  private func exact(_ values: [UInt64]) -> [Int64]? {
    let small = values.compactMap(Int64.init(exactly:))
    return small.count == values.count ? small : nil
  }
}
