public import BufferFiles
public import MessagePack
public import StateTree

/// One value of a tree of MessagePack, with those of its parts that the limits let through.
public struct TreeNode: Sendable {
  /// What a value is.
  public enum Content: Sendable {
    /// Nil, a truth value, a number or a point in time.
    case scalar(MessagePackValue)
    /// A text: its first bytes, and how many it has.
    case text(start: [UInt8], byteCount: Int)
    /// Bytes: the first ones, how many there are, and whether they look like a Python pickle, which is never opened.
    case binary(start: [UInt8], byteCount: Int, isPickle: Bool)
    /// An application's own type.
    case ext(type: Int8, start: [UInt8], byteCount: Int)
    /// A rectangular list of numbers.
    case numbers(NumberListFacts)
    /// A numpy array or scalar as msgpack-numpy writes it.
    case tensor(TensorFacts)
    /// A numpy array of objects, which is a pickle inside and is never opened.
    case pickledObjects
    /// A list of so many entries.
    case list(count: Int)
    /// A map of so many entries.
    case map(count: Int)
  }

  /// The key in the map above; nil for entries of lists and for whole objects.
  public var key: MessagePackValue?
  /// What the value is.
  public var content: Content
  /// Its entries.
  public var children: [TreeNode]
  /// How many entries the limits left out.
  public var hiddenCount: Int
}

/// What a list of numbers holds, without the numbers.
public struct NumberListFacts: Sendable, Equatable {
  /// The lengths of the nested lists, outermost first.
  public var shape: [Int]
  /// The type all elements have in the file: `bool`, `int64`, `uint64`, `float32`, `float64`, or `empty map`.
  public var elementType: String
  /// The first few elements, row-major.
  public var start: [Double]
  /// The statistics; nil for empty maps.
  public var statistics: ColumnStatistics?
}

/// What a tensor holds, without the numbers.
public struct TensorFacts: Sendable, Equatable {
  /// The type of the elements.
  public var dataType: DataType
  /// The lengths of the axes; empty for a numpy scalar.
  public var shape: [Int]
  /// The bytes of the elements.
  public var byteCount: Int
  /// The statistics; nil for types without order.
  public var statistics: ColumnStatistics?

  /// The facts of a tensor.
  /// - Complexity: O(count).
  public init(_ tensor: Tensor) {
    (dataType, shape, byteCount) = (tensor.dataType, tensor.shape, tensor.bytes.count)
    statistics = ColumnStatistics(of: tensor)
  }

  /// How many elements there are.
  public var count: Int { shape.reduce(1, *) }
}

extension ColumnStatistics {
  /// The square root of the sum of the squares of the finite elements; nil if there is none.
  var norm: Double? {
    guard finiteCount > 0 else { return nil }
    return (squaredDistances + Double(finiteCount) * mean * mean).squareRoot()
  }
}
