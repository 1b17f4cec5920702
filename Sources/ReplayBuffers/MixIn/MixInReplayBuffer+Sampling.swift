internal import StateTree

/// A batch of newest transitions and of what was replayed with them.
public struct MixedBatch<Replayed: Sendable>: Sendable {
  /// Transitions that were returned for the first time, in the order of adding.
  public let newest: TransitionBatch
  /// What the wrapped buffer drew; nil if nothing of this batch was to be replayed.
  public let replayed: Replayed?
}

extension MixInReplayBuffer {
  /// How many of the next batch of `count` transitions are new: what keeps the share of replayed ones among all returned
  /// at most `replayRatio`, and less than one transition below it.
  /// - Precondition: `count` is not negative.
  public func newestCount(inBatchOf count: Int) -> Int {
    precondition(count >= 0, "a count of at least 0, found \(count)")
    let replayed = replayedCount(of: returnedCount + count) - replayedCount(of: returnedCount)
    return min(max(0, count - replayed), count)
  }

  /// How many of the first `count` transitions returned are replayed.
  private func replayedCount(of count: Int) -> Int { Int((Double(count) * replayRatio).rounded(.down)) }

  /// Takes the newest transitions of a batch of `count` out of those that wait, and draws the others.
  /// - Parameter replay: Draws as many transitions as it is told out of the wrapped buffer, as in
  ///   `{ $0.sample(count: $1, beta: 0.4) }`; not called for none.
  /// - Throws: `ReplayBufferError.tooFewNewest` if fewer wait than the batch takes, and what `replay` throws; nothing is
  ///   returned as new then.
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(`count`) and what `replay` takes
  public mutating func sample<Replayed>(
    count: Int, replay: (inout Buffer, Int) throws(ReplayBufferError) -> Replayed
  ) throws(ReplayBufferError) -> MixedBatch<Replayed> {
    let (newestCount, waiting) = (newestCount(inBatchOf: count), waiting)
    guard newestCount <= waiting.count else {
      throw .tooFewNewest(asked: count, needed: newestCount, waiting: waiting.count)
    }
    let taken = waiting.lowerBound..<waiting.lowerBound + newestCount
    let newest = TransitionBatch(Array(taken), buffer.columns(of: taken), schema)
    let replayed = newestCount < count ? try replay(&buffer, count - newestCount) : nil
    nextNewest = taken.upperBound
    returnedCount += count
    return MixedBatch(newest: newest, replayed: replayed)
  }
}

extension MixInReplayBuffer where Buffer == ReplayBuffer {
  /// A batch of `count` transitions: the newest ones of it first, then those drawn evenly, with replacement, out of all.
  /// - Throws: `ReplayBufferError.tooFewNewest` if fewer wait than the batch takes, `.emptyBuffer` if there is none to
  ///   replay; nothing is returned as new then.
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(`count`)
  public mutating func sample(count: Int) throws(ReplayBufferError) -> TransitionBatch {
    try sample(count: count) { (buffer, count) throws(ReplayBufferError) in try buffer.sample(count: count) }.joined
  }
}

extension MixInReplayBuffer where Buffer == PrioritizedReplayBuffer {
  /// A batch of `count` transitions: the newest ones of it first, with the weight 1, then those drawn by priority out of
  /// all, with the weights that correct for it.
  /// - Parameter beta: How much of the preference the weights correct, from 0 to 1.
  /// - Throws: `ReplayBufferError.tooFewNewest` if fewer wait than the batch takes, `.emptyBuffer` if there is none to
  ///   replay; nothing is returned as new then.
  /// - Precondition: `count` is not negative.
  /// - Complexity: O(`count` times log `capacity`)
  public mutating func sample(count: Int, beta: Double = 0.4) throws(ReplayBufferError) -> TransitionBatch {
    try sample(count: count) { (buffer, count) throws(ReplayBufferError) in
      try buffer.sample(count: count, beta: beta)
    }.joined
  }

  /// Gives sampled transitions new priorities; see `PrioritizedReplayBuffer.updatePriorities`.
  /// - Throws: `ReplayBufferError.unequalCounts`, `.unknownStep`, `.invalidPriority`. Nothing is changed then.
  @discardableResult
  public mutating func updatePriorities(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) -> Int {
    try buffer.updatePriorities(steps, priorities)
  }
}

extension MixedBatch where Replayed == TransitionBatch {
  /// The newest transitions and behind them the replayed ones.
  public var joined: TransitionBatch {
    replayed.map(newest.followed) ?? newest
  }
}
