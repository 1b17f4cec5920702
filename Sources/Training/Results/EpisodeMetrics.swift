public import StateTree

/// A finished episode, whole, whatever fragments it came in.
public struct FinishedEpisode: Sendable, Equatable {
  /// The sum of its rewards, not discounted.
  public var totalReward: Double
  /// Its steps.
  public var length: Int

  /// An episode.
  public init(totalReward: Double, length: Int) {
    self.totalReward = totalReward
    self.length = length
  }
}

/// Return and length over the last finished episodes.
///
/// Deviation: the window goes on from iteration to iteration and is saved. RLlib empties it with every result, so that
/// its `metrics_num_episodes_for_smoothing` smooths within one iteration only, and an iteration in which no episode ends
/// reports NaN.
public struct EpisodeMetrics: Sendable {
  /// The most episodes that are averaged over.
  public private(set) var window: Int
  /// The last finished episodes, oldest first.
  public private(set) var episodes: [FinishedEpisode] = []
  /// Episodes finished since `report` was called last.
  private var sinceReport = 0
  /// Episodes ever finished.
  public private(set) var lifetimeCount = 0

  /// No episode yet.
  /// - Precondition: `window` is at least 1.
  public init(window: Int) {
    precondition(window > 0, "a window of at least one episode, found \(window)")
    self.window = window
  }

  /// Averages over another number of episodes; a smaller window keeps the newest.
  /// - Precondition: `window` is at least 1.
  mutating func resize(to window: Int) {
    precondition(window > 0, "a window of at least one episode, found \(window)")
    self.window = window
    episodes = episodes.suffix(window)
  }

  /// Takes account of a finished episode.
  public mutating func add(_ episode: FinishedEpisode) {
    episodes.append(episode)
    if episodes.count > window { episodes.removeFirst(episodes.count - window) }
    sinceReport += 1
    lifetimeCount += 1
  }

  /// The mean return of the window, nil before the first episode is over.
  public var meanReturn: Double? {
    episodes.isEmpty ? nil : episodes.reduce(0) { $0 + $1.totalReward } / Double(episodes.count)
  }

  /// Writes RLlib's keys under `env_runners`; those of returns and lengths once an episode is over.
  mutating func report(into result: inout TrainingResult) {
    if let meanReturn {
      let returns = episodes.map(\.totalReward)
      let lengths = episodes.map { Double($0.length) }
      Self.write("episode_return", mean: meanReturn, returns, into: &result)
      Self.write("episode_len", mean: lengths.reduce(0, +) / Double(lengths.count), lengths, into: &result)
      result["env_runners/agent_episode_return_mean/default_agent"] = meanReturn
      result["env_runners/module_episode_return_mean/default_policy"] = meanReturn
    }
    result.set(.integer(sinceReport), at: "env_runners/num_episodes")
    result.set(.integer(lifetimeCount), at: "env_runners/num_episodes_lifetime")
    sinceReport = 0
  }

  private static func write(_ name: String, mean: Double, _ values: [Double], into result: inout TrainingResult) {
    result["env_runners/\(name)_mean"] = mean
    result["env_runners/\(name)_min"] = values.reduce(.infinity, Swift.min)
    result["env_runners/\(name)_max"] = values.reduce(-.infinity, Swift.max)
  }
}

extension EpisodeMetrics: Checkpointable {
  /// Window and counters.
  public var state: StateValue {
    [
      "returns": .tensor(Tensor(vector: episodes.map(\.totalReward))),
      "lengths": .tensor(Tensor(vector: episodes.map { Int64($0.length) })),
      "since_report": .integer(sinceReport), "lifetime": .integer(lifetimeCount),
    ]
  }

  /// Becomes what the state was taken from; a smaller window keeps the newest episodes.
  /// - Throws: `StateTreeError`.
  public mutating func restore(from state: StateValue) throws {
    let reader = try StateReader(state)
    let returns: [Double] = try reader.vector("returns")
    let lengths: [Int64] = try reader.vector("lengths")
    guard returns.count == lengths.count else {
      throw StateTreeError.invalidValue(
        path: "lengths", found: "\(lengths.count) lengths", expected: "one for each of \(returns.count) returns")
    }
    let (since, lifetime) = (try reader.counter("since_report"), try reader.counter("lifetime"))
    episodes = zip(returns, lengths).map { FinishedEpisode(totalReward: $0, length: Int($1)) }.suffix(window)
    (sinceReport, lifetimeCount) = (since, lifetime)
  }

  /// Checks that the window holds no more than it may.
  /// - Throws: `TrainingError.brokenInvariant`.
  public func checkInvariants() throws {
    guard episodes.count <= window, episodes.count <= lifetimeCount else {
      throw TrainingError.brokenInvariant("\(episodes.count) of \(lifetimeCount) episodes in a window of \(window)")
    }
  }
}
