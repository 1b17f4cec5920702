public import StateTree

/// How many steps a return sums before it goes on from the successor observation.
public enum NStep: Sendable, Hashable {
  /// The same for every item.
  case fixed(Int)
  /// Drawn evenly for every item; the upper bound is never drawn, as RLlib's `rng.integers(lo, hi)` has it.
  case drawn(from: Range<Int>)

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

/// A sample of B n-step transitions from episodes.
public struct EpisodeSample: Sendable, Equatable {
  /// The global step number of each item's first step, for `updatePriorities`.
  /// - Shape: `[B]`
  public var steps: [Int]
  /// The observations before the first step (`obs`).
  /// - Shape: `[B] + observation shape`
  public var observations: Tensor
  /// The observations behind the last step (`new_obs`).
  /// - Shape: `[B] + observation shape`
  public var nextObservations: Tensor
  /// The actions of the first step.
  /// - Shape: `[B] + action shape`
  public var actions: Tensor
  /// The discounted sums of the rewards of the steps.
  /// - Shape: `[B]`
  public var rewards: [Float]
  /// Whether the successor ends an episode that the environment ended (`terminateds`).
  /// - Shape: `[B]`
  public var isTerminated: [Bool]
  /// Whether the successor ends an episode that was cut off (`truncateds`).
  /// - Shape: `[B]`
  public var isTruncated: [Bool]
  /// How many steps each return really sums: fewer than asked for where the stored episode ends before (`n_step`).
  /// - Shape: `[B]`
  public var nSteps: [Int]
  /// The importance weights; 1 without priorities.
  /// - Shape: `[B]`
  public var weights: [Float]
  /// The other columns of the first step by name.
  /// - Shape: `[B] + column shape` each
  public var extraColumns: [StateKey: Tensor]

  /// How many items there are, B.
  public var count: Int { steps.count }
}

/// How much went through a buffer of episodes.
public struct EpisodeCounters: Sendable, Hashable {
  /// Episodes held, those under way included.
  public var episodes: Int
  /// Stored episodes ever evicted.
  public var evictedEpisodes: Int
  /// Steps held.
  public var steps: Int
  /// Steps ever added.
  public var insertionCount: Int
  /// Steps ever sampled, repeated ones each time.
  public var sampledCount: Int
}
