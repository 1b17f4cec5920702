public import StateTree

/// One out of some actions, the probability of each proportional to the exponential of its logit.
/// - Source: torch's `distributions.Categorical`; RLlib's `TorchCategorical`.
public struct CategoricalDistribution: Sendable, Hashable {
  /// How many actions there are.
  public let actionCount: Int

  /// A choice among `actionCount` actions.
  /// - Precondition: There is at least one.
  public init(actionCount: Int) {
    precondition(actionCount > 0, "at least one action, found \(actionCount)")
    self.actionCount = actionCount
  }

  /// The logarithm of the probability of an action.
  /// - Shape: logits `[actionCount]`.
  public func logProbability(_ action: Int, _ logits: Span<Float>) -> Double {
    Double(logits[action]) - logNormalizer(logits)
  }

  /// What an action and two distributions have to do with each other.
  ///
  /// An action that only the old distribution gives no probability adds nothing to the divergence, as in torch; one that
  /// only the new one all but rules out adds a large number, where torch gives infinity.
  /// - Shape: old and new logits `[actionCount]`.
  public func terms(action: Int, old: Span<Float>, new: Span<Float>) -> PolicyTerms {
    let normalizer = logNormalizer(new)
    let oldNormalizer = logNormalizer(old)
    var (entropy, divergence) = (0.0, 0.0)
    for index in 0..<actionCount {
      let (now, before) = (Double(new[index]) - normalizer, Double(old[index]) - oldNormalizer)
      entropy -= Elementary.exp(now) * now
      divergence += Elementary.exp(before) * (before - now)
    }
    return PolicyTerms(
      logProbability: Double(new[action]) - normalizer, entropy: entropy, divergence: divergence,
      logNormalizer: normalizer, oldLogNormalizer: oldNormalizer)
  }

  /// Sets the gradient of a weighted sum of `terms` with respect to the new logits.
  ///
  /// With p the new and q the old probabilities: of log p_a it is 1(a) - p, of the entropy H -p (log p + H), of the
  /// divergence p - q.
  func setGradient(
    _ slopes: PolicySlopes, _ terms: PolicyTerms, action: Int, old: Span<Float>, new: Span<Float>,
    into gradient: inout MutableSpan<Float>
  ) {
    for index in 0..<actionCount {
      let logarithm = Double(new[index]) - terms.logNormalizer
      let probability = Elementary.exp(logarithm)
      let before = Elementary.exp(Double(old[index]) - terms.oldLogNormalizer)
      let sum =
        slopes.logProbability * ((index == action ? 1 : 0) - probability)
        - slopes.entropy * probability * (logarithm + terms.entropy) + slopes.divergence * (probability - before)
      gradient[index] = Float(sum)
    }
  }

  /// Draws an action: the first whose probability and those before it add up to more than a random number below 1.
  /// - Shape: logits `[actionCount]`.
  public func sample(_ logits: Span<Float>, using generator: inout PCG64) -> Int {
    let normalizer = logNormalizer(logits)
    let place = generator.random()
    var (sum, last) = (0.0, 0)
    for index in 0..<actionCount {
      let probability = Elementary.exp(Double(logits[index]) - normalizer)
      if probability > 0 { last = index }
      sum += probability
      if place < sum { return index }
    }
    // Rounding can leave the sum just below 1.
    return last
  }

  /// The action of greatest logit, the first of equal ones.
  /// - Shape: logits `[actionCount]`.
  public func mode(_ logits: Span<Float>) -> Int {
    var best = 0
    for index in 1..<max(actionCount, 1) where logits[index] > logits[best] { best = index }
    return best
  }

  /// The logarithm of the sum of all exponentials, the greatest logit taken out so that none is too large.
  private func logNormalizer(_ logits: Span<Float>) -> Double {
    var greatest = logits[0]
    for index in 1..<max(actionCount, 1) where !(logits[index] <= greatest) { greatest = logits[index] }
    var sum = 0.0
    for index in 0..<actionCount { sum += Elementary.exp(Double(logits[index]) - Double(greatest)) }
    return Double(greatest) + Elementary.log(sum)
  }
}
