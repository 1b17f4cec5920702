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

/// Values for places of a tree.
typealias ValueChanges = [(path: ArraySlice<ValuePath.Step>, value: MessagePackValue)]

extension MessagePackValue {
  /// The tree with other values at some places; places that are not there stay so.
  func replacing(_ changes: ValueChanges) -> MessagePackValue {
    guard let first = changes.first else { return self }
    guard let step = first.path.first else { return first.value }
    switch self {
    case .map(var entries):
      for group in changes.groups {
        guard let index = entries.firstIndex(where: { $0.key.isText(group.step) }) else { continue }
        entries[index].value = entries[index].value.replacing(group.below)
      }
      return .map(entries)
    case .array, .packed:
      guard case .index = step, var elements else { return self }
      for group in changes.groups {
        guard case .index(let index) = group.step, elements.indices.contains(index) else { continue }
        elements[index] = elements[index].replacing(group.below)
      }
      return .array(elements)
    default: return self
    }
  }

  /// The value at a place of the tree.
  func value(at path: ArraySlice<ValuePath.Step>) -> MessagePackValue? {
    guard let step = path.first else { return self }
    switch step {
    case .key(let name): return self[name]?.value(at: path.dropFirst())
    case .index(let index):
      guard let elements, elements.indices.contains(index) else { return nil }
      return elements[index].value(at: path.dropFirst())
    }
  }

  private func isText(_ step: ValuePath.Step) -> Bool {
    guard case .key(let name) = step, case .text(let bytes) = self else { return false }
    return bytes.count == name.utf8.count && bytes.elementsEqual(name.utf8)
  }
}

extension ValueChanges {
  /// The changes that follow each other and begin with the same step, without it.
  fileprivate var groups: [(step: ValuePath.Step, below: ValueChanges)] {
    var groups: [(step: ValuePath.Step, below: ValueChanges)] = []
    groups.reserveCapacity(count)
    for change in self {
      guard let step = change.path.first else { continue }
      if groups.last?.step != step { groups.append((step, [])) }
      groups[groups.count - 1].below.append((change.path.dropFirst(), change.value))
    }
    return groups
  }
}
