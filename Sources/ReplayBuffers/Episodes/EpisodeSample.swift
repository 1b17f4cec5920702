public import StateTree

/// A sample of B n-step transitions from episodes.
public struct EpisodeSample: Sendable, Equatable {
  /// The global step number of each item's first step, for `updatePriorities`.
  /// - Shape: `[B]`
  public var steps: [Int]
  /// The observations before the first step by the names of their columns: `obs`, or the parts of a dictionary,
  /// `obs/...`.
  /// - Shape: `[B] + column shape` each; `[B, k] + column shape`, oldest first, for a column of which k are stacked
  public var observationParts: [StateKey: Tensor]
  /// The observations behind the last step (`new_obs`), by the same names.
  /// - Shape: as `observationParts`
  public var nextObservationParts: [StateKey: Tensor]
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

  /// The observations before the first step (`obs`); without rows if they are a dictionary.
  /// - Shape: `[B] + observation shape`
  public var observations: Tensor {
    get { observationParts["obs"] ?? .withoutObservations }
    set { observationParts["obs"] = newValue }
  }

  /// The observations behind the last step (`new_obs`); without rows if they are a dictionary.
  /// - Shape: `[B] + observation shape`
  public var nextObservations: Tensor {
    get { nextObservationParts["obs"] ?? .withoutObservations }
    set { nextObservationParts["obs"] = newValue }
  }
}

extension EpisodeSample {
  /// A sample whose observations are the one column `obs`.
  /// - Shape: as the properties
  /// - Parameter isTruncated: Default: none.
  /// - Parameter nSteps: Default: 1 each.
  /// - Parameter weights: Default: 1 each.
  public init(
    steps: [Int], observations: Tensor, nextObservations: Tensor, actions: Tensor, rewards: [Float],
    isTerminated: [Bool], isTruncated: [Bool]? = nil, nSteps: [Int]? = nil, weights: [Float]? = nil,
    extraColumns: [StateKey: Tensor] = [:]
  ) {
    let count = steps.count
    self.init(
      steps: steps, observationParts: ["obs": observations], nextObservationParts: ["obs": nextObservations],
      actions: actions, rewards: rewards, isTerminated: isTerminated,
      isTruncated: isTruncated ?? Array(repeating: false, count: count), nSteps: nSteps ?? Array(repeating: 1, count: count),
      weights: weights ?? Array(repeating: 1, count: count), extraColumns: extraColumns)
  }
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

  /// Counters; 0 unless said otherwise.
  public init(
    episodes: Int = 0, evictedEpisodes: Int = 0, steps: Int = 0, insertionCount: Int = 0, sampledCount: Int = 0
  ) {
    self.episodes = episodes
    self.evictedEpisodes = evictedEpisodes
    self.steps = steps
    self.insertionCount = insertionCount
    self.sampledCount = sampledCount
  }
}
