/// Where in a tree of state a value lies: its keys, outermost first.
public struct StatePath: Hashable, Sendable, ExpressibleByArrayLiteral, CustomStringConvertible {
  /// The keys, outermost first. An element of a list is its index in decimal.
  public var keys: [StateKey]

  /// A path of these keys.
  public init(_ keys: [StateKey] = []) { self.keys = keys }

  /// A path of these keys.
  public init(arrayLiteral keys: StateKey...) { self.keys = keys }

  /// The path of a part of what this one names.
  public static func / (path: StatePath, key: StateKey) -> StatePath { StatePath(path.keys + [key]) }

  /// The path of an element of a list.
  public static func / (path: StatePath, index: Int) -> StatePath { path / StateKey(String(index)) }

  /// The keys with slashes between them; `state` for the root.
  public var description: String { keys.isEmpty ? "state" : keys.map(\.string).joined(separator: "/") }
}
