/// An array of numbers: element type, shape and little-endian row-major bytes. A value; copies share storage until
/// changed.
public struct Tensor: Sendable, Hashable {
  /// The most axes a tensor may have, numpy's own limit before version 2.
  public static let maximumRank = 32

  /// The type of the elements.
  public let dataType: DataType
  /// The lengths of the axes, outermost first; empty for a single number.
  public let shape: [Int]
  /// The elements, row-major and little-endian.
  /// - Shape: product of `shape` times `dataType.itemBytes`.
  public private(set) var bytes: [UInt8]

  /// A tensor from its parts.
  /// - Throws: `StateTreeError.shapeMismatch` if the bytes are not exactly what type and shape need,
  ///   `.invalidShape` for a negative length, too many axes or a product beyond `Int` (zeros left out, as in numpy).
  public init(_ dataType: DataType, shape: [Int], bytes: [UInt8]) throws(StateTreeError) {
    let expected = try Self.byteCount(dataType, shape: shape)
    guard expected == bytes.count else {
      throw .shapeMismatch(dataType, shape: shape, expectedBytes: expected, foundBytes: bytes.count)
    }
    self.init(unchecked: dataType, shape: shape, bytes: bytes)
  }

  init(unchecked dataType: DataType, shape: [Int], bytes: [UInt8]) {
    self.dataType = dataType
    self.shape = shape
    self.bytes = bytes
  }

  /// A tensor of zeros.
  /// - Precondition: The bytes fit into memory; for a shape from outside, ask `byteCount` first.
  /// - Throws: `StateTreeError.invalidShape`.
  public init(zeros dataType: DataType, shape: [Int]) throws(StateTreeError) {
    let count = try Self.byteCount(dataType, shape: shape)
    self.init(unchecked: dataType, shape: shape, bytes: [UInt8](repeating: 0, count: count))
  }

  /// Lets `body` write other elements in place, row-major and little-endian; a copy that shares the storage keeps its own.
  public mutating func withMutableBytes(_ body: (inout MutableSpan<UInt8>) -> Void) {
    var span = bytes.mutableSpan
    body(&span)
  }

  /// The bytes that a tensor of this type and shape takes, with every multiplication checked.
  ///
  /// Axes of length zero are left out of the check and not of the result, so that no product of only some axes can
  /// overflow either: `[0, Int.max, 2]` is refused.
  /// - Throws: `StateTreeError.invalidShape`.
  public static func byteCount(_ dataType: DataType, shape: [Int]) throws(StateTreeError) -> Int {
    guard shape.count <= maximumRank else { throw .invalidShape(shape) }
    var largest = max(1, dataType.itemBytes)
    for length in shape {
      let (product, overflow) = largest.multipliedReportingOverflow(by: max(1, length))
      guard length >= 0, !overflow else { throw .invalidShape(shape) }
      largest = product
    }
    return shape.contains(0) || dataType.itemBytes == 0 ? 0 : largest
  }

  /// How many elements there are.
  public var count: Int { shape.reduce(1, *) }

  /// The length of the first axis; 1 for a single number.
  public var rowCount: Int { shape.first ?? 1 }

  /// The bytes of one entry of the first axis.
  public var rowBytes: Int { shape.dropFirst().reduce(dataType.itemBytes, *) }

  /// Entries `range` of the first axis.
  /// - Precondition: The tensor has an axis and `range` lies in it.
  /// - Complexity: O(bytes of the result).
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(!shape.isEmpty && range.lowerBound >= 0 && range.upperBound <= shape[0], "rows outside the first axis")
    let size = rowBytes
    let part = bytes[range.lowerBound * size..<range.upperBound * size]
    return Tensor(unchecked: dataType, shape: [range.count] + shape.dropFirst(), bytes: Array(part))
  }

  /// The entries of the first axis at `indices`, in that order.
  /// - Precondition: The tensor has an axis and every index lies in it.
  public func gathered(_ indices: [Int]) -> Tensor {
    precondition(!shape.isEmpty && indices.allSatisfy { $0 >= 0 && $0 < shape[0] }, "rows outside the first axis")
    let size = rowBytes
    var part: [UInt8] = []
    part.reserveCapacity(indices.count * size)
    for index in indices { part.append(contentsOf: bytes[index * size..<(index + 1) * size]) }
    return Tensor(unchecked: dataType, shape: [indices.count] + shape.dropFirst(), bytes: part)
  }

  /// The same elements under another shape.
  /// - Throws: `StateTreeError.shapeMismatch` if the counts differ.
  public func reshaped(_ shape: [Int]) throws(StateTreeError) -> Tensor {
    try Tensor(dataType, shape: shape, bytes: bytes)
  }

  /// Tensors of one type and row shape, one behind the other along the first axis.
  /// - Throws: `StateTreeError.cannotConcatenate` if they differ in type or row shape, have no axis, or there is none;
  ///   `.invalidShape` if there are too many rows to count.
  /// - Complexity: O(bytes); each byte is copied once.
  public init(concatenating parts: [Tensor]) throws(StateTreeError) {
    guard let first = parts.first, !first.shape.isEmpty else { throw .cannotConcatenate(parts.map(\.summary)) }
    for part in parts where part.dataType != first.dataType || part.shape.dropFirst() != first.shape.dropFirst() {
      throw .cannotConcatenate([first.summary, part.summary])
    }
    if parts.count == 1 {
      self = first
      return
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parts.reduce(0) { $0 + $1.bytes.count })
    for part in parts { bytes.append(contentsOf: part.bytes) }
    // Rows without bytes can be so many that their sum overflows.
    let rows = parts.reduce(UInt128(0)) { $0 + UInt128($1.rowCount) }
    guard let rows = Int(exactly: rows) else { throw .invalidShape([.max] + first.shape.dropFirst()) }
    try self.init(first.dataType, shape: [rows] + first.shape.dropFirst(), bytes: bytes)
  }

  /// Type and shape in a few characters, such as `float32 [20, 4]`.
  public var summary: String { "\(dataType) \(shape)" }
}
