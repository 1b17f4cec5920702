internal import StateTree

/// Checks that records of state, in the order of the file, make one tree: no value twice, every part in its place.
///
/// It remembers paths, not values, so that a state of any size can be checked.
struct StateStructure {
  private enum Node { case inner, value }

  private struct OpenParts {
    let path: StatePath
    let whole: StateRecord.Part
    let sample: StateValue
    var have = 0
    var bytes = 0
  }

  private var nodes: [StatePath: Node] = [:]
  private var open: OpenParts?

  /// Takes the next record.
  mutating func add(_ record: StateRecord) throws(RecordError) {
    if let part = record.part { return try add(record, part) }
    try finish()
    try passThrough(record.path)
    if case .map(let map) = record.value, !map.isEmpty {
      guard nodes[record.path] != .value else { throw Self.clash(record.path) }
      try set(record.path, .inner)
      for (key, _) in map { try claim(record.path / key) }
    } else {
      try claim(record.path)
    }
  }

  /// Checks that no value lacks parts: at the end, and before each value that follows.
  func finish() throws(RecordError) {
    guard let open, open.have < open.whole.total else { return }
    throw .inconsistent("\(open.path) has \(open.have) of its \(open.whole.total) entries")
  }

  private mutating func add(_ record: StateRecord, _ part: StateRecord.Part) throws(RecordError) {
    if part.first == 0 {
      try finish()
      try passThrough(record.path)
      try claim(record.path)
      open = OpenParts(path: record.path, whole: part, sample: record.value)
    }
    guard var open, open.path == record.path, open.have == part.first, open.whole.total == part.total,
      open.whole.shape == part.shape, record.value.isPart(like: open.sample)
    else { throw .inconsistent("the part of \(record.path) from \(part.first) on does not continue what is before it") }
    let count = record.value.partCount
    guard count > 0, count <= part.total - part.first else {
      throw .inconsistent("the part of \(record.path) from \(part.first) on has \(count) of \(part.total) entries")
    }
    open.have += count
    open.bytes += record.value.payloadBytes
    self.open = open
    if open.have == part.total { try checkShape(open) }
  }

  private func checkShape(_ open: OpenParts) throws(RecordError) {
    guard case .tensor(let tensor) = open.sample, let shape = open.whole.shape else { return }
    guard let bytes = try? Tensor.byteCount(tensor.dataType, shape: shape), bytes == open.bytes else {
      throw .inconsistent("the parts of \(open.path) do not make a tensor of the shape \(shape)")
    }
  }

  private mutating func passThrough(_ path: StatePath) throws(RecordError) {
    for count in 0..<path.keys.count {
      let parent = StatePath(Array(path.keys[..<count]))
      guard nodes[parent] != .value else { throw Self.clash(parent) }
      try set(parent, .inner)
    }
  }

  private mutating func claim(_ path: StatePath) throws(RecordError) {
    guard nodes[path] == nil else { throw Self.clash(path) }
    try set(path, .value)
  }

  private mutating func set(_ path: StatePath, _ node: Node) throws(RecordError) {
    guard nodes.count < FormatLimits.stateKeys || nodes[path] != nil else {
      throw .inconsistent("the state has more than \(FormatLimits.stateKeys) keys")
    }
    nodes[path] = node
  }

  private static func clash(_ path: StatePath) -> RecordError { .inconsistent("two records hold \(path)") }
}

extension StateValue {
  /// How many entries a part holds.
  var partCount: Int {
    switch self {
    case .tensor(let tensor): tensor.rowCount
    case .bytes(let bytes): bytes.count
    case .array(let elements): elements.count
    case .nil, .bool, .int, .unsigned, .double, .string, .map: 0
    }
  }

  /// Whether the two can be parts of one value.
  fileprivate func isPart(like other: StateValue) -> Bool {
    switch (self, other) {
    case (.tensor(let a), .tensor(let b)):
      a.dataType == b.dataType && !a.shape.isEmpty && a.shape.dropFirst() == b.shape.dropFirst()
    case (.bytes, .bytes), (.array, .array): true
    default: false
    }
  }
}
