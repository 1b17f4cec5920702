public import StateTree

/// How two tensors of one type and shape differ.
public struct TensorDifference: Sendable, Equatable {
  /// How many elements there are.
  public var count: Int
  /// How many of them differ beyond the tolerance.
  public var differingCount: Int
  /// The largest distance, infinity next to NaN; nil for types that are no numbers.
  public var largest: Double?
  /// The position, row-major, of the element that differs most; of the first one for types that are no numbers.
  public var worst: Int
  /// The element that differs most, before and after.
  public var values: (old: String, new: String)
  /// The Euclidean length of the difference; nil for types that are no numbers.
  public var distance: Double?

  /// Whether all parts are the same.
  public static func == (a: TensorDifference, b: TensorDifference) -> Bool {
    a.count == b.count && a.differingCount == b.differingCount && a.largest == b.largest && a.worst == b.worst
      && a.values == b.values && a.distance == b.distance
  }

  /// The difference, or nil if there is none beyond the tolerance.
  /// - Precondition: Both have the same type and shape.
  public init?(from a: Tensor, to b: Tensor, tolerance: Tolerance = Tolerance()) {
    precondition(a.dataType == b.dataType && a.shape == b.shape, "tensors of one type and shape")
    if a.bytes == b.bytes, tolerance.nan == .equal || a.dataType.kind != .float { return nil }
    guard let (old, new) = Self.doubles(a, b) else {
      self.init(bytesOf: a, b)
      return
    }
    self.init(a, b, old, new, tolerance)
  }

  /// Both as doubles where doubles tell them apart; nil for 64-bit integers beyond 2^53 and for what are no numbers.
  private static func doubles(_ a: Tensor, _ b: Tensor) -> ([Double], [Double])? {
    guard let old = a.doubles(), let new = b.doubles() else { return nil }
    guard a.dataType.itemBytes == 8, a.dataType.kind != .float else { return (old, new) }
    let isExact = { (value: Double) in abs(value) <= 0x1p53 }
    return old.allSatisfy(isExact) && new.allSatisfy(isExact) ? (old, new) : nil
  }

  private init?(_ a: Tensor, _ b: Tensor, _ old: [Double], _ new: [Double], _ tolerance: Tolerance) {
    var (differing, largest, worst, squares) = (0, -1.0, 0, 0.0)
    for index in old.indices {
      let distance: Double
      if let violation = tolerance.violation(old[index], new[index]) {
        distance = violation
      } else if tolerance.isExact, tolerance.nan == .equal, !a.hasSameElement(b, at: index) {
        distance = 0  // NaN of other bits
      } else {
        continue
      }
      differing += 1
      if distance.isFinite { squares += distance * distance }
      if distance > largest { (largest, worst) = (distance, index) }
    }
    guard differing > 0 else { return nil }
    self.init(
      count: old.count, differingCount: differing, largest: largest, worst: worst,
      values: (a.elementDescription(worst), b.elementDescription(worst)), distance: squares.squareRoot())
  }

  /// Element by element, by bytes.
  private init?(bytesOf a: Tensor, _ b: Tensor) {
    let differing = (0..<a.count).filter { !a.hasSameElement(b, at: $0) }
    guard let worst = differing.first else { return nil }
    self.init(
      count: a.count, differingCount: differing.count, largest: nil, worst: worst,
      values: (a.elementDescription(worst), b.elementDescription(worst)), distance: nil)
  }

  private init(
    count: Int, differingCount: Int, largest: Double?, worst: Int, values: (old: String, new: String), distance: Double?
  ) {
    (self.count, self.differingCount, self.largest, self.worst) = (count, differingCount, largest, worst)
    (self.values, self.distance) = (values, distance)
  }
}

extension Tensor {
  fileprivate func hasSameElement(_ other: Tensor, at index: Int) -> Bool {
    let range = index * dataType.itemBytes..<(index + 1) * dataType.itemBytes
    return bytes[range] == other.bytes[range]
  }

  /// One element as text: numbers as numbers, others as hexadecimal bytes.
  func elementDescription(_ index: Int) -> String {
    let size = dataType.itemBytes
    let bytes = Array(self.bytes[index * size..<(index + 1) * size])
    let element = Tensor(vector: bytes).reinterpreted(as: dataType)
    if dataType == .bool { return bytes == [0] ? "false" : "true" }
    if dataType == .uint64, let value = (try? element?.scalars(as: UInt64.self))?.first { return "\(value)" }
    if dataType == .float32, let value = (try? element?.scalars(as: Float.self))?.first { return "\(value)" }
    if let value = element?.integers()?.first { return "\(value)" }
    if let value = element?.doubles()?.first { return "\(value)" }
    return FrameDigest.hexadecimal(Array(bytes.prefix(16)))
  }

  private func reinterpreted(as type: DataType) -> Tensor? { try? Tensor(type, shape: [1], bytes: bytes) }
}
