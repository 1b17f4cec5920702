public import Environments
public import ReplayBuffers

/// What a callback sees when an environment was made.
public struct EnvironmentContext {
  /// The runner, 0 in this process.
  public let runnerIndex: Int
  /// Which of the runner's environments it is.
  public let environmentIndex: Int
  /// The environment; what is assigned takes its place.
  public var environment: any Environment
}

/// What a callback sees of an episode under way.
public struct EpisodeContext {
  /// The runner, 0 in this process.
  public let runnerIndex: Int
  /// Which of the runner's environments it is.
  public let environmentIndex: Int
  /// The environment of this episode alone, where RLlib hands over the vector of all.
  public var environment: any Environment
  /// The episode; what is written into its `customData` stays with it and is saved.
  public var episode: RunningEpisode
}

/// What a callback sees when a runner hands its samples over.
public struct SampleContext {
  /// The runner, 0 in this process.
  public let runnerIndex: Int
  /// The fragments, ended ones first; what is left here goes into the replay buffer.
  public var samples: [EpisodeFragment]
}
