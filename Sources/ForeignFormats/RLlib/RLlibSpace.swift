internal import MessagePack
internal import StateTree

/// A Gymnasium space as RLlib stores it beside the data: what the nested lists have lost.
/// - Source: `ray/rllib/utils/serialization.py`, `gym_space_to_dict`.
indirect enum RLlibSpace {
  /// Numbers of one dtype and shape.
  case array(DataType, shape: [Int])
  /// Spaces by name.
  case dictionary([(name: String, space: RLlibSpace)])
  /// Spaces by position.
  case tuple([RLlibSpace])

  /// The space that a stored map describes, or nil if there is none or it is of a kind not known here.
  init?(_ value: MessagePackValue?) {
    guard let value, let kind = value["space"]?.string else { return nil }
    switch kind {
    case "discrete": self = .array(.int64, shape: [])
    case "box", "multi-discrete": self.init(array: value)
    case "multi-binary":
      let n = value["n"]
      guard let shape = n?.integer.map({ [$0] }) ?? Self.shape(n) else { return nil }
      self = .array(.int8, shape: shape)
    case "dict":
      let entries = value["spaces"]?.entries ?? []
      let spaces = entries.compactMap { entry in
        entry.key.string.flatMap { name in RLlibSpace(entry.value).map { (name: name, space: $0) } }
      }
      guard spaces.count == entries.count else { return nil }
      self = .dictionary(spaces)
    case "tuple":
      let elements = value["spaces"]?.elements ?? []
      let spaces = elements.compactMap { RLlibSpace($0) }
      guard spaces.count == elements.count else { return nil }
      self = .tuple(spaces)
    default: return nil
    }
  }

  /// A box names dtype and shape; of a multi-discrete space the dtype is stored and the shape is packed away.
  private init?(array value: MessagePackValue) {
    guard let name = value["dtype"]?.string, let type = DataType(name: name), type.kind != .opaque else { return nil }
    guard let shape = value["shape"] else {
      self = .array(type, shape: [-1])
      return
    }
    guard let lengths = Self.shape(shape) else { return nil }
    self = .array(type, shape: lengths)
  }

  private static func shape(_ value: MessagePackValue?) -> [Int]? {
    guard let elements = value?.elements, elements.count <= Tensor.maximumRank else { return nil }
    let lengths = elements.compactMap(\.integer)
    return lengths.count == elements.count ? lengths : nil
  }

  /// The parts by the bytes of their names.
  var parts: [[UInt8]: RLlibSpace] {
    guard case .dictionary(let parts) = self else { return [:] }
    return Dictionary(parts.map { (Array($0.name.utf8), $0.space) }) { first, _ in first }
  }

  /// The dtype of a plain array space.
  var dataType: DataType? {
    guard case .array(let type, _) = self else { return nil }
    return type
  }

  /// The row shape of a plain array space, if it is stored.
  var rowShape: [Int]? {
    guard case .array(_, let shape) = self, !shape.contains(where: { $0 < 0 }) else { return nil }
    return shape
  }
}
