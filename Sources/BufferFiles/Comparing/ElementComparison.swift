internal import StateTree

/// Compares two tensors of one type and shape element by element.
struct ElementComparison {
  /// What was found in some of the elements.
  struct Tally {
    /// How many elements differ.
    var differing = 0
    /// How many rows hold an element that differs.
    var rows = 0
    /// The largest distance; 0 for types that are no numbers.
    var largest = -1.0
    /// The position of the first element with the largest distance.
    var worst = 0
    /// The sum of the squared distances.
    var squares = 0.0
  }

  /// The elements in the form that tells them apart.
  private enum Pairs {
    case numbers([Double], [Double])
    /// Real and imaginary parts in turn.
    case complex([Double], [Double])
    case signed([Int64], [Int64])
    case unsigned([UInt64], [UInt64])
    case bytes
  }

  private let (old, new): (Tensor, Tensor)
  private let pairs: Pairs
  private let tolerance: Tolerance

  /// The comparison, or nil if the bytes alone say that nothing differs.
  /// - Precondition: Both have the same type and shape.
  init?(_ old: Tensor, _ new: Tensor, _ tolerance: Tolerance) {
    precondition(old.dataType == new.dataType && old.shape == new.shape, "tensors of one type and shape")
    let mayHoldNaN = old.dataType.kind == .float || old.dataType.kind == .complex
    if tolerance.nan == .equal || !mayHoldNaN, old.bytes == new.bytes { return nil }
    (self.old, self.new, self.tolerance) = (old, new, tolerance)
    pairs = Self.pairs(old, new)
  }

  private static func pairs(_ old: Tensor, _ new: Tensor) -> Pairs {
    if let a: [Int64] = try? old.scalars(), let b: [Int64] = try? new.scalars() { return .signed(a, b) }
    if let a: [UInt64] = try? old.scalars(), let b: [UInt64] = try? new.scalars() { return .unsigned(a, b) }
    if let a = old.doubles(), let b = new.doubles() { return .numbers(a, b) }
    if let a = old.complexParts?.doubles(), let b = new.complexParts?.doubles() { return .complex(a, b) }
    return .bytes
  }

  /// Whether distances mean anything.
  var isNumeric: Bool { if case .bytes = pairs { false } else { true } }

  /// What differs in the entries `rows` of the first axis, or nil if nothing does.
  func tally(rows: Range<Int>, elementsPerRow: Int) -> Tally? {
    var tally = Tally()
    var latestRow = -1
    for index in rows.lowerBound * elementsPerRow..<rows.upperBound * elementsPerRow {
      guard let distance = distance(at: index) else { continue }
      tally.differing += 1
      tally.squares += distance * distance
      if distance > tally.largest { (tally.largest, tally.worst) = (distance, index) }
      let row = index / elementsPerRow
      if row != latestRow { (tally.rows, latestRow) = (tally.rows + 1, row) }
    }
    return tally.differing > 0 ? tally : nil
  }

  /// How far two elements lie apart, nil if they count as the same.
  private func distance(at index: Int) -> Double? {
    switch pairs {
    case .numbers(let a, let b):
      return tolerance.violation(a[index], b[index]) ?? distanceOfBits(at: index, a[index].isNaN)
    case .complex(let a, let b):
      let real = tolerance.violation(a[2 * index], b[2 * index])
      let imaginary = tolerance.violation(a[2 * index + 1], b[2 * index + 1])
      guard real == nil, imaginary == nil else { return max(real ?? 0, imaginary ?? 0) }
      return distanceOfBits(at: index, a[2 * index].isNaN || a[2 * index + 1].isNaN)
    case .signed(let a, let b): return tolerance.violation(a[index], b[index])
    case .unsigned(let a, let b): return tolerance.violation(a[index], b[index])
    case .bytes: return hasSameBytes(at: index) ? nil : 0
    }
  }

  /// Zero for a NaN of other bits, which is another value only where nothing is tolerated.
  private func distanceOfBits(at index: Int, _ isNaN: Bool) -> Double? {
    isNaN && tolerance.isExact && !hasSameBytes(at: index) ? 0 : nil
  }

  private func hasSameBytes(at index: Int) -> Bool {
    let size = old.dataType.itemBytes
    let range = index * size..<(index + 1) * size
    return old.bytes[range] == new.bytes[range]
  }

  /// One element before and after as text; with its bits where the text is the same, as of long texts.
  func descriptions(at index: Int) -> (old: String, new: String) {
    let texts = (old: old.elementDescription(index), new: new.elementDescription(index))
    guard texts.old == texts.new else { return texts }
    return ("\(texts.old) (0x\(old.elementBits(index)))", "\(texts.new) (0x\(new.elementBits(index)))")
  }
}

extension Tensor {
  /// The parts of complex numbers, real and imaginary in turn; nil for other types.
  fileprivate var complexParts: Tensor? {
    switch dataType {
    case .complex64: try? Tensor(.float32, shape: [count * 2], bytes: bytes)
    case .complex128: try? Tensor(.float64, shape: [count * 2], bytes: bytes)
    default: nil
    }
  }

  /// One element as text: numbers as numbers, others as hexadecimal bytes.
  fileprivate func elementDescription(_ index: Int) -> String {
    let element = element(index)
    if dataType == .bool { return element.bytes == [0] ? "false" : "true" }
    if let value = (try? element.scalars(as: UInt64.self))?.first { return "\(value)" }
    if let value = (try? element.scalars(as: Float.self))?.first { return "\(value)" }
    if let value = (try? element.scalars(as: Float16.self))?.first { return "\(value)" }
    if let value = element.integers()?.first { return "\(value)" }
    if let value = element.doubles()?.first { return "\(value)" }
    if let parts = element.complexParts {
      return "\(parts.elementDescription(0))\(parts.doubles()?[1].sign == .minus ? "" : "+")\(parts.elementDescription(1))j"
    }
    return element.bytes.prefix(16).hexadecimal + (element.bytes.count > 16 ? "..." : "")
  }

  /// The bits of one element as hexadecimal digits, the highest first.
  fileprivate func elementBits(_ index: Int) -> String {
    element(index).bytes.reversed().prefix(64).hexadecimal
  }

  private func element(_ index: Int) -> Tensor {
    let size = dataType.itemBytes
    let bytes = Array(bytes[index * size..<(index + 1) * size])
    do { return try Tensor(dataType, shape: [1], bytes: bytes) } catch { preconditionFailure("\(error)") }
  }
}
