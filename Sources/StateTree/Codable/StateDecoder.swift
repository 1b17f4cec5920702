/// Decodes from state.
struct StateDecoder: Decoder {
  let value: StateValue
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  /// The value as a type, scalars without a container.
  func decoded<T: Decodable>(_ type: T.Type) throws -> T {
    if let scalar = type as? any StateScalar.Type, let value = try scalar.decoded(self) as? T { return value }
    return try T(from: self)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .map(let map) = value else { throw mismatch([String: StateValue].self, "a map") }
    if let key = Self.ambiguousKey(map) {
      throw corrupted("the key \"\(key)\" stands there composed and decomposed, which Swift's String cannot tell apart")
    }
    return KeyedDecodingContainer(StateKeyedDecoding(map: map, codingPath: codingPath))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw mismatch([StateValue].self, "an array") }
    return StateUnkeyedDecoding(elements: elements, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { StateSingleDecoding(decoder: self) }

  /// One of two keys that `String`, and so a dictionary, would make one.
  private static func ambiguousKey(_ map: StateMap) -> StateKey? {
    var seen: Set<String> = []
    return map.keys.first { key in
      key.string.utf8.contains { $0 >= 0x80 } && !seen.insert(key.string).inserted
    }
  }
}

extension StateDecoder {
  /// The error for a value of another type.
  func mismatch(_ type: any Any.Type, _ expected: String) -> DecodingError {
    let context = context("found \(value.shortDescription), expected \(expected)")
    if case .nil = value { return .valueNotFound(type, context) }
    return .typeMismatch(type, context)
  }

  /// The error for a value that the type cannot hold.
  func corrupted(_ reason: String) -> DecodingError { .dataCorrupted(context(reason)) }

  private func context(_ reason: String) -> DecodingError.Context {
    DecodingError.Context(codingPath: codingPath, debugDescription: reason)
  }
}

extension StateValue {
  /// The type, and for integers the value, for messages.
  var shortDescription: String {
    switch self {
    case .int(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .tensor(let tensor): "a tensor \(tensor.summary)"
    default: typeName
    }
  }
}
