/// A key of a state map: a text whose identity is its bytes.
///
/// Swift's own `String` calls a composed and a decomposed accent equal; two such keys of one map would become one.
public struct StateKey: Sendable {
  /// The text.
  public let string: String

  /// A key with this text.
  public init(_ string: String) { self.string = string }
}

extension StateKey: Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// A key from a literal.
  public init(stringLiteral value: String) { self.init(value) }

  /// The text.
  public var description: String { string }

  /// Whether the bytes are the same.
  public static func == (a: StateKey, b: StateKey) -> Bool { a.string.utf8.elementsEqual(b.string.utf8) }

  /// Order by bytes.
  public static func < (a: StateKey, b: StateKey) -> Bool { a.string.utf8.lexicographicallyPrecedes(b.string.utf8) }

  /// Feeds the bytes to the hasher.
  public func hash(into hasher: inout Hasher) {
    for byte in string.utf8 { hasher.combine(byte) }
    hasher.combine(0xff as UInt8)
  }
}
