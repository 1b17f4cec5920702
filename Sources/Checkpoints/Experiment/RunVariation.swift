/// What may differ between two runs of the same training: when, where and how fast it ran, not what was computed.
///
/// `rlbuf diff` leaves it out unless asked for provenance, and whoever writes results keeps to these names for such
/// values.
public enum RunVariation {
  /// Names of results that say when, where or in which process.
  private static let names: Set<String> = [
    "date", "timestamp", "pid", "hostname", "node_ip", "trial_id", "experiment_id", "run_id", "timers", "perf", "config",
    "dump_replay_buffer", "save_checkpoint",
  ]
  /// How names of durations begin.
  private static let beginnings = ["time_"]
  /// How names of durations, rates, paths and of what a restore starts anew end.
  private static let endings = [
    "_ms", "_seconds", "_duration", "_throughput", "_per_second", "_since_restore", "_path",
  ]

  /// Whether a result is left out of comparisons: its name or that of a group it lies in is one of these.
  /// - Parameter path: the keys with slashes between them, such as `timers/training_step`.
  public static func isVolatileResult(_ path: String) -> Bool {
    path.split(separator: "/").contains { key in
      names.contains(String(key)) || beginnings.contains { key.hasPrefix($0) } || endings.contains { key.hasSuffix($0) }
    }
  }

  /// Whether a value of a component's state is left out of comparisons: what says how long something took.
  /// - Parameter path: the keys with slashes between them, such as `timers/training_step`.
  public static func isVolatileState(_ path: String) -> Bool {
    path.split(separator: "/").contains { key in
      key == "timers" || key.hasPrefix("waited_") || key.hasPrefix("time_total") || key.hasPrefix("time_this_iter")
        || key.hasPrefix("time_since_restore") || key == "iterations_since_restore"
    }
  }

  /// Whether a setting is left out of comparisons: where files of the run lie.
  /// - Parameter path: the keys with slashes between them, such as `callbacks/0/settings/to`.
  public static func isVolatileSetting(_ path: String) -> Bool {
    let keys = path.split(separator: "/")
    guard let key = keys.last else { return false }
    return path == "experiment" || key.hasSuffix("_path") || key.hasSuffix("_dir")
      || keys.first == "callbacks" && ["to", "from"].contains(key)
  }
}
