public import StateTree

/// Gathers metrics under keys such as `env_runners/theta1_mean`, reduces them once an iteration, and merges what the
/// loggers of several runners have gathered.
///
/// ```swift
/// var metrics = MetricsLogger()
/// try metrics.log(0.3, at: "theta1_mean", reduce: .mean, window: 50)
/// let handedOver = metrics.reduce()                       // of a runner, to be merged
/// try root.merge([handedOver], under: "env_runners")
/// root.report(into: &result)                              // env_runners/theta1_mean
/// ```
/// A value: copies share nothing. A key is either logged or merged, never both.
/// - Source: RLlib, `metrics/metrics_logger.py`. Deviations: a key that was logged with one reduction and is logged with
///   another is an error, where RLlib ignores the second; an idle sum is 0; integers stay integers; keys have one
///   written form, names with `/` between them, which survives saving whatever else they contain.
public struct MetricsLogger: Sendable {
  /// Where a logger stands.
  public enum Role: String, Sendable {
    /// At the top, where lifetime sums are kept.
    case root
    /// Below: it hands what it gathered to the logger above, lifetime sums too.
    case runner
  }

  /// Where the logger stands.
  public let role: Role
  let clock: TrainingClock
  let start: Duration
  var metrics: [String: Metric] = [:]

  /// A logger without metrics. Default: of a runner, with the machine's clock.
  public init(_ role: Role = .runner, clock: TrainingClock = .machine) {
    self.role = role
    self.clock = clock
    start = clock.now()
  }

  /// Logs a value at a key. What the first call says of the metric holds for it; later calls may leave it out.
  ///
  /// - Parameters:
  ///   - key: Names with `/` between them.
  ///   - reduce: How values become one. Default: `.mean` with a window, else `.ema`, as RLlib has it.
  ///   - window: The most values that count, where they are logged; what is merged counts whole. Default: all.
  ///   - emaCoefficient: The weight of a new value, for `.ema`. Default: 0.01.
  ///   - percentiles: In percent, for `.percentiles`. Default: 0, 50, 75, 90, 95, 99 and 100.
  ///   - clearOnReduce: Whether a reduction empties the metric. Default: yes, but for `.ema` and a root's `.lifetimeSum`.
  ///     With false a window goes on from iteration to iteration, and `.sum` becomes `.lifetimeSum`.
  ///   - withThroughput: Whether to report what comes in a second at the key with `_throughput` behind it, for `.sum`
  ///     and `.lifetimeSum`. Default: no.
  /// - Throws: `MetricsError`: `.invalidKey`, `.keyConflict`, `.invalidOption`, `.otherOption`, `.notANumber`,
  ///   `.unorderedValue`, `.merged`.
  /// - Source: RLlib, `MetricsLogger.log_value`.
  public mutating func log(
    _ value: some MetricValue, at key: String, reduce: MetricReduction? = nil, window: Int? = nil,
    emaCoefficient: Double? = nil, percentiles: [Double]? = nil, clearOnReduce: Bool? = nil,
    withThroughput: Bool? = nil
  ) throws(MetricsError) {
    let options = MetricOptions(
      reduce: reduce, window: window, emaCoefficient: emaCoefficient, percentiles: percentiles,
      clearOnReduce: clearOnReduce, withThroughput: withThroughput)
    try log(value.metricValue, at: key, options)
  }

  /// Logs every value of a map, of maps in it too, at the key and its own keys behind it.
  ///
  /// The parameters are those of `log(_:at:)`, but for the default reduction: `.mean`, as in RLlib's `log_dict`. After an
  /// error nothing of the map is logged.
  /// - Throws: as `log(_:at:)`.
  /// - Source: RLlib, `MetricsLogger.log_dict`.
  public mutating func log(
    _ values: StateMap, at key: String? = nil, reduce: MetricReduction = .mean, window: Int? = nil,
    emaCoefficient: Double? = nil, percentiles: [Double]? = nil, clearOnReduce: Bool? = nil,
    withThroughput: Bool? = nil
  ) throws(MetricsError) {
    let options = MetricOptions(
      reduce: reduce, window: window, emaCoefficient: emaCoefficient, percentiles: percentiles,
      clearOnReduce: clearOnReduce, withThroughput: withThroughput)
    var changed = self
    try changed.log(values, under: key.map { $0 + "/" } ?? "", options)
    self = changed
  }

  private mutating func log(_ values: StateMap, under prefix: String, _ options: MetricOptions) throws(MetricsError) {
    for (key, value) in values {
      if case .map(let map) = value {
        try log(map, under: prefix + key.string + "/", options)
      } else {
        try log(value, at: prefix + key.string, options)
      }
    }
  }

  mutating func log(_ value: StateValue, at key: String, _ options: MetricOptions) throws(MetricsError) {
    if let index = metrics.index(forKey: key) {
      try metrics.values[index].settings.agree(with: options, key: key)
      try metrics.values[index].push(value, key: key)
    } else {
      var metric = Metric(try MetricSettings(options, key: key), .logged, since: clock.now())
      try metric.push(value, key: key)
      try Self.checkNew(key, in: metrics)
      metrics[key] = metric
    }
  }

  /// Removes the metric at a key, or all metrics of a group.
  /// - Throws: `MetricsError.unknownKey`.
  public mutating func delete(_ key: String) throws(MetricsError) {
    let part = MetricsPart.under(key)
    let doomed = metrics.keys.filter { part.contains($0) }
    guard !doomed.isEmpty else { throw .unknownKey(key) }
    for key in doomed { metrics[key] = nil }
  }

  /// Removes every metric.
  public mutating func reset() { metrics = [:] }

  /// Checks that a key is well formed and neither lies in a metric nor has one in it.
  /// - Throws: `MetricsError.invalidKey`, `.keyConflict`.
  static func checkNew(_ key: String, in metrics: [String: Metric]) throws(MetricsError) {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty }) else { throw .invalidKey(key) }
    for count in 1..<max(1, parts.count) {
      let group = parts.prefix(count).joined(separator: "/")
      if metrics[group] != nil { throw .keyConflict(key, with: group) }
    }
    let inside = metrics.keys.filter { $0.hasPrefix(key + "/") }.min()
    if let inside { throw .keyConflict(key, with: inside) }
  }
}
