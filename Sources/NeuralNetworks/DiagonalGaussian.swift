public import StateTree

/// Numbers that are normally distributed and independent of each other. Its inputs are all means, then all log standard
/// deviations.
/// - Source: torch's `distributions.Normal`; RLlib's `TorchDiagGaussian`.
public struct DiagonalGaussian: Sendable, Hashable {
  /// How many numbers are drawn.
  public let dimensions: Int

  /// Normal distributions of `dimensions` numbers.
  /// - Precondition: There is at least one.
  public init(dimensions: Int) {
    precondition(dimensions > 0, "at least one number, found \(dimensions)")
    self.dimensions = dimensions
  }

  private static let halfLogOfTwoPi = 0.918_938_533_204_672_7

  /// The logarithm of the density at an action.
  /// - Shape: action `[dimensions]`, inputs `[2 * dimensions]`.
  public func logProbability(_ action: Span<Float>, _ inputs: Span<Float>) -> Double {
    var sum = 0.0
    for index in 0..<dimensions {
      let logDeviation = Double(inputs[dimensions + index])
      let distance = (Double(action[index]) - Double(inputs[index])) * Elementary.exp(-logDeviation)
      sum -= distance * distance / 2 + logDeviation + Self.halfLogOfTwoPi
    }
    return sum
  }

  /// What an action and two distributions have to do with each other; the entropy is the differential one.
  /// - Shape: action `[dimensions]`, old and new inputs `[2 * dimensions]`.
  public func terms(action: Span<Float>, old: Span<Float>, new: Span<Float>) -> PolicyTerms {
    var (entropy, divergence) = (0.0, 0.0)
    for index in 0..<dimensions {
      entropy += 0.5 + Self.halfLogOfTwoPi + Double(new[dimensions + index])
      let compared = Comparison(old, new, index, dimensions)
      divergence += (compared.varianceRatio + compared.squaredDistance - 1) / 2 - compared.logDeviationRatio
    }
    return PolicyTerms(logProbability: logProbability(action, new), entropy: entropy, divergence: divergence)
  }

  /// Sets the gradient of a weighted sum of `terms` with respect to the new inputs.
  ///
  /// With m, s the new mean and log deviation and z = (a - m) / e^s: of log p it is z / e^s and z^2 - 1, of the entropy
  /// 0 and 1, of the divergence (m - m') / e^2s and 1 - (e^2s' + (m' - m)^2) / e^2s.
  func setGradient(
    _ slopes: PolicySlopes, action: Span<Float>, old: Span<Float>, new: Span<Float>,
    into gradient: inout MutableSpan<Float>
  ) {
    for index in 0..<dimensions {
      let mean = Double(new[index])
      let inverse = Elementary.exp(-Double(new[dimensions + index]))
      let distance = (Double(action[index]) - mean) * inverse
      let compared = Comparison(old, new, index, dimensions)
      gradient[index] = Float(
        slopes.logProbability * distance * inverse
          + slopes.divergence * (mean - Double(old[index])) * inverse * inverse)
      gradient[dimensions + index] = Float(
        slopes.logProbability * (distance * distance - 1) + slopes.entropy
          + slopes.divergence * (1 - compared.varianceRatio - compared.squaredDistance))
    }
  }

  /// Draws an action.
  /// - Shape: inputs `[2 * dimensions]`, action `[dimensions]`.
  public func sample(_ inputs: Span<Float>, into action: inout MutableSpan<Float>, using generator: inout PCG64) {
    for index in stride(from: 0, to: dimensions, by: 2) {
      let pair = generator.normalPair()
      action[index] = Self.place(pair.0, index, inputs, dimensions)
      if index + 1 < dimensions { action[index + 1] = Self.place(pair.1, index + 1, inputs, dimensions) }
    }
  }

  private static func place(_ number: Double, _ index: Int, _ inputs: Span<Float>, _ dimensions: Int) -> Float {
    Float(Double(inputs[index]) + Elementary.exp(Double(inputs[dimensions + index])) * number)
  }

  /// An old and a new distribution of one number.
  private struct Comparison {
    /// The log standard deviation of the old less that of the new.
    let logDeviationRatio: Double
    /// The variance of the old by that of the new.
    let varianceRatio: Double
    /// The square of the distance of the means, in deviations of the new.
    let squaredDistance: Double

    init(_ old: Span<Float>, _ new: Span<Float>, _ index: Int, _ dimensions: Int) {
      let newDeviation = Double(new[dimensions + index])
      logDeviationRatio = Double(old[dimensions + index]) - newDeviation
      varianceRatio = Elementary.exp(2 * logDeviationRatio)
      let distance = (Double(old[index]) - Double(new[index])) * Elementary.exp(-newDeviation)
      squaredDistance = distance * distance
    }
  }
}

extension PCG64 {
  /// Two numbers drawn from the standard normal distribution.
  /// - Source: Marsaglia and Bray 1964, "A Convenient Method for Generating Normal Variables": the polar method. Not
  ///   numpy's `standard_normal`, whose tables it does without.
  mutating func normalPair() -> (Double, Double) {
    while true {
      let (x, y) = (2 * random() - 1, 2 * random() - 1)
      let square = x * x + y * y
      guard square < 1, square > 0 else { continue }
      let factor = (-2 * Elementary.log(square) / square).squareRoot()
      return (x * factor, y * factor)
    }
  }
}
