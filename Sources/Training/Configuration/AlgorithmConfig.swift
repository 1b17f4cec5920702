public import Environments
internal import StateTree
public import SystemPackage

/// The configuration of an algorithm: a value that is built up call by call and changed by none of them.
public protocol AlgorithmConfig: Sendable {
  /// The algorithm's name in `params.json`, such as `DQN`. Default: that of the type without `Config` behind it.
  static var algorithm: String { get }
  /// Whether chance has a part in the actions of an evaluation, unless a setting says so. RLlib's DQN: no; its PPO: yes.
  static var evaluationExplores: Bool { get }
  /// The settings of every algorithm.
  var common: CommonConfig { get set }
  /// All settings by the names they have in `params.json`, in the order in which they stand there.
  static var settings: [ConfigSetting<Self>] { get }
  /// The defaults.
  init()
  /// Checks that the settings go together.
  /// - Throws: `TrainingError.invalidSetting` with the remedy.
  func validate() throws(TrainingError)
  /// What decides on actions in runners that have no learner beside them, before it has weights.
  /// - Throws: what makes the spaces unsuitable.
  func makePolicy(observations: Space, actions: Space) throws -> any RunnerPolicy
  /// The component that keeps its own value of a setting when it is restored; nil for a setting that can change.
  static func component(keeping setting: String) -> String?
}

extension AlgorithmConfig {
  /// The type's name without `Config` behind it; a type that is renamed wants the old name here, or restores nothing.
  public static var algorithm: String {
    let name = String(describing: Self.self)
    return name.hasSuffix("Config") ? String(name.dropLast("Config".count)) : name
  }
  /// True, as in RLlib.
  public static var evaluationExplores: Bool { true }
  /// Those that every algorithm has.
  public static var settings: [ConfigSetting<Self>] { commonSettings }
  /// Checks the settings that every algorithm has.
  /// - Throws: `TrainingError.invalidSetting`.
  public func validate() throws(TrainingError) { try validateCommon() }
  /// None: the algorithm chooses by itself, in the one runner beside it.
  /// - Throws: `TrainingError.unsupported`.
  public func makePolicy(observations: Space, actions: Space) throws -> any RunnerPolicy {
    throw TrainingError.unsupported(
      algorithm: Self.algorithm, what: "has no policy for several runners and for evaluation",
      remedy: "implement makePolicy(observations:actions:) of its configuration, or leave num_env_runners at 0")
  }
  /// The runners keep environment, seed and how many they are; everything else can change.
  public static func component(keeping setting: String) -> String? {
    ["env", "num_envs_per_env_runner", "seed", "num_env_runners"].contains(setting) ? "env_runner" : nil
  }

  /// Sets the environment by its id, and the catalogue that knows it.
  public func environment(_ id: String, in catalogue: EnvironmentCatalogue = .standard) -> Self {
    var config = self
    config.common.environment = id
    config.common.catalogue = catalogue
    return config
  }

  /// Sets how environments are stepped; what is not given stays.
  /// - Parameter environments: How many side by side (`num_envs_per_env_runner`).
  /// - Parameter fragmentLength: How many steps of each make a fragment (`rollout_fragment_length`).
  /// - Parameter runners: How many sample at the same time (`num_env_runners`); 0 is one, on the thread that trains.
  /// - Parameter placement: Where several live (`env_runner_placement`).
  /// - Parameter program: What a runner's process runs, if not the program that runs here; it calls
  ///   `EnvRunnerProcess.serveIfAsked`.
  public func envRunners(
    runners: Int? = nil, placement: RunnerPlacement? = nil, program: FilePath? = nil, environments: Int? = nil,
    fragmentLength: Int? = nil
  ) -> Self {
    var config = self
    if let runners { config.common.runners = runners }
    if let placement { config.common.runnerPlacement = placement }
    if let program { config.common.runnerProgram = program }
    if let environments { config.common.environmentsPerRunner = environments }
    if let fragmentLength { config.common.fragmentLength = fragmentLength }
    return config
  }

  /// Sets what happens when a runner of several fails; what is not given stays.
  /// - Parameter failure: When it dies, hangs or sends nonsense (`env_runner_failure`).
  /// - Parameter error: When environment, callback or policy throws (`env_runner_error`).
  /// - Parameter sampleTimeout: After how many seconds a runner in a process counts as lost (`sample_timeout_s`).
  public func faultTolerance(
    failure: FaultPolicy? = nil, error: FaultPolicy? = nil, sampleTimeout: Double? = nil
  ) -> Self {
    var config = self
    if let failure { config.common.runnerFailure = failure }
    if let error { config.common.runnerError = error }
    if let sampleTimeout { config.common.sampleTimeout = sampleTimeout }
    return config
  }

