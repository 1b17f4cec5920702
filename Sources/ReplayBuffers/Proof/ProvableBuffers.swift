public import StateTree

extension ReplayBuffer: ProvableBuffer {
  /// What the next `count` draws give; nil for an empty ring.
  public func nextDraws(_ count: Int) -> StateValue? {
    var copy = self
    return try? copy.sample(count: count).proof
  }
}

extension PrioritizedReplayBuffer: ProvableBuffer {
  /// What the next `count` draws give; nil for an empty ring.
  public func nextDraws(_ count: Int) -> StateValue? {
    var copy = self
    return try? copy.sample(count: count, beta: ProofSettings.beta).proof
  }
}

extension FIFOReplayBuffer: ProvableBuffer {
  /// The next `count` transitions, or all that wait if these are fewer; nil if none waits.
  public func nextDraws(_ count: Int) -> StateValue? {
    var copy = self
    return self.count == 0 ? nil : try? copy.sample(count: min(count, self.count)).proof
  }
}

extension ReservoirReplayBuffer: ProvableBuffer {
  /// What the next `count` draws give; nil for an empty reservoir.
  public func nextDraws(_ count: Int) -> StateValue? {
    var copy = self
    return try? copy.sample(count: count).proof
  }
}

extension MixInReplayBuffer: ProvableBuffer where Buffer: ProvableBuffer {
  /// What the wrapped buffer would draw, and which transitions wait; nil for an empty buffer.
  public func nextDraws(_ count: Int) -> StateValue? {
    buffer.nextDraws(count).map { replayed in
      [
        "replayed": replayed, "waiting": .array([.integer(waiting.lowerBound), .integer(waiting.upperBound)]),
        "newest": .integer(newestCount(inBatchOf: count)),
      ]
    }
  }
}

extension EpisodeReplayBuffer: ProvableBuffer {
  /// What the next `count` draws give; nil for an empty buffer.
  public func nextDraws(_ count: Int) -> StateValue? {
    var copy = self
    return try? copy.sample(count: count, nStep: ProofSettings.nStep, gamma: ProofSettings.gamma).proof
  }
}

extension PrioritizedEpisodeReplayBuffer: ProvableBuffer {
  /// What the next `count` draws give; nil for an empty buffer.
  public func nextDraws(_ count: Int) -> StateValue? {
    var copy = self
    return try? copy.sample(
      count: count, nStep: ProofSettings.nStep, gamma: ProofSettings.gamma, beta: ProofSettings.beta
    ).proof
  }
}

extension MultiAgentEpisodeReplayBuffer: ProvableBuffer {
  /// What the next `count` draws of every module that holds a step give; nil for an empty buffer.
  public func nextDraws(_ count: Int) -> StateValue? {
    var copy = self
    return try? copy.sample(count: count, nStep: ProofSettings.nStep, gamma: ProofSettings.gamma).proof
  }
}

extension MultiAgentPrioritizedEpisodeReplayBuffer: ProvableBuffer {
  /// What the next `count` draws of every module that holds a step give; nil for an empty buffer.
  public func nextDraws(_ count: Int) -> StateValue? {
    var copy = self
    return try? copy.sample(
      count: count, nStep: ProofSettings.nStep, gamma: ProofSettings.gamma, beta: ProofSettings.beta
    ).proof
  }
}

extension MultiAgentSample {
  /// The modules' samples, with the agents and their environment steps, as one value.
  fileprivate var proof: StateValue {
    .map(
      StateMap(
        modules.map { module in
          let agents = module.agents.map { StateValue.string($0) }
          return (StateKey(module.module), ["items": module.items.proof, "agents": .array(agents)])
        }))
  }
}
