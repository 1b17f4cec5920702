public import Environments
public import SystemPackage

/// The settings that every algorithm has, with RLlib's defaults.
/// - Source: RLlib's `algorithm_config.py`.
public struct CommonConfig: Sendable {
  /// The id of the environment (`env`). Default `CartPole-v1`.
  public var environment = "CartPole-v1"
  /// How many environments are stepped side by side (`num_envs_per_env_runner`). Default 1.
  public var environmentsPerRunner = 1
  /// How many steps of each environment make a fragment (`rollout_fragment_length`); nil is `"auto"`, the algorithm's
  /// choice and the default.
  public var fragmentLength: Int?
  /// Over how many finished episodes returns are averaged (`metrics_num_episodes_for_smoothing`). Default 100.
  public var smoothingEpisodes = 100
  /// The fewest environment steps of an iteration (`min_sample_timesteps_per_iteration`).
  public var minimumStepsPerIteration = 0
  /// The seed of everything random (`seed`); nil draws one when the algorithm is built, and `params.json` tells which.
  public var seed: UInt64?
  /// The directory of the experiment whose files the run writes (`experiment`); nil writes none. Default nil.
  public var experiment: FilePath?
  /// Callbacks and closures. Default none.
  public var callbacks = ConfiguredCallbacks()
  /// Where environments come from; not saved.
  public var catalogue = EnvironmentCatalogue.standard

  /// The defaults.
  public init() {}
}
