internal import StateTree

/// Puts records of state together again, in the order in which they lie in the file.
struct StateAssembler {
  private var structure = StateStructure()
  private var root = Node.map(keys: [], nodes: [:])
  private var parts: [StateValue] = []

  private indirect enum Node {
    case value(StateValue)
    case map(keys: [StateKey], nodes: [StateKey: Node])
  }

  /// Adds the next record.
  mutating func add(_ record: StateRecord) throws(RecordError) {
    try structure.add(record)
    guard let part = record.part else { return insert(record.value, below: record.path.keys[...]) }
    parts.append(record.value)
    guard part.first + record.value.partCount == part.total else { return }
    let whole = try Self.join(parts, shape: part.shape)
    parts = []
    insert(whole, below: record.path.keys[...])
  }

  /// The whole tree; an empty map if there was no record.
  func value() throws(RecordError) -> StateValue {
    try structure.finish()
    return Self.value(of: root)
  }

  private mutating func insert(_ value: StateValue, below keys: ArraySlice<StateKey>) {
    Self.insert(value, below: keys, into: &root)
  }

  /// `StateStructure` has seen to it that nothing is replaced, and paths are short, so that this may recurse.
  private static func insert(_ value: StateValue, below keys: ArraySlice<StateKey>, into node: inout Node) {
    var (order, nodes): ([StateKey], [StateKey: Node]) = ([], [:])
    if case .map(let oldOrder, let oldNodes) = node { (order, nodes) = (oldOrder, oldNodes) }
    node = .value(.nil)  // so that the dictionary here is the only owner while it changes
    if let key = keys.first {
      if nodes[key] == nil { order.append(key) }
      var child = nodes.removeValue(forKey: key) ?? .map(keys: [], nodes: [:])
      insert(value, below: keys.dropFirst(), into: &child)
      nodes[key] = child
      node = .map(keys: order, nodes: nodes)
    } else if case .map(let map) = value, !(map.isEmpty && order.isEmpty) {
      order += map.keys
      for (key, value) in map { nodes[key] = .value(value) }
      node = .map(keys: order, nodes: nodes)
    } else {
      node = .value(value)
    }
  }

  private static func value(of node: Node) -> StateValue {
    switch node {
    case .value(let value): return value
    case .map(let keys, let nodes):
      var map = StateMap(minimumCapacity: keys.count)
      for key in keys {
        if let child = nodes[key] { map[key] = value(of: child) }
      }
      return .map(map)
    }
  }

  private static func join(_ parts: [StateValue], shape: [Int]?) throws(RecordError) -> StateValue {
    var (bytes, elements, tensors): ([UInt8], [StateValue], [Tensor]) = ([], [], [])
    for part in parts {
      switch part {
      case .bytes(let more): bytes += more
      case .array(let more): elements += more
      case .tensor(let more): tensors.append(more)
      // `StateStructure` lets none of these come in parts.
      case .nil, .bool, .int, .unsigned, .double, .string, .map: break
      }
    }
    guard tensors.isEmpty else { return try join(tensors, shape: shape) }
    return elements.isEmpty ? .bytes(bytes) : .array(elements)
  }

  private static func join(_ tensors: [Tensor], shape: [Int]?) throws(RecordError) -> StateValue {
    do throws(StateTreeError) {
      let whole = try Tensor(concatenating: tensors)
      return .tensor(try shape.map { (shape) throws(StateTreeError) in try whole.reshaped(shape) } ?? whole)
    } catch {
      throw .state(error)
    }
  }
}
