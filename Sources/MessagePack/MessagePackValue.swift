/// One MessagePack object as its writer meant it: every type of the format apart, nothing converted.
///
/// Use it for files of others. What rlbuf itself writes is a `StateValue`, one floor up.
/// - Source: the MessagePack specification, "Type system" and "Extension types".
public enum MessagePackValue: Sendable {
  /// The absence of a value.
  case `nil`
  /// A truth value.
  case bool(Bool)
  /// An integer that fits 64 signed bits, whichever of the ten integer formats held it.
  case int(Int64)
  /// An integer above `Int64.max`. The reader never gives a smaller one.
  case unsigned(UInt64)
  /// A single-precision number, by its bits.
  case float32(Float)
  /// A double-precision number, by its bits.
  case float64(Double)
  /// A `str`: the bytes as they stand in the file, which need not be valid UTF-8.
  case text([UInt8])
  /// A `bin`.
  case binary([UInt8])
  /// A list whose elements are not all of one numeric type.
  case array([MessagePackValue])
  /// A list of numbers, of lists of numbers and so on, held as one block. The reader gives every such list this way.
  case packed(PackedList)
  /// A map in file order, with keys of any type. Keys are distinct.
  case map([MapEntry])
  /// An application's own type: its number and its bytes, never interpreted. Type -1 with the body of a timestamp is
  /// read as `timestamp`; with any other body it stays an extension.
  case ext(type: Int8, bytes: [UInt8])
  /// The format's own extension type -1.
  case timestamp(Timestamp)

  /// One key of a map with its value.
  public struct MapEntry: Sendable, Hashable {
    /// The key, of any type.
    public var key: MessagePackValue
    /// The value.
    public var value: MessagePackValue

    /// Pairs a key with its value.
    public init(key: MessagePackValue, value: MessagePackValue) {
      self.key = key
      self.value = value
    }
  }

  /// A point in time.
  /// - Units: whole seconds since 1970-01-01 00:00 UTC, plus nanoseconds below 1,000,000,000.
  public struct Timestamp: Sendable, Hashable {
    /// Whole seconds since 1970-01-01 00:00 UTC; negative before it.
    public var seconds: Int64
    /// Nanoseconds within the second.
    public var nanoseconds: UInt32

    /// A point in time from its two parts.
    public init(seconds: Int64, nanoseconds: UInt32) {
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }
  }
}

extension MessagePackValue {
  /// A `str` from a Swift string.
  public static func string(_ string: String) -> MessagePackValue { .text(Array(string.utf8)) }

  /// An integer of either sign in its one representation.
  public static func integer(_ value: UInt64) -> MessagePackValue {
    Int64(exactly: value).map(MessagePackValue.int) ?? .unsigned(value)
  }

  /// The text of a `str`, or nil for other types and for bytes that are not UTF-8.
  public var string: String? {
    guard case .text(let bytes) = self else { return nil }
    return String(validating: bytes, as: UTF8.self)
  }

  /// The value of an integer that fits `Int`.
  public var integer: Int? {
    guard case .int(let value) = self else { return nil }
    return Int(exactly: value)
  }

  /// The elements of a list, packed or not. A packed list is taken apart: O(count).
  public var elements: [MessagePackValue]? {
    switch self {
    case .array(let elements): elements
    case .packed(let list): list.rows
    default: nil
    }
  }

  /// The entries of a map.
  public var entries: [MapEntry]? {
    guard case .map(let entries) = self else { return nil }
    return entries
  }

  /// The value at a text key of a map, or nil.
  public subscript(key: String) -> MessagePackValue? {
    guard case .map(let entries) = self else { return nil }
    return entries.first { entry in
      guard case .text(let bytes) = entry.key else { return false }
      return bytes.elementsEqual(key.utf8)
    }?.value
  }
}

/// Equality by type and bits: NaN equals the NaN of the same bits, 0.0 and -0.0 differ, float32 never equals float64.
extension MessagePackValue: Hashable {
  /// Whether both are of one type and of the same bits.
  public static func == (a: MessagePackValue, b: MessagePackValue) -> Bool {
    switch (a, b) {
    case (.nil, .nil): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.unsigned(let a), .unsigned(let b)): a == b
    case (.float32(let a), .float32(let b)): a.bitPattern == b.bitPattern
    case (.float64(let a), .float64(let b)): a.bitPattern == b.bitPattern
    case (.text(let a), .text(let b)), (.binary(let a), .binary(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.packed(let a), .packed(let b)): a == b
    case (.map(let a), .map(let b)): a == b
    case (.ext(let typeA, let bytesA), .ext(let typeB, let bytesB)): typeA == typeB && bytesA == bytesB
    case (.timestamp(let a), .timestamp(let b)): a == b
    default: false
    }
  }

  /// Feeds type and bits to the hasher.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .nil: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(value)
    case .unsigned(let value): hasher.combine(value)
    case .float32(let value): hasher.combine(value.bitPattern)
    case .float64(let value): hasher.combine(value.bitPattern)
    case .text(let bytes), .binary(let bytes): hasher.combine(bytes)
    case .array(let elements): hasher.combine(elements)
    case .packed(let list): hasher.combine(list)
    case .map(let entries): hasher.combine(entries)
    case .ext(let type, let bytes):
      hasher.combine(type)
      hasher.combine(bytes)
    case .timestamp(let value): hasher.combine(value)
    }
  }
}
