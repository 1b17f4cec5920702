internal import StateTree

extension StatePath {
  /// The path as records hold it: a list of texts.
  var state: StateValue { .array(keys.map { .string($0.string) }) }

  /// The path that a list of texts at `place` stands for.
  init(state value: StateValue, at place: StatePath) throws(StateTreeError) {
    guard case .array(let elements) = value else {
      throw .wrongType(path: place.description, expected: "a list of texts", found: value.typeName)
    }
    guard elements.count <= FormatLimits.stateDepth else {
      throw .invalidValue(
        path: place.description, found: "\(elements.count) keys", expected: "at most \(FormatLimits.stateDepth)")
    }
    var keys: [StateKey] = []
    for element in elements {
      guard case .string(let key) = element else {
        throw .wrongType(path: place.description, expected: "a list of texts", found: "a list with \(element.typeName)")
      }
      keys.append(StateKey(key))
    }
    self.init(keys)
  }
}
