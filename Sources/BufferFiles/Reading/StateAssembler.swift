internal import StateTree

/// Puts records of state together again, in the order in which they lie in the file.
struct StateAssembler {
  private var root = Node.empty

  private indirect enum Node {
    case empty
    case value(StateValue)
    case parts([StateRecord], have: Int)
    case map(keys: [StateKey], nodes: [StateKey: Node])
  }

  /// Adds the next record.
  mutating func add(_ record: StateRecord) throws(RecordError) {
    try Self.insert(record, below: record.path.keys[...], into: &root)
  }

  /// The whole tree; an empty map if there was no record.
  func value() throws(RecordError) -> StateValue { try Self.value(of: root, at: []) }

  private static func insert(
    _ record: StateRecord, below keys: ArraySlice<StateKey>, into node: inout Node
  ) throws(RecordError) {
    guard let key = keys.first else { return try place(record, in: &node) }
    guard case .map(var order, var nodes) = asMap(node) else { throw clash(record) }
    node = .empty  // so that the dictionary below is the only owner while it changes
    if nodes[key] == nil { order.append(key) }
    var child = nodes.removeValue(forKey: key) ?? .empty
    defer { node = .map(keys: order, nodes: nodes) }
    try insert(record, below: keys.dropFirst(), into: &child)
    nodes[key] = child
  }

  private static func asMap(_ node: Node) -> Node {
    if case .empty = node { return .map(keys: [], nodes: [:]) }
    return node
  }

  private static func place(_ record: StateRecord, in node: inout Node) throws(RecordError) {
    if let part = record.part { return try place(record, part, in: &node) }
    switch (node, record.value) {
    case (.empty, .map(let map)) where !map.isEmpty:
      node = .map(keys: map.keys, nodes: Dictionary(uniqueKeysWithValues: map.map { ($0.key, .value($0.value)) }))
    case (.empty, let value): node = .value(value)
    case (.map(var order, var nodes), .map(let map)):
      for (key, value) in map {
        guard nodes.updateValue(.value(value), forKey: key) == nil else { throw clash(record) }
        order.append(key)
      }
      node = .map(keys: order, nodes: nodes)
    default: throw clash(record)
    }
  }

  private static func place(
    _ record: StateRecord, _ part: StateRecord.Part, in node: inout Node
  ) throws(RecordError) {
    var (records, have): ([StateRecord], Int) = ([], 0)
    switch node {
    case .empty: break
    case .parts(let earlier, let count): (records, have) = (earlier, count)
    default: throw clash(record)
    }
    guard part.first == have, records.allSatisfy({ $0.part?.total == part.total && $0.part?.shape == part.shape }) else {
      throw .inconsistent("the part of \(record.path) from \(part.first) on does not continue the \(have) before it")
    }
    records.append(record)
    node = .parts(records, have: have + record.value.partCount)
  }

  private static func clash(_ record: StateRecord) -> RecordError {
    .inconsistent("two records hold \(record.path)")
  }

  private static func value(of node: Node, at path: StatePath) throws(RecordError) -> StateValue {
    switch node {
    case .empty: return .map([:])
    case .value(let value): return value
    case .parts(let records, let have): return try join(records, have: have, at: path)
    case .map(let keys, let nodes):
      var map = StateMap(minimumCapacity: keys.count)
      for key in keys {
        if let child = nodes[key] { map[key] = try value(of: child, at: path / key) }
      }
      return .map(map)
    }
  }

  private static func join(_ records: [StateRecord], have: Int, at path: StatePath) throws(RecordError) -> StateValue {
    guard let part = records.first?.part, have == part.total else {
      throw .inconsistent("\(path) has \(have) of its \(records.first?.part?.total ?? 0) entries")
    }
    switch records[0].value {
    case .tensor: return .tensor(try joinTensors(records, shape: part.shape ?? [], at: path))
    case .bytes: return .bytes(records.flatMap(\.value.bytesPart))
    case .array: return .array(records.flatMap(\.value.arrayPart))
    default: throw .inconsistent("\(path) comes in parts and is \(records[0].value.typeName)")
    }
  }

  private static func joinTensors(
    _ records: [StateRecord], shape: [Int], at path: StatePath
  ) throws(RecordError) -> Tensor {
    var parts: [Tensor] = []
    for record in records {
      guard case .tensor(let tensor) = record.value else {
        throw .inconsistent("\(path) comes in parts of different types")
      }
      parts.append(tensor)
    }
    do throws(StateTreeError) { return try Tensor(concatenating: parts).reshaped(shape) } catch { throw .state(error) }
  }
}

extension StateValue {
  fileprivate var bytesPart: [UInt8] { if case .bytes(let bytes) = self { bytes } else { [] } }
  fileprivate var arrayPart: [StateValue] { if case .array(let elements) = self { elements } else { [] } }

  /// How many entries a part holds.
  fileprivate var partCount: Int {
    switch self {
    case .tensor(let tensor): tensor.rowCount
    case .bytes(let bytes): bytes.count
    case .array(let elements): elements.count
    default: 1
    }
  }
}
