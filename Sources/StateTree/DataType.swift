/// The type of a tensor's elements, named as numpy names it. Always little-endian.
/// - Source: numpy, "The array interface protocol", `typestr`.
public enum DataType: Hashable, Sendable {
  /// One byte, 0 or 1 (`|b1`).
  case bool
  /// Signed integers of 1, 2, 4 and 8 bytes (`|i1` to `<i8`).
  case int8, int16, int32, int64
  /// Unsigned integers of 1, 2, 4 and 8 bytes (`|u1` to `<u8`).
  case uint8, uint16, uint32, uint64
  /// IEEE 754 numbers of 2, 4 and 8 bytes (`<f2` to `<f8`).
  case float16, float32, float64
  /// Pairs of float32 and of float64 (`<c8`, `<c16`).
  case complex64, complex128
  /// Typed bytes that are kept and compared but not computed with: text (`<U5`), byte strings (`|S5`), dates
  /// (`<M8[ns]`), time spans (`<m8[us]`) and records (`|V16`).
  case opaque(OpaqueType)

  /// A numpy type of which only name and size matter here.
  public struct OpaqueType: Hashable, Sendable {
    /// numpy's name, such as `<U5`.
    public let name: String
    /// The size of one element.
    public let itemBytes: Int
  }

  /// What the elements are, apart from their size.
  public enum Kind: Sendable { case bool, signed, unsigned, float, complex, opaque }

  private static let plain: [DataType] = [
    .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32, .float64, .complex64,
    .complex128,
  ]
  private static let byName = Dictionary(uniqueKeysWithValues: plain.map { ($0.name, $0) })

  private var facts: (name: String, itemBytes: Int, kind: Kind) {
    switch self {
    case .bool: ("|b1", 1, .bool)
    case .int8: ("|i1", 1, .signed)
    case .int16: ("<i2", 2, .signed)
    case .int32: ("<i4", 4, .signed)
    case .int64: ("<i8", 8, .signed)
    case .uint8: ("|u1", 1, .unsigned)
    case .uint16: ("<u2", 2, .unsigned)
    case .uint32: ("<u4", 4, .unsigned)
    case .uint64: ("<u8", 8, .unsigned)
    case .float16: ("<f2", 2, .float)
    case .float32: ("<f4", 4, .float)
    case .float64: ("<f8", 8, .float)
    case .complex64: ("<c8", 8, .complex)
    case .complex128: ("<c16", 16, .complex)
    case .opaque(let type): (type.name, type.itemBytes, .opaque)
    }
  }

  /// numpy's name for the type, such as `<f4`.
  public var name: String { facts.name }

  /// The size of one element.
  /// - Units: bytes; at least 0 (numpy has empty texts, `<U0`).
  public var itemBytes: Int { facts.itemBytes }

  /// What the elements are.
  public var kind: Kind { facts.kind }

  /// The type that numpy calls `name`, or nil for big-endian types, objects, unknown names and spellings that numpy
  /// itself never writes (`<U05`).
  public init?(name: String) {
    if let type = Self.byName[name] {
      self = type
    } else if let itemBytes = Self.opaqueItemBytes(Array(name.utf8)) {
      self = .opaque(OpaqueType(name: name, itemBytes: itemBytes))
    } else {
      return nil
    }
  }
}

extension DataType: CustomStringConvertible {
  /// numpy's long name for the type, such as `float32`; for opaque types the short one.
  public var description: String {
    if case .opaque(let type) = self { return type.name }
    let bits = itemBytes * 8
    return switch kind {
    case .bool: "bool"
    case .signed: "int\(bits)"
    case .unsigned: "uint\(bits)"
    case .float: "float\(bits)"
    case .complex: "complex\(bits)"
    case .opaque: name
    }
  }
}
