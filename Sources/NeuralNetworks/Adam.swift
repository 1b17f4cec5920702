/// The optimizer Adam, as torch's `optim.Adam` without weight decay computes it.
/// - Source: Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization", algorithm 1; torch's `optim/adam.py`.
public struct Adam: Sendable, Hashable {
  /// The step size (`lr`); finite and not negative, or steps are refused.
  public var learningRate: Double
  /// How much of the mean of gradients stays at a step (`betas[0]`).
  public let firstDecay: Double
  /// How much of the mean of squared gradients stays at a step (`betas[1]`).
  public let secondDecay: Double
  /// What is added to the root of the mean of squares (`eps`): above 0, unlike torch's, so that no gradient divides
  /// zero by zero.
  public let epsilon: Double
  /// How many steps were taken (`step`).
  public internal(set) var stepCount = 0
  /// The running means of the gradients (`exp_avg`).
  public internal(set) var firstMoments: [Float]
  /// The running means of the squared gradients (`exp_avg_sq`).
  public internal(set) var secondMoments: [Float]

  /// An optimizer of so many parameters that took no step yet, with torch's defaults.
  /// - Throws: `NetworkError.invalidSetting`.
  public init(
    parameterCount: Int, learningRate: Double = 1e-3, firstDecay: Double = 0.9, secondDecay: Double = 0.999,
    epsilon: Double = 1e-8
  ) throws(NetworkError) {
    try Self.check("lr", learningRate, learningRate >= 0, "a finite number of at least 0")
    try Self.check("betas[0]", firstDecay, firstDecay >= 0 && firstDecay < 1, "at least 0 and below 1")
    try Self.check("betas[1]", secondDecay, secondDecay >= 0 && secondDecay < 1, "at least 0 and below 1")
    try Self.check("eps", epsilon, Float(epsilon) > 0, "a finite number above 0 in float32 too")
    self.learningRate = learningRate
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
    firstMoments = [Float](repeating: 0, count: parameterCount)
    secondMoments = firstMoments
  }

  /// Moves the parameters against the gradient.
  /// - Throws: `NetworkError.invalidSetting` for a learning rate that is no step size: nothing has changed then;
  ///   `.notFinite` if a parameter is not a finite number any more: step and moments are as they came then too.
  public mutating func step(_ parameters: inout [Float], gradient: [Float]) throws(NetworkError) {
    try Self.check("lr", learningRate, learningRate >= 0, "a finite number of at least 0")
    stepCount += 1
    let isFinite = Kernels.adam(
      &parameters, gradient: gradient, first: &firstMoments, second: &secondMoments, scalars)
    guard isFinite else {
      let index = parameters.firstIndex { !$0.isFinite } ?? 0
      throw .notFinite(path: "parameters", index: index, value: parameters[index])
    }
  }

  /// Checks that it can go on: a learning rate that is a step size, and no square below zero.
  /// - Throws: `NetworkError.invalidSetting`, `.notFinite`.
  public func checkInvariants() throws(NetworkError) {
    try Self.check("lr", learningRate, learningRate >= 0, "a finite number of at least 0")
    for (path, moments) in [("exp_avg", firstMoments), ("exp_avg_sq", secondMoments)] {
      if let index = moments.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(path: path, index: index, value: moments[index])
      }
    }
    if let index = secondMoments.firstIndex(where: { $0 < 0 }) {
      throw .invalidSetting(
        "exp_avg_sq", found: "\(secondMoments[index]) at \(index)", expected: "means of squares, at least 0")
    }
  }

  /// The bias corrections are computed in float64 and rounded once, as torch does.
  private var scalars: AdamScalars {
    let stepSize = learningRate / (1 - Self.power(firstDecay, stepCount))
    return AdamScalars(
      firstWeight: Float(1 - firstDecay), secondDecay: Float(secondDecay), secondWeight: Float(1 - secondDecay),
      correction: Float((1 - Self.power(secondDecay, stepCount)).squareRoot()), epsilon: Float(epsilon),
      negativeStepSize: Float(-stepSize))
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return result
  }

  private static func check(
    _ name: String, _ value: Double, _ isRight: Bool, _ expected: String
  ) throws(NetworkError) {
    guard value.isFinite, isRight else { throw .invalidSetting(name, found: "\(value)", expected: expected) }
  }
}

/// What one step of Adam multiplies by, in float32.
struct AdamScalars {
  var firstWeight: Float
  var secondDecay: Float
  var secondWeight: Float
  var correction: Float
  var epsilon: Float
  var negativeStepSize: Float
}
