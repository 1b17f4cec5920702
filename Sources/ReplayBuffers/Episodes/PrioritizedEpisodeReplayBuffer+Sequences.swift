public import StateTree

extension PrioritizedEpisodeReplayBuffer {
  /// Draws sequences of steps for stateful modules, in proportion to the priority of their first step, each with the
  /// weight of that step.
  ///
  /// Give that step the priority of the sequence afterwards: R2D2 takes 0.9 times the largest absolute TD error of its
  /// steps plus 0.1 times their mean.
  /// - Parameter count: How many sequences, B.
  /// - Parameter length: The most steps of a sequence, T, at least 1.
  /// - Parameter lookback: How many steps before each sequence are given too, L: a burn-in, from which a module gets its
  ///   state before it learns.
  /// - Parameter minimumLength: The fewest steps of a sequence, from 1 to `length`; at `length` none is filled up behind.
  /// - Parameter beta: How much of the preference the weights correct, from 0 to 1.
  /// - Parameter stacking: How many observations are stacked, by the name of their column; see `sample`.
  /// - Throws: what `EpisodeReplayBuffer.sampleSequences` throws. Nothing is changed then.
  /// - Complexity: O(`count` times (log steps + L + T)); O(steps) more if so few steps can begin a sequence that drawing
  ///   does not find them
  /// - Source: Kapturowski et al. 2019, section 2.3. RLlib's class of this name has no sequences.
  public mutating func sampleSequences(
    count: Int, length: Int, lookback: Int = 0, minimumLength: Int = 1, beta: Double = 0.4,
    stacking: [StateKey: Int] = [:]
  ) throws(ReplayBufferError) -> EpisodeSequences {
    precondition(count >= 0 && beta >= 0, "a count and a beta of 0 or more, found \(count) and \(beta)")
    let shape = SequenceShape(length: length, lookback: lookback, minimumLength: minimumLength)
    try store.columns.check(stacking: stacking)
    let starts = try store.fullPicks(
      count, nStep: .fixed(minimumLength), using: &generator, drawing: { priorities.drawStep(using: &$0) },
      weight: { priorities.tree[$0] }
    ).map(\.step)
    let weights = priorities.tree.weights(starts, of: self.count, beta: beta)
    let sequences = store.sequences(from: starts, shape, weights: weights, stacking: stacking)
    store.sampledCount += sequences.counts.reduce(0, +)
    return sequences
  }
}
