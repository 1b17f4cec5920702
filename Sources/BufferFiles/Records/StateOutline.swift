internal import StateTree

/// A few words about every value of a tree, and the scalars at its top.
struct StateOutline {
  private(set) var entries: [FileSummary.OutlineEntry] = []
  private(set) var valueCount = 0

  /// The outline of a tree, at most `limit` entries; all values are counted.
  init(_ value: StateValue, limit: Int = FormatLimits.outlineEntries) {
    visit(value, at: [], limit: limit)
  }

  private mutating func visit(_ value: StateValue, at path: StatePath, limit: Int) {
    if case .map(let map) = value, !map.isEmpty {
      for (key, child) in map { visit(child, at: path / key, limit: limit) }
      return
    }
    valueCount += 1
    guard entries.count < limit, path.description.utf8.count <= 512 else { return }
    entries.append(.init(path: path, description: value.outline, bytes: value.sizeEstimate))
  }

  /// The numbers and short texts at the top of a tree, at most 64.
  static func counters(_ value: StateValue) -> StateMap {
    guard case .map(let map) = value else { return [:] }
    let scalars = map.filter { entry in
      switch entry.value {
      case .nil, .bool, .int, .unsigned, .double: entry.key.string.utf8.count <= 256
      case .string(let text): text.utf8.count <= 256 && entry.key.string.utf8.count <= 256
      case .bytes, .array, .map, .tensor: false
      }
    }
    return StateMap(scalars.prefix(64).map { ($0.key, $0.value) })
  }
}

extension StateValue {
  /// The value in a few words: scalars by value, the others by type and size.
  fileprivate var outline: String {
    switch self {
    case .nil: "nil"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .double(let value): "\(value)"
    case .string(let text): text.utf8.count <= 64 ? "\"\(text)\"" : "string of \(text.utf8.count) bytes"
    case .bytes(let bytes): "\(bytes.count) bytes"
    case .array(let elements): "array of \(elements.count)"
    case .map: "map of 0"
    case .tensor(let tensor): tensor.summary
    }
  }
}
