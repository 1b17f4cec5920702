/// Encodes into a node of state.
struct StateEncoder: Encoder {
  let node: EncodedNode
  let codingPath: [any CodingKey]
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.becomeMap()
    return KeyedEncodingContainer(StateKeyedEncoding(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.becomeList()
    return StateUnkeyedEncoding(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    StateSingleEncoding(node: node, codingPath: codingPath)
  }
}

// One generic `encode` stands for the fourteen of each protocol: scalars are told apart by `StateScalar`.

private struct StateKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: EncodedNode
  let codingPath: [any CodingKey]

  func encodeNil(forKey key: Key) { node.set(.value(.nil), at: StateKey(key.stringValue)) }

  func encode(_ value: some Encodable, forKey key: Key) throws {
    node.set(.value(try EncodedNode.state(of: value, at: codingPath + [key])), at: StateKey(key.stringValue))
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    encoder(key).container(keyedBy: Nested.self)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer { encoder(key).unkeyedContainer() }

  func superEncoder() -> any Encoder { encoder(StateCodingKey.super) }

  func superEncoder(forKey key: Key) -> any Encoder { encoder(key) }

  private func encoder(_ key: any CodingKey) -> StateEncoder {
    StateEncoder(node: node.node(at: StateKey(key.stringValue)), codingPath: codingPath + [key])
  }
}

private struct StateUnkeyedEncoding: UnkeyedEncodingContainer {
  let node: EncodedNode
  let codingPath: [any CodingKey]
  var count: Int { node.elements.count }

  func encodeNil() { node.append(.value(.nil)) }

  func encode(_ value: some Encodable) throws {
    // The path of a scalar is never asked for.
    if let value = value as? any StateScalar { return node.append(.value(value.stateValue)) }
    node.append(.value(try EncodedNode.state(of: value, at: codingPath + [StateCodingKey(count)])))
  }

  func nestedContainer<Nested: CodingKey>(keyedBy: Nested.Type) -> KeyedEncodingContainer<Nested> {
    encoder().container(keyedBy: Nested.self)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { encoder().unkeyedContainer() }

  func superEncoder() -> any Encoder { encoder() }

  private func encoder() -> StateEncoder {
    let path = codingPath + [StateCodingKey(count)]
    let child = EncodedNode()
    node.append(.node(child))
    return StateEncoder(node: child, codingPath: path)
  }
}

private struct StateSingleEncoding: SingleValueEncodingContainer {
  let node: EncodedNode
  let codingPath: [any CodingKey]

  func encodeNil() { node.set(.nil) }

  func encode(_ value: some Encodable) throws {
    node.set(try EncodedNode.state(of: value, at: codingPath))
  }
}
