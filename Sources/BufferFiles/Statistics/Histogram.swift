/// Counts of numbers in bins of equal width, for numbers that come one after another and whose range is not known before.
///
/// The width is a power of two and every bin begins at a multiple of it. A number outside doubles the width and folds
/// neighbours together, so that the result depends on the numbers alone, not on their order, as long as they are finite.
public struct Histogram: Sendable, Equatable {
  /// The most bins.
  public static let maximumBins = 32

  /// The width of a bin is 2 to this power.
  public private(set) var exponent: Int
  /// The first bin begins at this multiple of the width.
  public private(set) var firstBin: Int
  /// How many numbers fell into each bin; the first and the last are above zero.
  /// - Shape: `[bins]`, at most `maximumBins`
  public private(set) var counts: [Int]

  /// One divided by the width.
  private var inverse: Double

  /// The narrowest bins: 2^-40, about 1e-12.
  static let minimumExponent = -40
  /// The widest bins any finite numbers need: 32 of them hold everything from -2^1024 to 2^1024.
  static let maximumExponent = 1020
  /// A bin is a multiple of the width that a double holds exactly.
  private static let maximumPosition = 1 << 53

  /// A histogram of nothing.
  public init() {
    (exponent, firstBin, counts) = (Self.minimumExponent, 0, [])
    inverse = Self.powerOfTwo(-Self.minimumExponent)
  }

  /// A histogram from its parts, as files hold it; nil if they cannot be one.
  public init?(exponent: Int, firstBin: Int, counts: [Int]) {
    guard (Self.minimumExponent...Self.maximumExponent).contains(exponent), counts.count <= Self.maximumBins,
      firstBin.magnitude <= UInt(Self.maximumPosition), counts.allSatisfy({ (0..<Self.maximumPosition).contains($0) }),
      counts.first != 0, counts.last != 0
    else { return nil }
    (self.exponent, self.firstBin, self.counts) = (exponent, firstBin, counts)
    inverse = Self.powerOfTwo(-exponent)
  }

  private static func powerOfTwo(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }

  /// The width of a bin.
  public var width: Double { Self.powerOfTwo(exponent) }
  /// Where the first bin begins; minus infinity for -2^1024.
  public var lowerBound: Double { Double(firstBin) * width }
  /// Where the last bin ends; infinity for 2^1024.
  public var upperBound: Double { Double(firstBin + counts.count) * width }
  /// How many numbers were counted.
  public var total: Int { counts.reduce(0, +) }

  /// Counts the finite ones of `values`.
  public mutating func add(_ values: some Sequence<Double>) {
    for value in values { add(value) }
  }

  /// Counts a number, unless it is infinite or NaN.
  public mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    while true {
      let position = position(of: value)
      if fits(position) { return count(Int(position)) }
      coarsen()
    }
  }

  /// Makes the bins wide enough for all numbers from `low` to `high`, which are counted next with `count(_:)`.
  mutating func makeRoom(from low: Double, to high: Double) {
    while true {
      let (first, last) = (position(of: low), position(of: high))
      let limit = Double(Self.maximumPosition)
      if abs(first) < limit, abs(last) < limit {
        let begin = counts.isEmpty ? Int(first) : min(firstBin, Int(first))
        let past = counts.isEmpty ? Int(last) + 1 : max(end, Int(last) + 1)
        if past - begin <= Self.maximumBins { return extend(from: begin, to: past) }
      }
      coarsen()
    }
  }

  private mutating func extend(from begin: Int, to past: Int) {
    if counts.isEmpty { firstBin = begin }
    counts.insert(contentsOf: repeatElement(0, count: firstBin - begin), at: 0)
    firstBin = begin
    counts.append(contentsOf: repeatElement(0, count: past - end))
  }

  /// Counts numbers for which room was made; `number` gives them at positions below `count`.
  mutating func count(_ count: Int, _ number: (Int) -> Double) {
    var found = InlineArray<32, Int>(repeating: 0)
    for position in 0..<count {
      let value = number(position)
      // Rounded down without a call: conversion cuts off, and what was above the number is one too many.
      let scaled = value * inverse
      var bin = Int(scaled)
      if Double(bin) > scaled || value < 0 && bin == 0 { bin -= 1 }
      found[bin - firstBin] += 1
    }
    for bin in counts.indices { counts[bin] += found[bin] }
  }

  /// The bin of a number, as a whole double. A negative number too small for the width is in bin -1, not in bin -0.
  private func position(of value: Double) -> Double {
    let position = (value * inverse).rounded(.down)
    return value < 0 ? min(position, -1) : position
  }

  /// Adds another histogram's counts.
  public mutating func merge(_ other: Histogram) {
    guard !other.counts.isEmpty else { return }
    var other = other
    while exponent < other.exponent { coarsen() }
    while other.exponent < exponent { other.coarsen() }
    while !counts.isEmpty, max(end, other.end) - min(firstBin, other.firstBin) > Self.maximumBins {
      coarsen()
      other.coarsen()
    }
    for (offset, count) in other.counts.enumerated() where count > 0 { self.count(other.firstBin + offset, count) }
  }

  private var end: Int { firstBin + counts.count }

  private func fits(_ position: Double) -> Bool {
    guard abs(position) < Double(Self.maximumPosition) else { return false }
    let bin = Int(position)
    return counts.isEmpty || max(bin + 1, end) - min(bin, firstBin) <= Self.maximumBins
  }

  private mutating func count(_ bin: Int, _ amount: Int = 1) {
    if counts.isEmpty { firstBin = bin }
    if bin < firstBin {
      counts.insert(contentsOf: repeatElement(0, count: firstBin - bin), at: 0)
      firstBin = bin
    } else if bin >= end {
      counts.append(contentsOf: repeatElement(0, count: bin - end + 1))
    }
    counts[bin - firstBin] += amount
  }

  /// Doubles the width: bin b becomes half of bin floor(b / 2).
  private mutating func coarsen() {
    exponent += 1
    inverse = Self.powerOfTwo(-exponent)
    guard !counts.isEmpty else { return }
    let first = firstBin >> 1
    var folded = [Int](repeating: 0, count: ((end - 1) >> 1) - first + 1)
    for (offset, count) in counts.enumerated() { folded[((firstBin + offset) >> 1) - first] += count }
    (firstBin, counts) = (first, folded)
  }
}
