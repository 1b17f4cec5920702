public import StateTree

/// What a policy's outputs for one observation mean: the distribution from which the action is drawn.
///
/// An action is a row of numbers here: a choice among some is the one index of what was chosen.
public enum ActionDistribution: Sendable, Hashable {
  /// One out of some actions; the inputs are logits.
  case categorical(CategoricalDistribution)
  /// Numbers that are independent of each other; the inputs are means and log standard deviations.
  case gaussian(DiagonalGaussian)

  /// How many numbers describe the distribution.
  public var inputCount: Int {
    switch self {
    case .categorical(let distribution): distribution.actionCount
    case .gaussian(let distribution): 2 * distribution.dimensions
    }
  }

  /// How many numbers an action has.
  public var actionSize: Int {
    switch self {
    case .categorical: 1
    case .gaussian(let distribution): distribution.dimensions
    }
  }

  /// By how much an action became likelier, from the logarithms of its new and its old probability.
  public static func ratio(_ new: Double, to old: Double) -> Double { Elementary.exp(new - old) }

  /// What an action and two distributions have to do with each other.
  /// - Shape: action `[actionSize]`, old and new `[inputCount]`.
  public func terms(action: Span<Float>, old: Span<Float>, new: Span<Float>) -> PolicyTerms {
    switch self {
    case .categorical(let distribution): distribution.terms(action: Int(action[0]), old: old, new: new)
    case .gaussian(let distribution): distribution.terms(action: action, old: old, new: new)
    }
  }

  /// Sets `gradient` to that of `slopes.logProbability * logProbability + slopes.entropy * entropy + slopes.divergence *
  /// divergence` with respect to the inputs `new`.
  /// - Shape: action `[actionSize]`, the others `[inputCount]`.
  /// - Precondition: `terms` are those of the same action and inputs.
  public func setGradient(
    _ slopes: PolicySlopes, _ terms: PolicyTerms, action: Span<Float>, old: Span<Float>, new: Span<Float>,
    into gradient: inout MutableSpan<Float>
  ) {
    switch self {
    case .categorical(let distribution):
      distribution.setGradient(slopes, terms, action: Int(action[0]), old: old, new: new, into: &gradient)
    case .gaussian(let distribution):
      distribution.setGradient(slopes, action: action, old: old, new: new, into: &gradient)
    }
  }

  /// Draws an action.
  /// - Shape: inputs `[inputCount]`, action `[actionSize]`.
  public func sample(_ inputs: Span<Float>, into action: inout MutableSpan<Float>, using generator: inout PCG64) {
    switch self {
    case .categorical(let distribution): action[0] = Float(distribution.sample(inputs, using: &generator))
    case .gaussian(let distribution): distribution.sample(inputs, into: &action, using: &generator)
    }
  }

  /// The most likely action; the first of equal ones.
  /// - Shape: inputs `[inputCount]`, action `[actionSize]`.
  public func mode(_ inputs: Span<Float>, into action: inout MutableSpan<Float>) {
    switch self {
    case .categorical(let distribution): action[0] = Float(distribution.mode(inputs))
    case .gaussian(let distribution): for index in 0..<distribution.dimensions { action[index] = inputs[index] }
    }
  }

  /// The logarithm of the probability, or of its density, of an action.
  /// - Shape: action `[actionSize]`, inputs `[inputCount]`.
  public func logProbability(_ action: Span<Float>, _ inputs: Span<Float>) -> Double {
    switch self {
    case .categorical(let distribution): distribution.logProbability(Int(action[0]), inputs)
    case .gaussian(let distribution): distribution.logProbability(action, inputs)
    }
  }
}

/// What a policy loss is made of, for one action.
public struct PolicyTerms: Sendable, Equatable {
  /// The logarithm of the probability, or of its density, that the new distribution gives the action.
  public var logProbability: Double
  /// The entropy of the new distribution, in nats.
  public var entropy: Double
  /// The Kullback-Leibler divergence of the new distribution from the old one, KL(old, new), in nats.
  public var divergence: Double
  /// What the exponentials of the new and of the old logits add up to, as logarithms; 0 if there are none.
  var logNormalizer = 0.0
  var oldLogNormalizer = 0.0
}

/// How a loss changes with each of the terms.
public struct PolicySlopes: Sendable, Equatable {
  /// With the log probability of the action.
  public var logProbability: Double
  /// With the entropy.
  public var entropy: Double
  /// With the divergence from the old distribution.
  public var divergence: Double

  /// Slopes.
  public init(logProbability: Double, entropy: Double, divergence: Double) {
    self.logProbability = logProbability
    self.entropy = entropy
    self.divergence = divergence
  }
}
