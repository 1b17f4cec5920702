/// What is known of a column of numbers without its values.
///
/// NaN counts nowhere but in `nanCount`; infinities count in minimum and maximum, not in mean and deviation.
public struct ColumnStatistics: Sendable, Equatable {
  /// An exact smallest or largest value.
  public enum Bound: Sendable, Equatable {
    /// Of integers and truth values.
    case int(Int64)
    /// Of integers above `Int64.max`.
    case unsigned(UInt64)
    /// Of floating-point numbers.
    case double(Double)

    /// The bound as a double; integers beyond 2^53 round.
    public var double: Double {
      switch self {
      case .int(let value): Double(value)
      case .unsigned(let value): Double(value)
      case .double(let value): value
      }
    }
  }

  /// How many elements there are, NaN and infinities included.
  public var count = 0
  /// How many are NaN.
  public var nanCount = 0
  /// How many are infinite.
  public var infiniteCount = 0
  /// The smallest, or nil if there is none that is not NaN.
  public var minimum: Bound?
  /// The largest, or nil if there is none that is not NaN.
  public var maximum: Bound?
  /// The mean of the finite ones.
  public var mean = 0.0
  /// The sum of the squared distances of the finite ones from their mean.
  public var squaredDistances = 0.0
  /// Where a sample of the finite ones lies: at most `samplesPerBatch` of every batch, evenly spaced, with a spacing that
  /// meets every component of a row.
  public var histogram = Histogram()

  /// How many elements of one batch the histogram takes.
  public static let samplesPerBatch = 16_384

  /// Statistics of nothing.
  public init() {}

  /// How many are finite.
  public var finiteCount: Int { count - nanCount - infiniteCount }

  /// The standard deviation of the finite ones, dividing by their count; nil if there is none.
  public var standardDeviation: Double? {
    finiteCount > 0 ? (squaredDistances / Double(finiteCount)).squareRoot() : nil
  }

  /// Adds what is known of other elements of the same column.
  /// - Source: Chan, Golub and LeVeque 1979, "Updating formulae and a pairwise algorithm for computing sample variances".
  public mutating func merge(_ other: ColumnStatistics) {
    mergeMoments(other)
    count += other.count
    nanCount += other.nanCount
    infiniteCount += other.infiniteCount
    minimum = Self.pick(minimum, other.minimum) { $0 < $1 }
    maximum = Self.pick(maximum, other.maximum) { $0 > $1 }
    histogram.merge(other.histogram)
  }

  private mutating func mergeMoments(_ other: ColumnStatistics) {
    let (mine, theirs) = (Double(finiteCount), Double(other.finiteCount))
    guard theirs > 0 else { return }
    guard mine > 0 else {
      (mean, squaredDistances) = (other.mean, other.squaredDistances)
      return
    }
    let distance = other.mean - mean
    squaredDistances += other.squaredDistances + distance * distance * (mine * theirs / (mine + theirs))
    if distance.isFinite {
      mean += distance * (theirs / (mine + theirs))
    } else {
      mean = mean * (mine / (mine + theirs)) + other.mean * (theirs / (mine + theirs))
    }
  }

  private static func pick(_ a: Bound?, _ b: Bound?, _ isBetter: (Bound, Bound) -> Bool) -> Bound? {
    guard let a, let b else { return a ?? b }
    return isBetter(b, a) ? b : a
  }
}

extension ColumnStatistics.Bound: Comparable {
  /// Exact order of bounds of one kind.
  public static func < (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.int(let a), .int(let b)): a < b
    case (.unsigned(let a), .unsigned(let b)): a < b
    case (.int, .unsigned): true
    case (.unsigned, .int): false
    default: a.double < b.double
    }
  }
}
