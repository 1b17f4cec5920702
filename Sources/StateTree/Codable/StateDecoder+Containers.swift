// One generic `decode` stands for the fourteen of each protocol: scalars are told apart by `StateScalar`.

/// Decodes from a map.
struct StateKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let map: StateMap
  let codingPath: [any CodingKey]

  var allKeys: [Key] { map.keys.compactMap { Key(stringValue: $0.string) } }

  func contains(_ key: Key) -> Bool {
    if case .some = map[StateKey(key.stringValue)] { true } else { false }
  }

  func decodeNil(forKey key: Key) throws -> Bool {
    if case .nil = try decoder(key).value { true } else { false }
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(key).decoded(type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try decoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { try decoder(StateCodingKey.super) }

  func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

  private func decoder(_ key: any CodingKey) throws -> StateDecoder {
    guard let value = map[StateKey(key.stringValue)] else {
      let found = map.keys.prefix(12).map(\.string).joined(separator: ", ") + (map.count > 12 ? ", ..." : "")
      let reason = "no key \"\(key.stringValue)\"; there are \(map.isEmpty ? "none" : found)"
      throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: reason))
    }
    return StateDecoder(value: value, codingPath: codingPath + [key])
  }
}

/// Decodes from an array.
struct StateUnkeyedDecoding: UnkeyedDecodingContainer {
  let elements: [StateValue]
  let codingPath: [any CodingKey]
  private(set) var currentIndex = 0

  init(elements: [StateValue], codingPath: [any CodingKey]) {
    self.elements = elements
    self.codingPath = codingPath
  }

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex == elements.count }

  mutating func decodeNil() throws -> Bool {
    guard case .nil = try decoder(Never?.self).value else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try next(type) { decoder throws in try decoder.decoded(type) }
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    try next([String: StateValue].self) { decoder throws in try decoder.container(keyedBy: type) }
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next([StateValue].self) { decoder throws in try decoder.unkeyedContainer() }
  }

  mutating func superDecoder() throws -> any Decoder { try next(StateValue.self) { $0 } }

  /// Takes the next element, and stays before it if that fails.
  private mutating func next<T>(_ type: any Any.Type, _ take: (StateDecoder) throws -> T) throws -> T {
    let taken = try take(try decoder(type))
    currentIndex += 1
    return taken
  }

  private func decoder(_ type: any Any.Type) throws -> StateDecoder {
    let path = codingPath + [StateCodingKey(currentIndex)]
    guard !isAtEnd else {
      let reason = "the array ends after \(elements.count) elements"
      throw DecodingError.valueNotFound(type, .init(codingPath: path, debugDescription: reason))
    }
    return StateDecoder(value: elements[currentIndex], codingPath: path)
  }
}

/// Decodes the value itself.
struct StateSingleDecoding: SingleValueDecodingContainer {
  let decoder: StateDecoder
  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool {
    if case .nil = decoder.value { true } else { false }
  }

  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decoded(type) }
}
