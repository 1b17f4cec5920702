public import StateTree

extension EpisodeReplayBuffer {
  /// Draws sequences of steps for stateful modules. Each begins with a step drawn evenly, with replacement, ends with
  /// the stored part of its episode at the latest, and is filled up with zeros.
  /// - Parameter count: How many sequences, B.
  /// - Parameter length: The most steps of a sequence, T, at least 1.
  /// - Parameter lookback: How many steps before each sequence are given too, L: a burn-in, from which a module gets its
  ///   state before it learns.
  /// - Parameter minimumLength: The fewest steps of a sequence, from 1 to `length`; at `length` none is filled up behind.
  /// - Parameter stacking: How many observations are stacked, by the name of their column; see `sample`.
  /// - Throws: `ReplayBufferError`: `.emptyBuffer`, `.noEpisodeLongEnough` if no stored episode has `minimumLength`
  ///   steps, `.unknownColumn` if what is to be stacked are no observations. Nothing is changed then.
  /// - Complexity: O(`count` times (L + T)); O(steps) more if so few steps can begin a sequence that drawing does not
  ///   find them
  /// - Source: RLlib's `EpisodeReplayBuffer.sample` with `batch_length_T`. Deviations: exactly `count` sequences, where
  ///   RLlib counts steps, and so many steps more; `minimumLength` steps are enough, where RLlib's `min_batch_length_T`
  ///   wants one more and then draws for ever if no episode has it.
  public mutating func sampleSequences(
    count: Int, length: Int, lookback: Int = 0, minimumLength: Int = 1, stacking: [StateKey: Int] = [:]
  ) throws(ReplayBufferError) -> EpisodeSequences {
    precondition(count >= 0, "a count of sequences, found \(count)")
    let shape = SequenceShape(length: length, lookback: lookback, minimumLength: minimumLength)
    try store.columns.check(stacking: stacking)
    let picks = try store.fullPicks(
      count, nStep: .fixed(minimumLength), using: &generator, drawing: { store.drawStep(using: &$0) },
      weight: { _ in 1 })
    let sequences = store.sequences(
      from: picks.map(\.step), shape, weights: [Float](repeating: 1, count: count), stacking: stacking)
    store.sampledCount += sequences.counts.reduce(0, +)
    return sequences
  }
}
