internal import MessagePack

/// Where a value lies in a tree of MessagePack.
enum ValuePath {
  /// One step down.
  enum Step: Hashable {
    /// To the value at a text key of a map.
    case key(String)
    /// To an element of a list.
    case index(Int)
  }
}

extension MessagePackValue {
  /// What stands in a skeleton for a value that is kept elsewhere: an extension that no writer of dumps uses.
  static let placeholder = MessagePackValue.ext(type: 114, bytes: Array("rlbuf".utf8))

  /// The tree with other values at some places; places that are not there stay so.
  func replacing(_ changes: [(path: ArraySlice<ValuePath.Step>, value: MessagePackValue)]) -> MessagePackValue {
    if let change = changes.first(where: { $0.path.isEmpty }) { return change.value }
    guard !changes.isEmpty else { return self }
    switch self {
    case .map(let entries):
      return .map(
        entries.map { entry in
          let below = changes.below { if case .key(let name) = $0 { entry.key == .string(name) } else { false } }
          return .init(key: entry.key, value: entry.value.replacing(below))
        })
    case .array, .packed:
      return .array(
        (elements ?? []).enumerated().map { index, element in element.replacing(changes.below { $0 == .index(index) }) })
    default: return self
    }
  }
}

extension [(path: ArraySlice<ValuePath.Step>, value: MessagePackValue)] {
  /// The changes whose first step is wanted, without it.
  fileprivate func below(_ isWanted: (ValuePath.Step) -> Bool) -> Self {
    compactMap { change in
      change.path.first.flatMap { isWanted($0) ? (change.path.dropFirst(), change.value) : nil }
    }
  }
}
