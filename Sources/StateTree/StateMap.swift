internal import OrderedCollections

/// A map of state: ordered as its keys were set, looked up by the bytes of the key.
public struct StateMap: Sendable {
  private var storage: OrderedDictionary<StateKey, StateValue>

  /// An empty map with room for so many entries.
  public init(minimumCapacity: Int = 0) { storage = OrderedDictionary(minimumCapacity: minimumCapacity) }

  /// A map of these entries in this order.
  /// - Precondition: The keys are distinct.
  public init(_ entries: some Sequence<(StateKey, StateValue)>) {
    storage = OrderedDictionary(uniqueKeysWithValues: entries)
  }

  /// The entries of both maps; where both have a key, the value is the other's.
  public func merging(_ other: StateMap) -> StateMap {
    var merged = self
    merged.storage.merge(other.storage) { $1 }
    return merged
  }

  /// The value at a key; setting nil removes it, setting a new key appends it.
  public subscript(key: StateKey) -> StateValue? {
    get { storage[key] }
    set { storage[key] = newValue }
  }

  /// The keys in order.
  public var keys: [StateKey] { Array(storage.keys) }
}

extension StateMap: RandomAccessCollection, ExpressibleByDictionaryLiteral {
  /// The first entry's index.
  public var startIndex: Int { 0 }
  /// The index behind the last entry.
  public var endIndex: Int { storage.count }
  /// An entry.
  public subscript(position: Int) -> (key: StateKey, value: StateValue) {
    let element = storage.elements[position]
    return (element.key, element.value)
  }

  /// A map of these entries in this order.
  /// - Precondition: The keys are distinct.
  public init(dictionaryLiteral elements: (StateKey, StateValue)...) { self.init(elements) }
}

/// Equality by keys and values, regardless of order.
extension StateMap: Hashable {
  /// Whether both hold the same values at the same keys.
  public static func == (a: StateMap, b: StateMap) -> Bool {
    a.count == b.count && a.allSatisfy { b[$0.key] == $0.value }
  }

  /// Feeds the keys to the hasher, regardless of their order.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(storage.keys.reduce(0) { $0 ^ $1.hashValue })
  }
}
