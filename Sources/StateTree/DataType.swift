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

  private static let plain: [(type: DataType, name: String, itemBytes: Int, kind: Kind)] = [
    (.bool, "|b1", 1, .bool), (.int8, "|i1", 1, .signed), (.int16, "<i2", 2, .signed), (.int32, "<i4", 4, .signed),
    (.int64, "<i8", 8, .signed), (.uint8, "|u1", 1, .unsigned), (.uint16, "<u2", 2, .unsigned),
    (.uint32, "<u4", 4, .unsigned), (.uint64, "<u8", 8, .unsigned), (.float16, "<f2", 2, .float),
    (.float32, "<f4", 4, .float), (.float64, "<f8", 8, .float), (.complex64, "<c8", 8, .complex),
    (.complex128, "<c16", 16, .complex),
  ]

  private static let byName = Dictionary(uniqueKeysWithValues: plain.map { ($0.name, $0.type) })
  private static let byType = Dictionary(uniqueKeysWithValues: plain.map { ($0.type, $0) })

  /// numpy's name for the type, such as `<f4`.
  public var name: String {
    if case .opaque(let type) = self { return type.name }
    return Self.byType[self]?.name ?? ""
  }

  /// The size of one element.
  /// - Units: bytes; at least 0 (numpy has empty texts, `<U0`).
  public var itemBytes: Int {
    if case .opaque(let type) = self { return type.itemBytes }
    return Self.byType[self]?.itemBytes ?? 0
  }

  /// What the elements are.
  public var kind: Kind { Self.byType[self]?.kind ?? .opaque }

  /// The type that numpy calls `name`, or nil for big-endian types, objects and unknown names.
  public init?(name: String) {
    if let type = Self.byName[name] {
      self = type
    } else if let itemBytes = Self.opaqueItemBytes(name) {
      self = .opaque(OpaqueType(name: name, itemBytes: itemBytes))
    } else {
      return nil
    }
  }

  /// The size of an element of an opaque type: `<U5` 20, `|S5` 5, `|V16` 16, dates and time spans 8.
  private static func opaqueItemBytes(_ name: String) -> Int? {
    guard name.utf8.count >= 3, name.utf8.count <= 64, let order = name.first, "<|".contains(order) else { return nil }
    let code = name.dropFirst().first
    let rest = name.dropFirst(2)
    switch (order, code) {
    case ("<", "U"): return Int(rest).flatMap { (0...(1 << 26)).contains($0) ? 4 * $0 : nil }
    case ("|", "S"), ("|", "V"): return Int(rest).flatMap { (0...(1 << 28)).contains($0) ? $0 : nil }
    case ("<", "M"), ("<", "m"): return rest.hasPrefix("8") ? 8 : nil
    default: return nil
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
