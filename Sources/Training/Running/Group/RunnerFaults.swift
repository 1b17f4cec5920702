/// What happens when a runner of a group fails.
/// - Source: RLlib's `restart_failed_env_runners` and `ignore_env_runner_failures`.
public enum FaultPolicy: String, Sendable, Hashable, CaseIterable, ConfigValue {
  /// It is made anew at once with the current weights, and `onEnvRunnersRecreated` is called before the next training
  /// step. What it was sampling is lost.
  case restart
  /// The others go on without it; when the last one fails, that is an error.
  case ignore
  /// Training stops with its error.
  case raise
}

/// Where the runners of a group live.
public enum RunnerPlacement: String, Sendable, Hashable, CaseIterable, ConfigValue {
  /// Each in a thread of this process.
  case threads
  /// Each in a child process, which may die without taking the run with it.
  case processes
}

/// What became of the runners of a group.
public struct RunnerFaults: Sendable, Hashable {
  /// Runners that answer.
  public var healthy = 0
  /// How often one was made anew.
  public var restarts = 0
  /// How often one failed and was left away.
  public var dropped = 0
}
