internal import StateTree

extension StateMap {
  /// The value at keys joined by `/`, whether they lie one in the other or stand as one key.
  func value(at path: String) -> StateValue? {
    if let value = self[StateKey(path)] { return value }
    var value: StateValue? = .map(self)
    for key in path.split(separator: "/") { value = value?[StateKey(String(key))] }
    return value
  }

  /// The number at keys joined by `/`.
  func number(at path: String) -> Double? {
    switch value(at: path) {
    case .int(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// All values that are no maps, with their keys joined by `/`.
  var flattened: StateMap {
    var entries = StateMap()
    Self.flatten(self, under: "", &entries)
    return entries
  }

  private static func flatten(_ map: StateMap, under prefix: String, _ entries: inout StateMap) {
    for (key, value) in map {
      if case .map(let inner) = value, !inner.isEmpty {
        flatten(inner, under: prefix + key.string + "/", &entries)
      } else {
        entries[StateKey(prefix + key.string)] = value
      }
    }
  }
}
