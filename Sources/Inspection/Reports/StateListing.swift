internal import BufferFiles
public import StateTree

/// The values of a tree of state, each in a few words.
public struct StateListing: Sendable, Equatable {
  /// One value.
  public struct Entry: Sendable, Equatable {
    /// Where it lies.
    public var path: StatePath
    /// A scalar by its value, anything else by type and size.
    public var description: String
    /// About how many bytes it takes.
    public var byteCount: Int
  }

  /// The values in the order of the state; maps are named by what is in them.
  public var entries: [Entry]
  /// How many values there are in all, those that are not listed included.
  public var count: Int
}

extension StateListing {
  /// The listing that a file's summary holds.
  init(_ summary: FileSummary) {
    entries = summary.outline.map { Entry(path: $0.path, description: $0.description, byteCount: $0.bytes) }
    count = summary.stateValueCount
  }

  /// The listing of all values of a tree.
  init(_ state: StateValue) {
    (entries, count) = ([], 0)
    visit(state, at: [])
    count = entries.count
  }

  private mutating func visit(_ value: StateValue, at path: StatePath) {
    if case .map(let map) = value, !map.isEmpty {
      for (key, child) in map { visit(child, at: path / key) }
    } else {
      entries.append(Entry(path: path, description: value.brief, byteCount: value.storedBytes))
    }
  }

  /// The description at a path.
  func description(at path: StatePath) -> String? { entries.first { $0.path == path }?.description }
}

extension StateValue {
  /// The value in a few words, as the summary of a file says it.
  var brief: String {
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

  /// About how many bytes the value takes as MessagePack, counted as the summary of a file counts.
  fileprivate var storedBytes: Int {
    switch self {
    case .nil, .bool: 1
    case .int, .unsigned, .double: 9
    case .string(let text): text.utf8.count + 5
    case .bytes(let bytes): bytes.count + 5
    case .array(let elements): elements.reduce(5) { $0 + $1.storedBytes }
    case .map(let map): map.reduce(5) { $0 + $1.key.string.utf8.count + 5 + $1.value.storedBytes }
    case .tensor(let tensor): tensor.bytes.count + 64
    }
  }
}
