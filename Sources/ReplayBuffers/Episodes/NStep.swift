internal import StateTree

/// How many steps a return sums before it goes on from the successor observation.
public enum NStep: Sendable, Hashable {
  /// The same for every item.
  case fixed(Int)
  /// Drawn evenly for every item; the upper bound is never drawn, as RLlib's `rng.integers(lo, hi)` has it.
  case drawn(from: Range<Int>)

  /// The fewest steps that it can be.
  var smallest: Int {
    switch self {
    case .fixed(let count): count
    case .drawn(let range): range.lowerBound
    }
  }

  /// How many of the numbers that it can be are at most `limit`.
  func choices(upTo limit: Int) -> Int {
    switch self {
    case .fixed(let count): count <= limit ? 1 : 0
    case .drawn(let range): max(0, min(range.upperBound, limit + 1) - range.lowerBound)
    }
  }

  /// The same without numbers above `limit`.
  /// - Precondition: There is a choice up to `limit`.
  func clamped(to limit: Int) -> NStep {
    switch self {
    case .fixed: self
    case .drawn(let range): .drawn(from: range.lowerBound..<min(range.upperBound, limit + 1))
    }
  }

  /// The next number of steps.
  func next(using generator: inout PCG64) -> Int {
    switch self {
    case .fixed(let count):
      precondition(count > 0, "an n-step return of at least one step, found \(count)")
      return count
    case .drawn(let range):
      precondition(range.lowerBound > 0 && !range.isEmpty, "n-step returns of at least one step, found \(range)")
      return Int(generator.integers(in: Int64(range.lowerBound)..<Int64(range.upperBound)))
    }
  }
}

/// What becomes of n-step returns for which the stored part of their episode is too short.
public enum ShortReturns: Sendable, Hashable {
  /// They sum the steps that there are, and `EpisodeSample.nSteps` says how many.
  case kept
  /// They are not sampled, as in RLlib's `PrioritizedEpisodeReplayBuffer`: every item sums as many steps as asked for.
  case excluded
}
