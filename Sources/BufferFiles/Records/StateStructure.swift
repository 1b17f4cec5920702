internal import StateTree

/// Checks that records of state, in the order of the file, make one tree: no value twice, every part in its place.
///
/// It remembers keys, not values, so that a state of any size can be checked.
struct StateStructure {
  private enum Kind { case unknown, inner, value }

  /// A key in the map of a number. A path would repeat the keys above it: 31 of them for each of four million keys.
  private struct Name: Hashable {
    let map: Int
    let key: StateKey
  }

  private struct OpenParts {
    let path: StatePath
    let whole: StateRecord.Part
    let sample: StateValue
    var have = 0
    var bytes = 0
  }

  private var numbers: [Name: Int] = [:]
  /// What is known of each node by its number; the root is 0.
  private var kinds = [Kind.unknown]
  private var open: OpenParts?

  /// Takes the next record.
  mutating func add(_ record: StateRecord) throws(RecordError) {
    if let part = record.part { return try add(record, part) }
    try finish()
    let node = try node(at: record.path)
    guard case .map(let map) = record.value, !map.isEmpty else { return try claim(node, record.path) }
    try enter(node, record.path)
    for (key, _) in map { try claim(try number(of: key, in: node), record.path / key) }
  }

  /// Checks that no value lacks parts: at the end, and before each value that follows.
  func finish() throws(RecordError) {
    guard let open, open.have < open.whole.total else { return }
    throw .inconsistent("\(open.path) has \(open.have) of its \(open.whole.total) entries")
  }

  private mutating func add(_ record: StateRecord, _ part: StateRecord.Part) throws(RecordError) {
    if part.first == 0 {
      try finish()
      try claim(try node(at: record.path), record.path)
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

  /// The node at a path, all above it being maps.
  private mutating func node(at path: StatePath) throws(RecordError) -> Int {
    var node = 0
    for (depth, key) in path.keys.enumerated() {
      try enter(node, StatePath(Array(path.keys[..<depth])))
      node = try number(of: key, in: node)
    }
    return node
  }

  private mutating func number(of key: StateKey, in map: Int) throws(RecordError) -> Int {
    let name = Name(map: map, key: key)
    if let number = numbers[name] { return number }
    guard kinds.count < FormatLimits.stateKeys else {
      throw .inconsistent("the state has more than \(FormatLimits.stateKeys) keys")
    }
    numbers[name] = kinds.count
    kinds.append(.unknown)
    return kinds.count - 1
  }

  private mutating func enter(_ node: Int, _ path: @autoclosure () -> StatePath) throws(RecordError) {
    guard kinds[node] != .value else { throw Self.clash(path()) }
    kinds[node] = .inner
  }

  private mutating func claim(_ node: Int, _ path: @autoclosure () -> StatePath) throws(RecordError) {
    guard kinds[node] == .unknown else { throw Self.clash(path()) }
    kinds[node] = .value
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
