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
  /// How many runners sample at the same time (`num_env_runners`). Default 0: one, on the thread that trains.
  public var runners = 0
  /// Where several runners live (`env_runner_placement`). Default: in threads.
  public var runnerPlacement = RunnerPlacement.threads
  /// The program that a runner's process runs, which calls `EnvRunnerProcess.serveIfAsked`; not saved. Default nil: the one
  /// that runs here.
  public var runnerProgram: FilePath?
  /// What happens when a runner of several dies, hangs or sends nonsense (`env_runner_failure`). Default: it is made anew.
  public var runnerFailure = FaultPolicy.restart
  /// What happens when an environment, a callback or a policy throws in a runner of several (`env_runner_error`).
  /// Default: training stops with the error.
  public var runnerError = FaultPolicy.raise
  /// After how many seconds without an answer a runner in a process counts as lost (`sample_timeout_s`). Default 60.
  public var sampleTimeout = 60.0
  /// How the run is evaluated.
  public var evaluation = EvaluationConfig()
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
