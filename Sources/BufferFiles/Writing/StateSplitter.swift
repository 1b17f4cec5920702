internal import StateTree

/// Cuts a tree of state into records of bounded size, one at a time, in the order of the tree.
///
/// Small entries of a map that follow each other share a record; what is larger than a record is cut on its own: a map by
/// its keys, a tensor along its first axis, bytes and lists into runs. The parts of one value follow each other.
struct StateSplitter {
  private enum Work {
    case value(StateValue, StatePath)
    case map(StateMap, next: Int, StatePath)
    case tensor(Tensor, next: Int, shape: [Int], StatePath)
    case bytes([UInt8], next: Int, StatePath)
    case list([StateValue], next: Int, StatePath)
  }

  private var work: [Work]

  /// Cuts `value`.
  /// - Throws: `BufferFileError.stateTooDeep`.
  init(_ value: StateValue) throws(BufferFileError) {
    let depth = value.depth(upTo: FormatLimits.stateDepth)
    guard depth <= FormatLimits.stateDepth else { throw .stateTooDeep(path: "state", limit: FormatLimits.stateDepth) }
    work = [.value(value, [])]
  }

  /// The next record, or nil at the end.
  /// - Throws: `BufferFileError.stateTooLarge` and `.stateTooManyValues` for what cannot be cut and fits no record.
  mutating func next() throws(BufferFileError) -> StateRecord? {
    while let item = work.popLast() {
      if let record = try take(item) { return record }
    }
    return nil
  }

  private mutating func take(_ item: Work) throws(BufferFileError) -> StateRecord? {
    switch item {
    case .value(let value, let path): try take(value, at: path)
    case .map(let map, let next, let path): try take(map, from: next, at: path)
    case .tensor(let tensor, let next, let shape, let path): take(tensor, from: next, shape: shape, at: path)
    case .bytes(let bytes, let next, let path): take(bytes, from: next, at: path)
    case .list(let elements, let next, let path): try take(elements, from: next, at: path)
    }
  }

  /// A value that fits becomes a record; another one is taken to pieces.
  private mutating func take(_ value: StateValue, at path: StatePath) throws(BufferFileError) -> StateRecord? {
    guard value.sizeEstimate > FormatLimits.stateRecordBytes else { return StateRecord(path: path, value: value) }
    switch value {
    case .map(let map): work.append(.map(map, next: 0, path))
    case .tensor(let tensor): work.append(.tensor(tensor.cutAlongFirstAxis, next: 0, shape: tensor.shape, path))
    case .bytes(let bytes): work.append(.bytes(bytes, next: 0, path))
    case .array(let elements): work.append(.list(elements, next: 0, path))
    case .nil, .bool, .int, .unsigned, .double, .string:
      try value.requireFitsRecord(at: path)
      return StateRecord(path: path, value: value)
    }
    return nil
  }

  private mutating func take(
    _ map: StateMap, from first: Int, at path: StatePath
  ) throws(BufferFileError) -> StateRecord? {
    guard first < map.count else { return nil }
    var group = StateMap()
    var (next, bytes) = (first, 0)
    while next < map.count {
      let (key, value) = map[next]
      bytes += value.sizeEstimate + key.string.utf8.count + 5
      guard bytes <= FormatLimits.stateRecordBytes else { break }
      group[key] = value
      next += 1
    }
    guard group.isEmpty else {
      work.append(.map(map, next: next, path))
      return StateRecord(path: path, value: .map(group))
    }
    work.append(.map(map, next: first + 1, path))
    work.append(.value(map[first].value, try path.appending(map[first].key)))
    return nil
  }

  private mutating func take(_ tensor: Tensor, from first: Int, shape: [Int], at path: StatePath) -> StateRecord? {
    guard first < tensor.rowCount else { return nil }
    let end = min(first + max(1, FormatLimits.stateRecordBytes / max(1, tensor.rowBytes)), tensor.rowCount)
    work.append(.tensor(tensor, next: end, shape: shape, path))
    let part = StateRecord.Part(first: first, total: tensor.rowCount, shape: shape)
    return StateRecord(path: path, value: .tensor(tensor.rows(first..<end)), part: part)
  }

  private mutating func take(_ bytes: [UInt8], from first: Int, at path: StatePath) -> StateRecord? {
    guard first < bytes.count else { return nil }
    let end = min(first + FormatLimits.stateRecordBytes, bytes.count)
    work.append(.bytes(bytes, next: end, path))
    return StateRecord(
      path: path, value: .bytes(Array(bytes[first..<end])), part: .init(first: first, total: bytes.count))
  }

  private mutating func take(
    _ elements: [StateValue], from first: Int, at path: StatePath
  ) throws(BufferFileError) -> StateRecord? {
    guard first < elements.count else { return nil }
    var (end, bytes) = (first, 0)
    while end < elements.count {
      bytes += elements[end].sizeEstimate
      guard bytes <= FormatLimits.stateRecordBytes || end == first else { break }
      end += 1
    }
    if end == first + 1 { try elements[first].requireFitsRecord(at: path / first) }
    work.append(.list(elements, next: end, path))
    let part = StateRecord.Part(first: first, total: elements.count)
    return StateRecord(path: path, value: .array(Array(elements[first..<end])), part: part)
  }
}

extension StatePath {
  /// The path of a value that has records of its own.
  fileprivate func appending(_ key: StateKey) throws(BufferFileError) -> StatePath {
    let (bytes, limit) = (key.string.utf8.count, FormatLimits.stateKeyBytes)
    guard bytes <= limit else { throw .stateTooLarge(path: "a key in \(self)", bytes: bytes, limit: limit) }
    return self / key
  }
}

extension Tensor {
  /// The tensor with rows that fit a record: itself, or its elements one by one.
  fileprivate var cutAlongFirstAxis: Tensor {
    if !shape.isEmpty, rowBytes <= FormatLimits.stateRecordBytes { return self }
    return (try? reshaped([count])) ?? self  // the count is the same, so it does not throw
  }
}
