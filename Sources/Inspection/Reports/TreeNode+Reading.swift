internal import BufferFiles
internal import MessagePack
internal import StateTree

extension TreeNode {
  /// The tree of a value within limits.
  init(_ value: MessagePackValue, limits: TreeLimits) {
    var builder = TreeBuilder(limits: limits)
    self = builder.node(value, key: nil, depth: 0)
  }
}

/// Follows a tree until a limit is reached.
private struct TreeBuilder {
  let limits: TreeLimits
  private var nodeCount = 0

  init(limits: TreeLimits) { self.limits = limits }

  mutating func node(_ value: MessagePackValue, key: MessagePackValue?, depth: Int) -> TreeNode {
    nodeCount += 1
    var node = TreeNode(key: key, content: content(value), children: [], hiddenCount: 0)
    let parts: [(key: MessagePackValue?, value: MessagePackValue)]
    switch (node.content, value) {
    case (.map, .map(let entries)): parts = entries.prefix(limits.entries).map { ($0.key, $0.value) }
    case (.list, .array(let elements)): parts = elements.prefix(limits.elements).map { (nil, $0) }
    default: return node
    }
    if depth < limits.depth {
      for part in parts where nodeCount < limits.nodes {
        node.children.append(self.node(part.value, key: part.key, depth: depth + 1))
      }
    }
    node.hiddenCount = node.entryCount - node.children.count
    return node
  }

  private func content(_ value: MessagePackValue) -> TreeNode.Content {
    switch value {
    case .nil, .bool, .int, .unsigned, .float32, .float64, .timestamp: .scalar(value)
    case .text(let bytes): .text(start: Array(bytes.prefix(limits.textBytes)), byteCount: bytes.count)
    case .binary(let bytes):
      .binary(start: Array(bytes.prefix(limits.textBytes)), byteCount: bytes.count, isPickle: Pickle.isLikely(bytes))
    case .ext(let type, let bytes):
      .ext(type: type, start: Array(bytes.prefix(limits.textBytes)), byteCount: bytes.count)
    case .packed(let list): .numbers(NumberListFacts(list))
    case .array(let elements): .list(count: elements.count)
    case .map(let entries): numpy(entries) ?? .map(count: entries.count)
    }
  }

  /// What msgpack-numpy's map stands for; nil for every other map, also one that only looks like it.
  private func numpy(_ entries: [MessagePackValue.MapEntry]) -> TreeNode.Content? {
    do throws(StateTreeError) {
      return try Tensor(msgpackNumpy: entries, at: []).map { .tensor(TensorFacts($0)) }
    } catch {
      if case .pickledObjects = error { return .pickledObjects }
      return nil
    }
  }
}

extension TreeNode {
  /// How many entries the value has, shown or not.
  var entryCount: Int {
    switch content {
    case .list(let count), .map(let count): count
    default: 0
    }
  }
}

extension NumberListFacts {
  /// How many of the first elements are shown.
  private static let startCount = 8

  init(_ list: PackedList) {
    shape = list.shape
    let tensor: Tensor?
    (elementType, tensor) =
      switch list.elements {
      case .bool(let values): ("bool", Tensor(vector: values))
      case .int64(let values): ("int64", Tensor(vector: values))
      case .uint64(let values): ("uint64", Tensor(vector: values))
      case .float32(let values): ("float32", Tensor(vector: values))
      case .float64(let values): ("float64", Tensor(vector: values))
      case .emptyMaps: ("empty map", nil)
      }
    start = tensor.flatMap { $0.rows(0..<min($0.count, Self.startCount)).doubles() } ?? []
    statistics = tensor.flatMap { ColumnStatistics(of: $0) }
  }
}

/// Python's pickles, which can run code when they are opened, and are not opened here.
enum Pickle {
  /// Whether bytes begin with the mark of protocol 2 or later and end with the pickle's stop.
  /// - Source: Python, `pickletools`, PROTO and STOP.
  static func isLikely(_ bytes: [UInt8]) -> Bool {
    bytes.count > 3 && bytes[0] == 0x80 && (2...5).contains(bytes[1]) && bytes.last == UInt8(ascii: ".")
  }
  /// Whether a value is a pickle: bytes that look like one, or a numpy array of objects.
  static func isLikely(_ value: MessagePackValue) -> Bool {
    switch value {
    case .binary(let bytes): isLikely(bytes)
    case .map(let entries):
      isNumpy(entries)
        && entries.contains { entry in
          (entry.key == .binary(Array("kind".utf8)) && entry.value == .binary(Array("O".utf8)))
            || (entry.key == .binary(Array("type".utf8)) && entry.value == .string("|O"))
        }
    default: false
    }
  }

  /// Whether a map is msgpack-numpy's.
  static func isNumpy(_ entries: [MessagePackValue.MapEntry]) -> Bool {
    entries.contains { $0.key == .binary(Array("nd".utf8)) }
  }
}
