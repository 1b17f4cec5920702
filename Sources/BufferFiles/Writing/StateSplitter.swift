internal import StateTree

/// Cuts a tree of state into records of bounded size, in an order from which it can be put together again.
struct StateSplitter {
  /// Takes each record as it is cut.
  let emit: (StateRecord) throws -> Void

  /// Cuts `value`, which lies at `path`.
  /// - Throws: `BufferFileError.stateTooLarge` for a list element that fits no record, and what `emit` throws.
  func split(_ value: StateValue, at path: StatePath = []) throws {
    guard value.sizeEstimate > FormatLimits.stateRecordBytes else { return try emit(StateRecord(path: path, value: value)) }
    switch value {
    case .map(let map): try split(map, at: path)
    case .tensor(let tensor): try split(tensor, at: path)
    case .bytes(let bytes):
      try parts(bytes.count, each: FormatLimits.stateRecordBytes, at: path) { .bytes(Array(bytes[$0])) }
    case .array(let elements): try split(elements, at: path)
    case .nil, .bool, .int, .unsigned, .double, .string:
      try requireFits(value, at: path)
      try emit(StateRecord(path: path, value: value))
    }
  }

  /// Small entries that follow each other share a record; each large one is cut on its own.
  private func split(_ map: StateMap, at path: StatePath) throws {
    var group = StateMap()
    var groupBytes = 0
    func flush() throws {
      if !group.isEmpty { try emit(StateRecord(path: path, value: .map(group))) }
      (group, groupBytes) = ([:], 0)
    }
    for (key, value) in map {
      let size = value.sizeEstimate + key.string.utf8.count + 5
      if groupBytes + size > FormatLimits.stateRecordBytes { try flush() }
      if size > FormatLimits.stateRecordBytes {
        try split(value, at: path / key)
      } else {
        group[key] = value
        groupBytes += size
      }
    }
    try flush()
  }

  /// Along the first axis, or, where its entries are too large for a record, element by element.
  private func split(_ tensor: Tensor, at path: StatePath) throws {
    let isRowwise = !tensor.shape.isEmpty && tensor.rowBytes <= FormatLimits.stateRecordBytes
    let pieces = isRowwise ? tensor : try tensor.reshaped([tensor.count])
    let each = max(1, FormatLimits.stateRecordBytes / max(1, pieces.rowBytes))
    try parts(pieces.rowCount, each: each, shape: tensor.shape, at: path) { .tensor(pieces.rows($0)) }
  }

  private func split(_ elements: [StateValue], at path: StatePath) throws {
    var first = 0
    var bytes = 0
    func flush(_ end: Int) throws {
      guard end > first else { return }
      let part = StateRecord.Part(first: first, total: elements.count)
      try emit(StateRecord(path: path, value: .array(Array(elements[first..<end])), part: part))
      (first, bytes) = (end, 0)
    }
    for (index, element) in elements.enumerated() {
      let size = element.sizeEstimate
      try requireFits(element, at: path / index)
      if bytes + size > FormatLimits.stateRecordBytes { try flush(index) }
      bytes += size
    }
    try flush(elements.count)
  }

  private func requireFits(_ value: StateValue, at path: StatePath) throws {
    let size = value.sizeEstimate
    guard size <= FormatLimits.recordBytes - 65_536 else {
      throw BufferFileError.stateTooLarge(path: path.description, bytes: size)
    }
  }

  private func parts(
    _ total: Int, each: Int, shape: [Int]? = nil, at path: StatePath, _ part: (Range<Int>) -> StateValue
  ) throws {
    for first in stride(from: 0, to: total, by: each) {
      let value = part(first..<min(first + each, total))
      try emit(StateRecord(path: path, value: value, part: .init(first: first, total: total, shape: shape)))
    }
  }
}

extension StateValue {
  /// About how many bytes the value takes as MessagePack.
  var sizeEstimate: Int {
    switch self {
    case .nil, .bool: 1
    case .int, .unsigned, .double: 9
    case .string(let text): text.utf8.count + 5
    case .bytes(let bytes): bytes.count + 5
    case .array(let elements): elements.reduce(5) { $0 + $1.sizeEstimate }
    case .map(let map): map.reduce(5) { $0 + $1.key.string.utf8.count + 5 + $1.value.sizeEstimate }
    case .tensor(let tensor): tensor.bytes.count + 64
    }
  }
}
