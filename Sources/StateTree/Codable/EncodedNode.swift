internal import OrderedCollections

/// A value while its encoders may still add to it.
final class EncodedNode {
  /// A part that is complete, or one that an encoder is still at.
  enum Part {
    case value(StateValue)
    case node(EncodedNode)

    var finished: StateValue {
      switch self {
      case .value(let value): value
      case .node(let node): node.finished
      }
    }
  }

  private enum Form { case nothing, value, list, map }

  private var form = Form.nothing
  // Apart from the form, so that appending does not copy.
  private var single = StateValue.nil
  private(set) var elements: [Part] = []
  private var entries: OrderedDictionary<StateKey, Part> = [:]

  /// What has been encoded; a type that encodes nothing is an empty map.
  var finished: StateValue {
    switch form {
    case .value: single
    case .list: .array(elements.map(\.finished))
    case .nothing, .map: .map(StateMap(entries.map { ($0.key, $0.value.finished) }))
    }
  }

  /// Becomes one value.
  func set(_ value: StateValue) {
    become(.value)
    single = value
  }

  /// Becomes a list, to which elements are then appended.
  func becomeList() { become(.list) }

  /// Becomes a map, at whose keys values are then set.
  func becomeMap() { become(.map) }

  private func become(_ form: Form) {
    precondition(
      self.form == .nothing || self.form == form && form != .value, "encode(to:) asked for two kinds of container")
    self.form = form
  }

  /// Appends to the list.
  func append(_ part: Part) { elements.append(part) }

  /// Sets the value at a key of the map; the last one stays.
  func set(_ part: Part, at key: StateKey) { entries[key] = part }

  /// The node that `key` holds, or a new one there: a container asked for twice is the same one.
  func node(at key: StateKey) -> EncodedNode {
    if case .node(let node)? = entries[key] { return node }
    let node = EncodedNode()
    entries[key] = .node(node)
    return node
  }

  /// Puts the keys of a map into the order of their bytes.
  private func sortKeys() { entries.sort { $0.key < $1.key } }

  /// The state of any value.
  static func state(of value: some Encodable, at path: [any CodingKey]) throws -> StateValue {
    if let value = value as? any StateScalar { return value.stateValue }
    let node = EncodedNode()
    try value.encode(to: StateEncoder(node: node, codingPath: path))
    if value is any Unordered { node.sortKeys() }
    return node.finished
  }
}

/// A type whose keys come in another order in each run.
private protocol Unordered {}
extension Dictionary: Unordered {}
