public import MessagePack

extension MessagePackWriter {
  /// Writes state; a tensor becomes the map that msgpack-numpy writes.
  /// - Parameter depth: How many lists and maps are open around it, so that nothing is written that could not be read.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths, `.tooDeep` for lists and maps
  ///   nested deeper than `MessagePackLimits.maximumDepth`; a tensor counts as two.
  public mutating func write(_ value: StateValue, insideContainers depth: Int = 0) throws(MessagePackError) {
    try checkDepth(of: value, depth)
    switch value {
    case .nil: writeNil()
    case .bool(let value): write(value)
    case .int(let value): write(value)
    case .unsigned(let value): write(value)
    case .double(let value): write(value)
    case .string(let value): try write(value)
    case .bytes(let value): try writeBinary(value)
    case .array(let elements):
      try writeList(count: elements.count)
      for element in elements { try write(element, insideContainers: depth + 1) }
    case .map(let map):
      try writeMap(count: map.count)
      for (key, value) in map {
        try write(key.string)
        try write(value, insideContainers: depth + 1)
      }
    case .tensor(let tensor): try write(tensor)
    }
  }

  private func checkDepth(of value: StateValue, _ depth: Int) throws(MessagePackError) {
    let own = switch value {
    case .array, .map: 1
    case .tensor: 2
    default: 0
    }
    guard depth + own <= MessagePackLimits.maximumDepth || own == 0 else {
      throw .tooDeep(offset: bytes.count, limit: MessagePackLimits.maximumDepth)
    }
  }
}

extension StateValue {
  /// The bytes of the state as one MessagePack object.
  /// - Throws: `MessagePackError.tooLongToWrite` beyond the format's 32-bit lengths, `.tooDeep`.
  public func encoded() throws(MessagePackError) -> [UInt8] {
    var writer = MessagePackWriter()
    try writer.write(self)
    return writer.bytes
  }

  /// The state that `bytes` hold as one MessagePack object.
  /// - Throws: `StateTreeError`: `.messagePack` for bytes that are not that, else what is not state, with its path.
  public init(decoding bytes: [UInt8], limits: MessagePackLimits = .standard) throws(StateTreeError) {
    let value: MessagePackValue
    do { value = try MessagePackReader.value(of: bytes, limits: limits) } catch { throw .messagePack(error) }
    try self.init(value)
  }

  /// State from a MessagePack object, strictly: only what rlbuf itself writes.
  /// - Throws: `StateTreeError` with the path of what rlbuf never writes.
  public init(_ value: MessagePackValue, at path: StatePath = []) throws(StateTreeError) {
    switch value {
    case .nil: self = .nil
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .unsigned(let value): self = .unsigned(value)
    case .float64(let value): self = .double(value)
    case .text(let bytes): self = .string(try Self.text(bytes, at: path))
    case .binary(let bytes): self = .bytes(bytes)
    case .array, .packed: self = .array(try Self.elements(value.elements ?? [], at: path))
    case .map(let entries):
      if let tensor = try Tensor(msgpackNumpy: entries, at: path) { self = .tensor(tensor) } else {
        self = .map(try Self.map(entries, at: path))
      }
    case .float32, .ext, .timestamp: throw .notState(path: path.description, found: value.shortDescription)
    }
  }

  private static func text(_ bytes: [UInt8], at path: StatePath) throws(StateTreeError) -> String {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .invalidUTF8(path: path.description) }
    return text
  }

  private static func elements(
    _ elements: [MessagePackValue], at path: StatePath
  ) throws(StateTreeError) -> [StateValue] {
    var values: [StateValue] = []
    values.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() { values.append(try StateValue(element, at: path / index)) }
    return values
  }

  private static func map(
    _ entries: [MessagePackValue.MapEntry], at path: StatePath
  ) throws(StateTreeError) -> StateMap {
    var map = StateMap(minimumCapacity: entries.count)
    for entry in entries {
      guard case .text(let bytes) = entry.key else {
        throw .notState(path: path.description, found: "a map with the key \(entry.key.shortDescription)")
      }
      let key = StateKey(try text(bytes, at: path))
      if case .some = map[key] { throw .messagePack(.duplicateKey(entry.key)) }
      map[key] = try StateValue(entry.value, at: path / key)
    }
    return map
  }
}
