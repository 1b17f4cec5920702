public import StateTree

/// The set of tensors that observations or actions come from.
/// - Source: Gymnasium 1.2, `spaces/discrete.py` and `spaces/box.py`.
public enum Space: Sendable, Hashable {
  /// One integer out of `count`, the smallest of which is `start`.
  /// - Shape: `[]`; int64 as Gymnasium makes it, any integer type as it takes it.
  case discrete(count: Int, start: Int = 0)

  /// Tensors of this type and shape, each element between bounds of its own, the bounds included.
  ///
  /// `low` and `high` hold one bound an element, row-major; infinite where there is none.
  case box(dataType: DataType, shape: [Int], low: [Double], high: [Double])
}

extension Space {
  /// Whether a tensor is an element of the space.
  ///
  /// A discrete space takes integers of any type and no truth values, as in Gymnasium. A box takes its own element
  /// type only; Gymnasium also takes what numpy would widen to it. NaN is in no box. 64-bit integers are compared with
  /// the bounds of a box as doubles.
  /// - Complexity: O(elements); nothing is allocated for a discrete space.
  public func contains(_ tensor: Tensor) -> Bool {
    switch self {
    case .discrete(let count, let start):
      guard let value = tensor.integer, value >= start else { return false }
      let (distance, overflow) = value.subtractingReportingOverflow(start)
      return !overflow && distance < count
    case .box(let dataType, let shape, let low, let high):
      guard tensor.dataType == dataType, tensor.shape == shape, let values = tensor.doubles() else { return false }
      return values.count == low.count && values.count == high.count
        && values.indices.allSatisfy { low[$0] <= values[$0] && values[$0] <= high[$0] }
    }
  }

  /// The element type as Gymnasium makes it: int64 for a discrete space.
  public var dataType: DataType {
    switch self {
    case .discrete: .int64
    case .box(let dataType, _, _, _): dataType
    }
  }

  /// The shape of an element; empty for a discrete space.
  public var shape: [Int] {
    switch self {
    case .discrete: []
    case .box(_, let shape, _, _): shape
    }
  }

  /// Checks that the space has elements.
  /// - Throws: `EnvironmentError.invalidSpace` for a count below 1, integers beyond `Int`, an impossible shape, a type
  ///   without an order, another number of bounds than of elements, and bounds that are NaN or the wrong way round.
  public func checkInvariants() throws(EnvironmentError) {
    switch self {
    case .discrete(let count, let start):
      guard count >= 1, !start.addingReportingOverflow(count - 1).overflow else {
        throw .invalidSpace("\(count) integers from \(start), expected at least 1 and none above \(Int.max)")
      }
    case .box(let dataType, let shape, let low, let high):
      try Self.checkBox(dataType, shape, low, high)
    }
  }

  private static func checkBox(
    _ dataType: DataType, _ shape: [Int], _ low: [Double], _ high: [Double]
  ) throws(EnvironmentError) {
    let bytes: Int
    do throws(StateTreeError) {
      bytes = try Tensor.byteCount(dataType, shape: shape)
    } catch {
      throw .invalidSpace(error.description)
    }
    guard dataType.kind != .complex, dataType.kind != .opaque else {
      throw .invalidSpace("\(dataType) has no order, expected numbers or truth values")
    }
    let count = bytes / dataType.itemBytes
    guard low.count == count, high.count == count else {
      throw .invalidSpace("\(low.count) low and \(high.count) high bounds, expected \(count) of each for \(shape)")
    }
    // NaN is below nothing.
    if let index = low.indices.first(where: { !(low[$0] <= high[$0]) }) {
      throw .invalidSpace("the bounds of element \(index) are \(low[index]) and \(high[index]), expected low to high")
    }
  }
}

extension Space: CustomStringConvertible {
  /// The space in a line, such as `an integer from 0 to 1` or `float32 [3] from 0.0 to 255.0`.
  public var description: String {
    switch self {
    case .discrete(let count, let start):
      "an integer from \(start) to \(start &+ (count &- 1))"
    case .box(let dataType, let shape, let low, let high):
      "\(dataType) \(shape) \(Self.bounds(low, high))"
    }
  }

  private static func bounds(_ low: [Double], _ high: [Double]) -> String {
    if let first = low.first, let last = high.first, Set(low).count == 1, Set(high).count == 1 {
      return "from \(first) to \(last)"
    }
    return low.count <= 8 ? "from \(low) to \(high)" : "with bounds of its own for each element"
  }
}

extension Tensor {
  /// The one integer of a tensor without axes; nil for other tensors and above `Int.max`. Truth values are no integers.
  var integer: Int? {
    guard shape.isEmpty, dataType.kind == .signed || dataType.kind == .unsigned else { return nil }
    var bits: UInt64 = 0
    for byte in bytes.reversed() { bits = bits << 8 | UInt64(byte) }
    guard dataType.kind == .signed else { return Int(exactly: bits) }
    let unused = 64 - 8 * UInt64(bytes.count)
    return Int(Int64(bitPattern: bits << unused) >> unused)
  }

  /// Type, shape and, for a single number, its value: for messages.
  var shortDescription: String {
    if let integer { return "\(integer) (\(summary))" }
    return count == 1 ? "\(doubles()?.first.map { "\($0) " } ?? "")(\(summary))" : summary
  }
}
