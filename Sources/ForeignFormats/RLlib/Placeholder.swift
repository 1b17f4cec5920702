internal import MessagePack

/// What stands in a skeleton for a value that is kept elsewhere: an extension that no writer of dumps uses.
///
/// Its body is `rlbuf` and, for a list whose first entries are in no row (RLlib's lookback), those as a list.
enum Placeholder {
  private static let type: Int8 = 114
  private static let mark = Array("rlbuf".utf8)

  /// The placeholder of a whole value.
  static let whole = MessagePackValue.ext(type: type, bytes: mark)

  /// The placeholder of a list of which only what comes after `entries` is kept elsewhere.
  static func after(_ entries: NumberBlock?) -> MessagePackValue {
    guard let entries else { return whole }
    // A list that was read nests no deeper than can be written.
    return .ext(type: type, bytes: mark + ((try? MessagePackWriter.bytes(of: entries.list)) ?? []))
  }

  static func isPlaceholder(_ value: MessagePackValue?) -> Bool {
    guard case .ext(type, let bytes)? = value else { return false }
    return bytes.starts(with: mark)
  }

  /// The value for which a placeholder stands, once what was kept elsewhere is there again.
  static func fill(_ placeholder: MessagePackValue, with value: MessagePackValue) throws -> MessagePackValue {
    guard case .ext(_, let bytes) = placeholder, bytes.count > mark.count else { return value }
    let first = try MessagePackReader.value(of: Array(bytes.dropFirst(mark.count)))
    if value == .array([]) { return first }
    if case .packed(let first) = first, case .packed(let rest) = value, let list = first.followed(by: rest) {
      return .packed(list)
    }
    return .array((first.elements ?? []) + (value.elements ?? []))
  }

  /// Whether a placeholder stands anywhere in a tree.
  static func occurs(in value: MessagePackValue) -> Bool {
    switch value {
    case .array(let elements): elements.contains { occurs(in: $0) }
    case .map(let entries): entries.contains { occurs(in: $0.key) || occurs(in: $0.value) }
    case .ext: isPlaceholder(value)
    default: false
    }
  }
}

extension PackedList {
  /// Both lists as one; nil if their entries differ in type or shape.
  fileprivate func followed(by rest: PackedList) -> PackedList? {
    guard shape.dropFirst() == rest.shape.dropFirst() else { return nil }
    let elements: Elements? =
      switch (elements, rest.elements) {
      case (.bool(let a), .bool(let b)): .bool(a + b)
      case (.int64(let a), .int64(let b)): .int64(a + b)
      case (.uint64(let a), .uint64(let b)): .uint64(a + b)
      case (.uint64(let a), .int64(let b)) where b.allSatisfy { $0 >= 0 }: .uint64(a + b.map { UInt64($0) })
      case (.int64(let a), .uint64(let b)) where a.allSatisfy { $0 >= 0 }: .uint64(a.map { UInt64($0) } + b)
      case (.float32(let a), .float32(let b)): .float32(a + b)
      case (.float64(let a), .float64(let b)): .float64(a + b)
      default: nil
      }
    return elements.map { PackedList(shape: [shape[0] + rest.shape[0]] + shape.dropFirst(), elements: $0) }
  }
}
