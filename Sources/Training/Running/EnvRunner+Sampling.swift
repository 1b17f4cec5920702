internal import Environments
public import ReplayBuffers
public import StateTree

extension EnvRunner {
  /// Samples at least so many steps, and less than one round of all environments more.
  /// - Parameter choose: gives an action from 0 for each environment, from the observations of all of them, with the
  ///   generator and how many steps were taken since the call began. Not asked while all are about to be reset.
  /// - Returns: the fragments of episodes that ended, then those of episodes under way.
  /// - Throws: what environments, `choose` and callbacks throw; the runner is then half way and must not go on.
  public mutating func sample(
    steps: Int, choosing choose: (Tensor, inout PCG64, _ stepsTaken: Int) throws -> [Int]
  ) throws -> [EpisodeFragment] {
    if needsInitialReset { try resetAll() }
    var samples: [EpisodeFragment] = []
    var taken = 0
    while taken < steps {
      let actions = episodes.contains(where: \.isReset) ? try choose(observations(), &generator, taken) : []
      var wasReset = [Bool](repeating: false, count: environments.count)
      for index in environments.indices {
        if episodes[index].isReset {
          try step(index, actions[index])
          taken += 1
        } else {
          try episodes[index].reset(to: environments[index].reset(seed: nil))
          wasReset[index] = true
        }
      }
      for index in environments.indices {
        try fireEpisode(wasReset[index] ? .onEpisodeStart : .onEpisodeStep, index)
        guard episodes[index].isDone else { continue }
        try fireEpisode(.onEpisodeEnd, index)
        finished.append(FinishedEpisode(totalReward: episodes[index].totalReward, length: episodes[index].length))
        samples.append(try episodes[index].takeFragment())
        try begin(index)
      }
    }
    for index in episodes.indices where episodes[index].pendingSteps > 0 {
      samples.append(try episodes[index].takeFragment())
    }
    environmentSteps += taken
    return try sampleEnd(samples)
  }

  /// All environments at the beginning of the run: created for all, reset for all, start for all.
  private mutating func resetAll() throws {
    episodes = []
    for index in environments.indices { try begin(index) }
    for index in environments.indices {
      try episodes[index].reset(to: environments[index].reset(seed: seed &+ UInt64(index)))
    }
    for index in environments.indices { try fireEpisode(.onEpisodeStart, index) }
    needsInitialReset = false
  }

  private mutating func begin(_ index: Int) throws {
    let episode = RunningEpisode(
      id: nextName(), observationType: observationSpace.dataType,
      observationShape: observationSpace.shape)
    if index < episodes.count { episodes[index] = episode } else { episodes.append(episode) }
    try fireEpisode(.onEpisodeCreated, index)
  }

  private mutating func step(_ index: Int, _ action: Int) throws {
    let action = Int64(action + firstAction)
    let step = try environments[index].step(Tensor([action], shape: []))
    try episodes[index].add(
      step.observation, action: action, reward: step.reward, isTerminated: step.isTerminated,
      isTruncated: step.isTruncated)
  }

  /// The observations of all environments; zeros where one is about to be reset.
  /// - Shape: `[environments] + observation shape`
  private func observations() throws -> Tensor {
    let rowBytes = observationSpace.shape.reduce(observationSpace.dataType.itemBytes, *)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rowBytes * episodes.count)
    for episode in episodes {
      if episode.isReset {
        bytes.append(contentsOf: episode.lastObservationBytes)
      } else {
        bytes.append(contentsOf: repeatElement(0, count: rowBytes))
      }
    }
    return try Tensor(observationSpace.dataType, shape: [episodes.count] + observationSpace.shape, bytes: bytes)
  }

  private mutating func fireEpisode(_ event: CallbackEvent, _ environment: Int) throws {
    guard callsCallbacks else { return }
    var context = EpisodeContext(
      runnerIndex: index, environmentIndex: environment, environment: environments[environment],
      episode: episodes[environment])
    let closures = callbacks.closures
    switch event {
    case .onEpisodeCreated:
      try callbacks.fire(event, &context, closures.onEpisodeCreated) { try $0.onEpisodeCreated(&$1) }
    case .onEpisodeStart: try callbacks.fire(event, &context, closures.onEpisodeStart) { try $0.onEpisodeStart(&$1) }
    case .onEpisodeStep: try callbacks.fire(event, &context, closures.onEpisodeStep) { try $0.onEpisodeStep(&$1) }
    default: try callbacks.fire(event, &context, closures.onEpisodeEnd) { try $0.onEpisodeEnd(&$1) }
    }
    environments[environment] = context.environment
    episodes[environment] = context.episode
  }

  private mutating func sampleEnd(_ samples: [EpisodeFragment]) throws -> [EpisodeFragment] {
    guard callsCallbacks else { return samples }
    var context = SampleContext(runnerIndex: index, samples: samples)
    try callbacks.fire(.onSampleEnd, &context, callbacks.closures.onSampleEnd) { try $0.onSampleEnd(&$1) }
    return context.samples
  }
}
