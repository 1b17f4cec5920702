public import StateTree

/// A few words about every value of a tree and the scalars at its top, gathered while its records go by in order.
struct StateOutline {
  private(set) var entries: [FileSummary.OutlineEntry] = []
  private(set) var valueCount = 0
  /// The numbers and short texts at the top, at most 64.
  private(set) var counters: StateMap = [:]

  private let limit: Int
  private var isInParts = false

  /// Nothing yet; at most `limit` values will be noted.
  init(limit: Int = FormatLimits.outlineEntries) { self.limit = limit }

  /// Adds the next record of the tree.
  mutating func add(_ record: StateRecord) {
    if let part = record.part { return add(record, part) }
    visit(record.value, at: record.path)
    // A writer may give a value at the top a record of its own.
    if record.path.keys.count == 1 { takeCounters(.map([record.path.keys[0]: record.value])) }
    if record.path.keys.isEmpty { takeCounters(record.value) }
  }

  /// The first part of a value says what the whole is; each part adds its bytes.
  private mutating func add(_ record: StateRecord, _ part: StateRecord.Part) {
    if part.first == 0 {
      isInParts = append(record.path, record.value.description(ofWhole: part), bytes: record.value.payloadBytes)
    } else if isInParts, let last = entries.indices.last {
      entries[last].bytes += record.value.payloadBytes
    }
  }

  private mutating func visit(_ value: StateValue, at path: StatePath) {
    if case .map(let map) = value, !map.isEmpty {
      for (key, child) in map { visit(child, at: path / key) }
    } else {
      append(path, value.outline, bytes: value.payloadBytes)
    }
  }

  /// Counts a value and, if there is room, notes it.
  @discardableResult
  private mutating func append(_ path: StatePath, _ description: @autoclosure () -> String, bytes: Int) -> Bool {
    valueCount += 1
    guard entries.count < limit, path.description.utf8.count <= 512 else { return false }
    entries.append(.init(path: path, description: description(), bytes: bytes))
    return true
  }

  private mutating func takeCounters(_ value: StateValue) {
    guard case .map(let map) = value else { return }
    for (key, value) in map where counters.count < 64 && key.string.utf8.count <= 256 {
      switch value {
      case .nil, .bool, .int, .unsigned, .double: counters[key] = value
      case .string(let text): if text.utf8.count <= 256 { counters[key] = value }
      case .bytes, .array, .map, .tensor: break
      }
    }
  }
}

extension FileSummary {
  /// Every value of a tree in a few words, as the summary of a file has the first of them.
  public static func outline(of state: StateValue) -> [OutlineEntry] {
    var outline = StateOutline(limit: .max)
    outline.add(StateRecord(path: [], value: state))
    return outline.entries
  }
}

extension StateValue {
  /// The value in a few words: scalars by value, the others by type and size.
  public var outline: String {
    switch self {
    case .nil: "nil"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let text): text.utf8.count <= 64 ? "\"\(text)\"" : "string of \(text.utf8.count) bytes"
    case .bytes(let bytes): "\(bytes.count) bytes"
    case .array(let elements): "array of \(elements.count)"
    case .map(let map): "map of \(map.count)"
    case .tensor(let tensor): tensor.summary
    }
  }

  /// The value of which this is a part, in a few words.
  fileprivate func description(ofWhole part: StateRecord.Part) -> String {
    switch self {
    case .tensor(let tensor): "\(tensor.dataType) \(part.shape ?? [part.total])"
    case .bytes: "\(part.total) bytes"
    default: "array of \(part.total)"
    }
  }
}
