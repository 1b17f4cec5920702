public import Environments
public import ReplayBuffers

/// Which runner a callback is called by.
public struct RunnerFacts: Sendable, Hashable {
  /// The runner's index: 0 for the one that trains in this process by itself, else from 1.
  public var index: Int
  /// Whether it samples for an evaluation.
  public var isEvaluating: Bool

  /// A runner.
  public init(index: Int = 0, isEvaluating: Bool = false) {
    self.index = index
    self.isEvaluating = isEvaluating
  }
}

/// What a callback sees when an environment was made.
public struct EnvironmentContext {
  /// The runner.
  public let runner: RunnerFacts
  /// Which of the runner's environments it is.
  public let environmentIndex: Int
  /// The environment; what is assigned takes its place.
  public var environment: any Environment
  /// What is logged here stands in the result under `env_runners`.
  public var metricsLogger: MetricsLogger

  /// The runner's index.
  public var runnerIndex: Int { runner.index }
  /// Whether the runner samples for an evaluation: RLlib's `env_runner.config.in_evaluation`.
  public var inEvaluation: Bool { runner.isEvaluating }
}

/// What a callback sees of an episode under way. A runner keeps one for each of its environments.
public struct EpisodeContext: Sendable {
  /// The runner.
  public let runner: RunnerFacts
  /// Which of the runner's environments it is.
  public let environmentIndex: Int
  /// The environment of this episode alone, where RLlib hands over the vector of all.
  public var environment: any Environment
  /// The episode; what is written into its `customData` stays with it and is saved.
  public var episode: RunningEpisode
  /// What is logged here stands in the result under `env_runners`.
  public var metricsLogger = MetricsLogger()

  /// The runner's index.
  public var runnerIndex: Int { runner.index }
  /// Whether the runner samples for an evaluation: RLlib's `env_runner.config.in_evaluation`.
  public var inEvaluation: Bool { runner.isEvaluating }
}

/// What a callback sees when a runner hands its samples over.
public struct SampleContext {
  /// The runner.
  public let runner: RunnerFacts
  /// The fragments, ended ones first; what is left here goes into the replay buffer.
  public var samples: [EpisodeFragment]
  /// What is logged here stands in the result under `env_runners`.
  public var metricsLogger: MetricsLogger

  /// The runner's index.
  public var runnerIndex: Int { runner.index }
  /// Whether the runner samples for an evaluation: RLlib's `env_runner.config.in_evaluation`.
  public var inEvaluation: Bool { runner.isEvaluating }
}
