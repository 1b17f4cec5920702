internal import Environments
internal import StateTree

/// A runner with a policy of its own, which answers requests.
struct RunnerBody: Sendable {
  /// The runner.
  private(set) var runner: EnvRunner
  private var policy: any RunnerPolicy

  /// A runner as a configuration says.
  init(_ config: some AlgorithmConfig, _ facts: RunnerFacts, seed: UInt64, incarnation: Int = 0) throws {
    runner = try EnvRunner(config.common, facts, seed: seed, incarnation: incarnation)
    policy = try config.makePolicy(observations: runner.observationSpace, actions: runner.actionSpace)
    runner.keep(policy.extraColumns)
  }

  /// The answer to a request.
  /// - Throws: what environments, callbacks, policy and states throw.
  mutating func answer(_ request: RunnerRequest) throws -> RunnerReply {
    switch request {
    case .sample(let size, let weights, let exploring):
      if let weights { try policy.restore(from: weights) }
      return .sample(try sample(size, exploring: exploring))
    case .state: return .state(runner.state, nextDraws: runner.nextDraws)
    case .restore(let state): try runner.restore(from: state)
    case .rename(let count): runner.renameEpisodes(since: count)
    }
    return .done
  }

  private mutating func sample(_ size: SampleSize, exploring: Bool) throws -> RunnerSample {
    let before = runner.environmentSteps
    var policy = policy
    let fragments = try runner.sample(size) { observations, generator, taken in
      try policy.choose(observations, exploring: exploring, stepsTaken: taken, using: &generator)
    }
    self.policy = policy
    return RunnerSample(
      fragments: fragments, finished: runner.takeFinished(), metrics: runner.takeMetrics(),
      steps: runner.environmentSteps - before)
  }
}
