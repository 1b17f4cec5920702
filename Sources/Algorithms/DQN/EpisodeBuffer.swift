public import ReplayBuffers
public import StateTree

/// A replay buffer of episodes, with or without priorities, as DQN uses it.
public protocol EpisodeBuffer: SavableBuffer, ProvableBuffer, Sendable {
  /// How many steps are held.
  var count: Int { get }
  /// How much went through the buffer.
  var counters: EpisodeCounters { get }
  /// Adds a fragment to its episode.
  @discardableResult
  mutating func add(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> Range<Int>
  /// Draws steps; `beta` has no meaning without priorities.
  mutating func sample(
    count: Int, nStep: NStep, gamma: Double, correcting beta: Double
  ) throws(ReplayBufferError) -> EpisodeSample
  /// Gives sampled steps new priorities; does nothing by default.
  mutating func setPriorities(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError)
}

extension EpisodeBuffer {
  /// Does nothing: what a buffer without priorities does.
  public mutating func setPriorities(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) {}

  /// What a copy draws next; nil if nothing can be drawn.
  public func nextDraws(_ count: Int) -> StateValue? {
    var copy = self
    let (nStep, gamma, beta) = (ProofSettings.nStep, ProofSettings.gamma, ProofSettings.beta)
    return try? copy.sample(count: count, nStep: nStep, gamma: gamma, correcting: beta).proof
  }
}

extension EpisodeReplayBuffer: EpisodeBuffer {
  /// Draws steps evenly.
  public mutating func sample(
    count: Int, nStep: NStep, gamma: Double, correcting beta: Double
  ) throws(ReplayBufferError) -> EpisodeSample {
    try sample(count: count, nStep: nStep, gamma: gamma)
  }
}

extension PrioritizedEpisodeReplayBuffer: EpisodeBuffer {
  /// Draws steps by priority.
  public mutating func sample(
    count: Int, nStep: NStep, gamma: Double, correcting beta: Double
  ) throws(ReplayBufferError) -> EpisodeSample {
    try sample(count: count, nStep: nStep, gamma: gamma, beta: beta)
  }

  /// Gives sampled steps new priorities.
  public mutating func setPriorities(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) {
    try updatePriorities(steps, priorities)
  }
}

extension ReplayBufferConfig {
  /// An empty buffer.
  func makeBuffer(schema: BufferSchema, seed: UInt64) throws(ReplayBufferError) -> any EpisodeBuffer {
    switch kind {
    case .uniform: try EpisodeReplayBuffer(capacity: capacity, schema: schema, seed: seed)
    case .prioritized: try PrioritizedEpisodeReplayBuffer(capacity: capacity, alpha: alpha, schema: schema, seed: seed)
    }
  }
}

extension EpisodeBuffer {
  /// The buffer that contents hold.
  static func loaded(from contents: any BufferContents, defaults: BufferDefaults) throws -> any EpisodeBuffer {
    try Self(contents: contents, defaults: defaults)
  }

  /// Ends all episodes under way as truncated, because what follows is not known.
  mutating func truncateOpenEpisodes() throws {
    let snapshot = snapshot()
    guard let episodes = snapshot.state()["episodes"] else { return }
    let observation = snapshot.schema.columns.firstIndex { $0.name == "obs" } ?? 0
    for episode in try EpisodeTable(state: .init(episodes)).episodes where !episode.isDone {
      let last = episode.rows.upperBound - 1
      let row = snapshot.rows(last..<last + 1).columns
      let empty = row.map { $0.rows(0..<0) }
      let names = snapshot.schema.columns.map(\.name)
      func column(_ name: String) -> Int { names.firstIndex(of: name) ?? 0 }
      var fragment = EpisodeFragment(
        id: episode.id, startTime: episode.startTime + episode.length, observations: row[observation],
        actions: empty[column("actions")], rewards: empty[column("rewards")], isTruncated: true)
      for (index, name) in names.enumerated() where !["obs", "actions", "rewards"].contains(name) {
        fragment.extraColumns[.init(name)] = empty[index]
      }
      try add(fragment)
    }
  }
}
