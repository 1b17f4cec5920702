public import MessagePack
public import StateTree

/// A tree in the one form in which trees of any origin are compared: maps, lists, tensors and single values.
public indirect enum StateNode: Sendable {
  /// A map in order, its keys as text: a key that is no text stands as its value, and a text that reads like one is quoted,
  /// so that `1` and `"1"` are two keys.
  case map([(key: String, value: StateNode)])
  /// A list of anything but numbers.
  case list([StateNode])
  /// Numbers: a tensor, or a nested list of one type.
  case tensor(Tensor)
  /// Anything else.
  case leaf(MessagePackValue)

  /// A tree of ours.
  public init(_ value: StateValue) {
    switch value {
    case .nil: self = .leaf(.nil)
    case .bool(let value): self = .leaf(.bool(value))
    case .int(let value): self = .leaf(.int(value))
    case .unsigned(let value): self = .leaf(.integer(value))
    case .double(let value): self = .leaf(.float64(value))
    case .string(let text): self = .leaf(.string(text))
    case .bytes(let bytes): self = .leaf(.binary(bytes))
    case .array(let elements): self = .list(elements.map(StateNode.init))
    case .map(let map): self = .map(map.map { (MessagePackValue.string($0.key.string).keyText, StateNode($0.value)) })
    case .tensor(let tensor): self = .tensor(tensor)
    }
  }

  /// A tree of others; msgpack-numpy's arrays and lists of numbers become tensors.
  public init(_ value: MessagePackValue) {
    switch value {
    case .map(let entries):
      if let tensor = try? Tensor(msgpackNumpy: entries, at: []) { self = .tensor(tensor) } else {
        self = .map(entries.map { ($0.key.keyText, StateNode($0.value)) })
      }
    case .array(let elements): self = .list(elements.map(StateNode.init))
    case .packed(let list): self = Tensor(list).map(StateNode.tensor) ?? .list(list.rows.map(StateNode.init))
    case .nil, .bool, .int, .unsigned, .float32, .float64, .text, .binary, .ext, .timestamp: self = .leaf(value)
    }
  }

  /// The tree in a few words.
  public var summary: String {
    switch self {
    case .map(let entries): "map of \(entries.count)"
    case .list(let elements): "list of \(elements.count)"
    case .tensor(let tensor): tensor.summary
    case .leaf(let value): value.shortDescription
    }
  }
}

extension Tensor {
  /// The numbers of a packed list under its shape; nil for what are no numbers.
  public init?(_ list: PackedList) {
    let flat: Tensor? =
      switch list.elements {
      case .bool(let values): Tensor(vector: values)
      case .int64(let values): Tensor(vector: values)
      case .uint64(let values): Tensor(vector: values)
      case .float32(let values): Tensor(vector: values)
      case .float64(let values): Tensor(vector: values)
      case .emptyMaps: nil
      }
    guard let tensor = try? flat?.reshaped(list.shape) else { return nil }
    self = tensor
  }
}
