/// One value of algorithm state as rlbuf writes it: plain data, no classes, no code.
public enum StateValue: Sendable {
  /// The absence of a value.
  case `nil`
  /// A truth value.
  case bool(Bool)
  /// An integer that fits 64 signed bits.
  case int(Int64)
  /// An integer above `Int64.max`; a smaller one equals the `int` of the same value and comes back as that.
  case unsigned(UInt64)
  /// A number, by its bits.
  case double(Double)
  /// A text.
  case string(String)
  /// Bytes without a type.
  case bytes([UInt8])
  /// A list.
  case array([StateValue])
  /// A map in the order in which its keys were set.
  case map(StateMap)
  /// An array of numbers.
  case tensor(Tensor)
}

extension StateValue {
  /// An integer of any type in its one representation.
  /// - Precondition: It lies in `Int64.min...UInt64.max`.
  public static func integer(_ value: some BinaryInteger) -> StateValue {
    if let value = Int64(exactly: value) { return .int(value) }
    guard let value = UInt64(exactly: value) else { preconditionFailure("\(value) does not fit 64 bits") }
    return .unsigned(value)
  }

  /// The value at a key of a map, or nil.
  public subscript(key: StateKey) -> StateValue? {
    guard case .map(let map) = self else { return nil }
    return map[key]
  }

  /// What the value is, in one word, for messages.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .bool: "bool"
    case .int, .unsigned: "integer"
    case .double: "double"
    case .string: "string"
    case .bytes: "bytes"
    case .array: "array"
    case .map: "map"
    case .tensor: "tensor"
    }
  }
}

/// Equality by type and bits; texts by their bytes; map entries regardless of their order.
extension StateValue: Hashable {
  /// Whether both are of one type and of the same bits.
  public static func == (a: StateValue, b: StateValue) -> Bool {
    switch (a, b) {
    case (.nil, .nil): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.unsigned(let a), .unsigned(let b)): a == b
    case (.int(let a), .unsigned(let b)), (.unsigned(let b), .int(let a)): b == UInt64(exactly: a)
    case (.double(let a), .double(let b)): a.bitPattern == b.bitPattern
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.bytes(let a), .bytes(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.map(let a), .map(let b)): a == b
    case (.tensor(let a), .tensor(let b)): a == b
    default: false
    }
  }

  /// Feeds the bits to the hasher, map entries regardless of their order.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .nil: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .int(let value): hasher.combine(value)
    case .unsigned(let value): hasher.combine(Int64(bitPattern: value))
    case .double(let value): hasher.combine(value.bitPattern)
    case .string(let value): StateKey(value).hash(into: &hasher)
    case .bytes(let value): hasher.combine(value)
    case .array(let value): hasher.combine(value)
    case .map(let value): hasher.combine(value)
    case .tensor(let value): hasher.combine(value)
    }
  }
}

extension StateValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Nil.
  public init(nilLiteral: ()) { self = .nil }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .int(value) }
  /// A double.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// A text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A list.
  public init(arrayLiteral elements: StateValue...) { self = .array(elements) }
  /// A map with its keys in order.
  /// - Precondition: The keys are distinct.
  public init(dictionaryLiteral elements: (StateKey, StateValue)...) {
    self = .map(StateMap(elements))
  }
}
