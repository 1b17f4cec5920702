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

  /// The narrowest bins: 2^-40, about 1e-12.
  static let minimumExponent = -40

  /// A histogram of nothing.
  public init() { (exponent, firstBin, counts) = (Self.minimumExponent, 0, []) }

  /// A histogram from its parts, as files hold it; nil if they cannot be one.
  public init?(exponent: Int, firstBin: Int, counts: [Int]) {
    guard (Self.minimumExponent...1024).contains(exponent), counts.count <= Self.maximumBins, abs(firstBin) <= 1 << 53,
      counts.allSatisfy({ (0..<(1 << 53)).contains($0) }), counts.first != 0, counts.last != 0
    else { return nil }
    (self.exponent, self.firstBin, self.counts) = (exponent, firstBin, counts)
  }

  /// The width of a bin.
  public var width: Double { Double(sign: .plus, exponent: exponent, significand: 1) }
  /// Where the first bin begins.
  public var lowerBound: Double { Double(firstBin) * width }
  /// Where the last bin ends.
  public var upperBound: Double { Double(firstBin + counts.count) * width }
  /// How many numbers were counted.
  public var total: Int { counts.reduce(0, +) }

  /// Counts the finite ones of `values`.
  public mutating func add(_ values: some Sequence<Double>) {
    var inverse = 1 / width
    for value in values where value.isFinite {
      var position = (value * inverse).rounded(.down)
      while !fits(position) {
        coarsen()
        inverse = 1 / width
        position = (value * inverse).rounded(.down)
      }
      count(Int(position))
    }
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
    guard abs(position) < Double(1 << 53) else { return false }
    guard !counts.isEmpty else { return true }
    return max(Int(position) + 1, end) - min(Int(position), firstBin) <= Self.maximumBins
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
    guard !counts.isEmpty else { return }
    let first = firstBin >> 1
    var folded = [Int](repeating: 0, count: ((end - 1) >> 1) - first + 1)
    for (offset, count) in counts.enumerated() { folded[((firstBin + offset) >> 1) - first] += count }
    (firstBin, counts) = (first, folded)
  }
}
