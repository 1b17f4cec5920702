internal import StateTree

extension StateValue {
  /// About how many bytes the value takes as MessagePack, never far too few; at least four for each value in it, so that
  /// a record within its limit of bytes is within its limit of values too.
  var sizeEstimate: Int {
    switch self {
    case .nil, .bool: 4
    case .int, .unsigned, .double: 9
    case .string(let text): text.utf8.count + 5
    case .bytes(let bytes): bytes.count + 5
    case .array(let elements): elements.reduce(5) { $0 + $1.sizeEstimate }
    case .map(let map): map.reduce(5) { $0 + $1.key.string.utf8.count + 5 + $1.value.sizeEstimate }
    case .tensor(let tensor): tensor.bytes.count + 64 + 9 * tensor.shape.count
    }
  }

  /// The bytes of what the value is about, without any encoding; the parts of a value add up to it.
  var payloadBytes: Int {
    switch self {
    case .nil: 0
    case .bool: 1
    case .int, .unsigned, .double: 8
    case .string(let text): text.utf8.count
    case .bytes(let bytes): bytes.count
    case .array(let elements): elements.reduce(0) { $0 + $1.payloadBytes }
    case .map(let map): map.reduce(0) { $0 + $1.value.payloadBytes }
    case .tensor(let tensor): tensor.bytes.count
    }
  }

  /// How many values the value is as MessagePack, keys and containers included.
  private var valueCount: Int {
    switch self {
    case .nil, .bool, .int, .unsigned, .double, .string, .bytes: 1
    case .array(let elements): elements.reduce(1) { $0 + $1.valueCount }
    case .map(let map): map.reduce(1) { $0 + 1 + $1.value.valueCount }
    case .tensor(let tensor): 12 + tensor.shape.count
    }
  }

  /// How deep lists and maps nest; a tensor is a map with a list in it. Looks no deeper than one level beyond `limit`.
  func depth(upTo limit: Int) -> Int {
    switch self {
    case .nil, .bool, .int, .unsigned, .double, .string, .bytes: return 0
    case .tensor: return 2
    case .array(let elements):
      guard limit > 0 else { return 1 }
      return 1 + elements.reduce(0) { max($0, $1.depth(upTo: limit - 1)) }
    case .map(let map):
      guard limit > 0 else { return 1 }
      return 1 + map.reduce(0) { max($0, $1.value.depth(upTo: limit - 1)) }
    }
  }

  /// Checks that a value that cannot be cut fits a record.
  /// - Throws: `BufferFileError.stateTooLarge`, `.stateTooManyValues`.
  func requireFitsRecord(at path: StatePath) throws(BufferFileError) {
    let size = sizeEstimate
    guard size <= FormatLimits.stateValueBytes else {
      throw .stateTooLarge(path: path.description, bytes: size, limit: FormatLimits.stateValueBytes)
    }
    let (count, limit) = (valueCount, FormatLimits.valuesPerRecord - 1_024)  // the rest is for the record around it
    guard count <= limit else { throw .stateTooManyValues(path: path.description, found: count, limit: limit) }
  }
}
