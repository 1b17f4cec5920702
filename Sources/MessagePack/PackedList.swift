/// A rectangular list of numbers held as one block, however deep it is nested.
///
/// Libraries that serialize arrays as nested lists (ormsgpack) write hundreds of thousands of them; as single values they
/// would cost twenty times their size. The element type is the one the file names for every element.
/// - Shape: as nested, outermost first; row-major.
public struct PackedList: Sendable {
  /// The numbers in row-major order, by the type all of them have.
  public enum Elements: Sendable {
    /// Truth values.
    case bool([Bool])
    /// Integers that all fit 64 signed bits.
    case int64([Int64])
    /// Integers of which none is negative and at least one is above `Int64.max`.
    case uint64([UInt64])
    /// Single-precision numbers.
    case float32([Float])
    /// Double-precision numbers.
    case float64([Double])
    /// So many empty maps: what RLlib stores as the infos of most environments.
    case emptyMaps(Int)
  }

  /// The lengths of the nested lists, outermost first. At least one, none of them zero.
  public let shape: [Int]
  /// The numbers.
  public let elements: Elements

  /// A packed list of numbers whose count is the product of the shape.
  public init(shape: [Int], elements: Elements) {
    precondition(!shape.isEmpty && shape.allSatisfy { $0 > 0 }, "a packed list has a shape without zeros")
    precondition(shape.reduce(1, *) == elements.count, "a packed list has as many numbers as its shape says")
    self.shape = shape
    self.elements = elements
  }

  /// The length of the outermost list.
  public var count: Int { shape[0] }

  /// How deep lists and maps nest when it is written.
  var nesting: Int {
    guard case .emptyMaps = elements else { return shape.count }
    return shape.count + 1
  }

  /// The outermost list's elements as values of their own.
  /// - Complexity: O(product of the shape).
  public var rows: [MessagePackValue] {
    let inner = Array(shape.dropFirst())
    if inner.isEmpty { return elements.values }
    let size = inner.reduce(1, *)
    return (0..<count).map { row in
      .packed(PackedList(shape: inner, elements: elements.slice(row * size..<(row + 1) * size)))
    }
  }
}

extension PackedList.Elements {
  /// How many numbers there are.
  public var count: Int {
    switch self {
    case .bool(let values): values.count
    case .int64(let values): values.count
    case .uint64(let values): values.count
    case .float32(let values): values.count
    case .float64(let values): values.count
    case .emptyMaps(let count): count
    }
  }

  /// How many of them take memory: empty maps do not.
  var numberCount: Int { if case .emptyMaps = self { 0 } else { count } }

  var values: [MessagePackValue] {
    switch self {
    case .bool(let values): values.map(MessagePackValue.bool)
    case .int64(let values): values.map(MessagePackValue.int)
    case .uint64(let values): values.map(MessagePackValue.integer)
    case .float32(let values): values.map(MessagePackValue.float32)
    case .float64(let values): values.map(MessagePackValue.float64)
    case .emptyMaps(let count): Array(repeating: .map([]), count: count)
    }
  }

  func slice(_ range: Range<Int>) -> PackedList.Elements {
    switch self {
    case .bool(let values): return .bool(Array(values[range]))
    case .int64(let values): return .int64(Array(values[range]))
    case .uint64(let values):
      let part = values[range]
      let small = part.compactMap(Int64.init(exactly:))
      return small.count == part.count ? .int64(small) : .uint64(Array(part))
    case .float32(let values): return .float32(Array(values[range]))
    case .float64(let values): return .float64(Array(values[range]))
    case .emptyMaps: return .emptyMaps(range.count)
    }
  }
}

/// Equality by shape, element type and bits.
extension PackedList: Hashable {
  /// Whether shape, element type and bits are the same.
  public static func == (a: PackedList, b: PackedList) -> Bool {
    guard a.shape == b.shape else { return false }
    return switch (a.elements, b.elements) {
    case (.bool(let a), .bool(let b)): a == b
    case (.int64(let a), .int64(let b)): a == b
    case (.uint64(let a), .uint64(let b)): a == b
    case (.float32(let a), .float32(let b)): a.elementsEqual(b) { $0.bitPattern == $1.bitPattern }
    case (.float64(let a), .float64(let b)): a.elementsEqual(b) { $0.bitPattern == $1.bitPattern }
    case (.emptyMaps(let a), .emptyMaps(let b)): a == b
    default: false
    }
  }

  /// Feeds shape and bits to the hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(shape)
    switch elements {
    case .bool(let values): hasher.combine(values)
    case .int64(let values): hasher.combine(values)
    case .uint64(let values): hasher.combine(values)
    case .float32(let values): for value in values { hasher.combine(value.bitPattern) }
    case .float64(let values): for value in values { hasher.combine(value.bitPattern) }
    case .emptyMaps(let count): hasher.combine(count)
    }
  }
}
