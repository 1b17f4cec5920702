/// Some of the metrics of a logger.
public enum MetricsPart: Sendable, Equatable {
  /// All of them.
  case all
  /// Those of a group, or the one of this key.
  case under(String)
  /// All but those of a group: with `.under` for what is measured only now and then, such as an evaluation.
  case outside(String)
  /// Those that were logged or merged since they were last reduced or reported.
  case changed
  /// Those of a group, of which the same is true.
  case changedUnder(String)

  func contains(_ key: String) -> Bool {
    switch self {
    case .all, .changed: true
    case .under(let group), .changedUnder(let group): key == group || key.hasPrefix(group + "/")
    case .outside(let group): !MetricsPart.under(group).contains(key)
    }
  }

  func contains(_ key: String, _ metric: Metric) -> Bool {
    switch self {
    case .changed, .changedUnder: contains(key) && metric.isChanged
    case .all, .under, .outside: contains(key)
    }
  }
}
