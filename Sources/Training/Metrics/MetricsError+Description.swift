extension MetricsError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .invalidKey(let key):
      "\"\(key)\" is no key of a metric; give names with \"/\" between them, such as env_runners/episode_return_mean"
    case .unknownKey(let key):
      "no metric was logged at \(key); log it first, or read it with a default"
    case .keyConflict(let key, let other):
      "\(key) and \(other) cannot both be metrics, one lies inside the other; log one of them under another key"
    case .invalidOption(let key, let option, let found, let expected):
      "the metric \(key) has \(option) \(found), expected \(expected)"
    case .otherOption(let key, let option, let has, let given):
      "the metric \(key) has \(option) \(has) and was logged with \(given); use another key, or leave the option out to go "
        + "on as before"
    case .notANumber, .unorderedValue: valueDescription
    case .merged, .logged, .severalItems, .neverMerged: mergeDescription
    }
  }

  private var valueDescription: String {
    switch self {
    case .notANumber(let key, let reduction, let found):
      "the metric \(key) was given a value of type \(found), and \(reduction.rawValue) takes numbers; log it with "
        + "reduce: .item or .itemSeries"
    case .unorderedValue(let key):
      "the metric \(key) was given NaN, which has no place among percentiles; leave it out"
    default: ""
    }
  }

  private var mergeDescription: String {
    switch self {
    case .merged(let key):
      "the metric \(key) is merged from other loggers and cannot be logged here; log it under another key"
    case .logged(let key):
      "the metric \(key) was logged here and cannot be merged from other loggers; merge under another key"
    case .severalItems(let key, let count):
      "\(count) loggers have an item at \(key), which holds one; log it in one of them, or with reduce: .itemSeries"
    case .neverMerged(let key):
      "the metric \(key) is logged here, so there is no last merge of it; read its value"
    default: ""
    }
  }
}