  /// Sets what an iteration is and how results are smoothed; what is not given stays.
  /// - Parameter minimumSteps: The fewest environment steps an iteration (`min_sample_timesteps_per_iteration`).
  /// - Parameter smoothingEpisodes: Episodes averaged over (`metrics_num_episodes_for_smoothing`).
  public func reporting(minimumSteps: Int? = nil, smoothingEpisodes: Int? = nil) -> Self {
    var config = self
    if let minimumSteps { config.common.minimumStepsPerIteration = minimumSteps }
    if let smoothingEpisodes { config.common.smoothingEpisodes = smoothingEpisodes }
    return config
  }

  /// Sets the seed of everything random.
  public func debugging(seed: UInt64) -> Self {
    var config = self
    config.common.seed = seed
    return config
  }

  /// Sets the directory whose `params.json`, `result.json` and `progress.csv` the run writes, and where it saves.
  public func experiment(_ path: FilePath) -> Self {
    var config = self
    config.common.experiment = path
    return config
  }

  /// The settings that every algorithm has, by name.
  public static var commonSettings: [ConfigSetting<Self>] {
    [
      ConfigSetting("env", \.common.environment),
      ConfigSetting("num_env_runners", \.common.runners),
      ConfigSetting("env_runner_placement", \.common.runnerPlacement),
      ConfigSetting("env_runner_failure", \.common.runnerFailure),
      ConfigSetting("env_runner_error", \.common.runnerError),
      ConfigSetting("sample_timeout_s", \.common.sampleTimeout),
      ConfigSetting("num_envs_per_env_runner", \.common.environmentsPerRunner),
      ConfigSetting("rollout_fragment_length", \.common.fragmentLength, nilIs: "auto"),
      ConfigSetting("metrics_num_episodes_for_smoothing", \.common.smoothingEpisodes),
      ConfigSetting("min_sample_timesteps_per_iteration", \.common.minimumStepsPerIteration),
      ConfigSetting("seed", \.common.seed),
      ConfigSetting("evaluation_interval", \.common.evaluation.interval),
      ConfigSetting("evaluation_duration", \.common.evaluation.duration),
      ConfigSetting("evaluation_duration_unit", \.common.evaluation.unit),
      ConfigSetting("evaluation_num_env_runners", \.common.evaluation.runners),
      ConfigSetting("evaluation_parallel_to_training", \.common.evaluation.isParallel),
      ConfigSetting("evaluation_config/explore", \.common.evaluation.explores),
    ]
  }

  /// Checks the settings that every algorithm has.
  /// - Throws: `TrainingError.invalidSetting`.
  public func validateCommon() throws(TrainingError) {
    try Self.require(
      (1...1 << 16).contains(common.environmentsPerRunner), "num_envs_per_env_runner", common.environmentsPerRunner,
      "1 to 65536")
    let fragment = common.fragmentLength ?? 1
    try Self.require((1...1 << 32).contains(fragment), "rollout_fragment_length", fragment, "1 to 2^32, or auto")
    try Self.require(
      common.smoothingEpisodes >= 1, "metrics_num_episodes_for_smoothing", common.smoothingEpisodes, "1 or more")
    try Self.require(
      common.minimumStepsPerIteration >= 0, "min_sample_timesteps_per_iteration", common.minimumStepsPerIteration,
      "0 or more")
    try Self.require((0...1024).contains(common.runners), "num_env_runners", common.runners, "0 to 1024")
    try Self.require(common.sampleTimeout > 0, "sample_timeout_s", common.sampleTimeout, "seconds above 0")
    try validateEvaluation()
    if common.runnerPlacement == .processes, common.runners + common.evaluation.runners > 0 { _ = try travelling() }
    for callback in common.callbacks.callbacks {
      if let every = (callback as? any PeriodicCallback)?.periods.first(where: { !$0.isPositive }) {
        throw .invalidSetting(name: callback.displayName, found: "\(every)", expected: "a period above 0")
      }
    }
  }

  /// Throws `TrainingError.invalidSetting` unless `condition` holds.
  public static func require(
    _ condition: Bool, _ name: String, _ found: some Any, _ expected: String
  ) throws(TrainingError) {
    guard condition else { throw .invalidSetting(name: name, found: "\(found)", expected: expected) }
  }
}
