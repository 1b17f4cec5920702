/// How often and how long a run is evaluated, with RLlib's defaults.
/// - Source: RLlib's `algorithm_config.py`, `AlgorithmConfig.evaluation`.
public struct EvaluationConfig: Sendable, Hashable {
  /// What the duration counts.
  public enum Unit: String, Sendable, Hashable, CaseIterable, ConfigValue {
    /// Whole episodes.
    case episodes
    /// Environment steps.
    case timesteps
  }

  /// After how many iterations each (`evaluation_interval`). Default nil: only when `evaluate()` is called.
  public var interval: Int?
  /// How many episodes or steps, over all runners (`evaluation_duration`). Default 10.
  public var duration = 10
  /// What the duration counts (`evaluation_duration_unit`). Default episodes.
  public var unit = Unit.episodes
  /// How many runners (`evaluation_num_env_runners`). Default 0: one that samples between two iterations.
  public var runners = 0
  /// Whether it takes place while the next training is under way, with the weights from before it
  /// (`evaluation_parallel_to_training`); needs runners. Default false.
  public var isParallel = false
  /// Whether chance has a part in its actions (`evaluation_config/explore`). Default nil: as the algorithm has it.
  public var explores: Bool?

  /// The defaults.
  public init() {}

  /// Whether runners for it are made with the algorithm, and not only when `evaluate()` is called.
  /// - Source: RLlib, `Algorithm._should_create_evaluation_env_runners`.
  var isExpected: Bool { interval != nil || runners > 0 }
}

extension AlgorithmConfig {
  /// Sets how the run is evaluated; what is not given stays.
  public func evaluation(
    interval: Int? = nil, duration: Int? = nil, unit: EvaluationConfig.Unit? = nil, runners: Int? = nil,
    isParallel: Bool? = nil, explores: Bool? = nil
  ) -> Self {
    var config = self
    if let interval { config.common.evaluation.interval = interval }
    if let duration { config.common.evaluation.duration = duration }
    if let unit { config.common.evaluation.unit = unit }
    if let runners { config.common.evaluation.runners = runners }
    if let isParallel { config.common.evaluation.isParallel = isParallel }
    if let explores { config.common.evaluation.explores = explores }
    return config
  }

  /// Checks what was set of evaluation.
  /// - Throws: `TrainingError.invalidSetting`.
  func validateEvaluation() throws(TrainingError) {
    let evaluation = common.evaluation
    try Self.require((evaluation.interval ?? 1) >= 1, "evaluation_interval", evaluation.interval ?? 0, "1 or more, or null")
    try Self.require((1...1 << 40).contains(evaluation.duration), "evaluation_duration", evaluation.duration, "1 or more")
    try Self.require((0...1024).contains(evaluation.runners), "evaluation_num_env_runners", evaluation.runners, "0 to 1024")
    try Self.require(
      !evaluation.isParallel || evaluation.runners > 0, "evaluation_parallel_to_training", true,
      "false, or evaluation_num_env_runners above 0")
  }
}
