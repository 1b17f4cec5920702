public import StateTree

/// How two tensors of one type and shape differ.
public struct TensorDifference: Sendable, Equatable {
  /// How many elements there are.
  public var count: Int
  /// How many of them differ beyond the tolerance.
  public var differingCount: Int
  /// The largest distance, infinity next to NaN; nil for types that are no numbers. Of complex numbers the parts count.
  public var largest: Double?
  /// The position, row-major, of the element that differs most; of the first one for types that are no numbers.
  public var worst: Int
  /// The element that differs most, before and after.
  public var values: (old: String, new: String)
  /// The Euclidean length of the difference, infinity next to NaN; nil for types that are no numbers.
  public var distance: Double?

  /// Whether all parts are the same.
  public static func == (a: TensorDifference, b: TensorDifference) -> Bool {
    a.count == b.count && a.differingCount == b.differingCount && a.largest == b.largest && a.worst == b.worst
      && a.values == b.values && a.distance == b.distance
  }

  /// The difference, or nil if there is none beyond the tolerance.
  /// - Precondition: Both have the same type and shape.
  public init?(from a: Tensor, to b: Tensor, tolerance: Tolerance = Tolerance()) {
    guard let comparison = ElementComparison(a, b, tolerance),
      let tally = comparison.tally(rows: 0..<a.count, elementsPerRow: 1)
    else { return nil }
    count = a.count
    differingCount = tally.differing
    largest = comparison.isNumeric ? tally.largest : nil
    worst = tally.worst
    values = comparison.descriptions(at: tally.worst)
    distance = comparison.isNumeric ? tally.squares.squareRoot() : nil
  }
}
