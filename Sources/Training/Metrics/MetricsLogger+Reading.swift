public import StateTree

extension MetricsLogger {
  /// The keys of all metrics, in order.
  public var keys: [String] { metrics.keys.sorted() }

  /// Whether there is a metric or a group of metrics at a key.
  public func contains(_ key: String) -> Bool {
    metrics[key] != nil || metrics.keys.contains { $0.hasPrefix(key + "/") }
  }

  /// What a metric comes to now, or a map of all metrics of a group. Nothing is emptied.
  /// - Throws: `MetricsError.unknownKey`.
  public func peek(_ key: String) throws(MetricsError) -> StateValue {
    try read(key) { (metric, _) throws(MetricsError) in metric.value }
  }

  /// What a metric or a group comes to now, or the default where there is none.
  public func peek(_ key: String, default value: StateValue) -> StateValue { (try? peek(key)) ?? value }

  /// All metrics as they are now. Nothing is emptied.
  public func peek() -> StateMap {
    var map = StateMap()
    for key in keys { map.set(metrics[key]?.value, at: TrainingResult.keys(key)) }
    return map
  }

  /// What the last merge at a key came to, or a map of those of a group: the last evaluation, whatever came before it.
  /// - Throws: `MetricsError.unknownKey`, `.neverMerged` for a metric that is logged here.
  /// - Source: RLlib, `peek(latest_merged_only=True)`.
  public func peekLatestMerge(_ key: String) throws(MetricsError) -> StateValue {
    try read(key) { (metric, key) throws(MetricsError) in try metric.latestValue(key: key) }
  }

  /// The number at a key, integers as doubles; nil if there is none.
  public subscript(key: String) -> Double? { metrics[key]?.value.metricNumber?.value }

  /// What comes in a second at a key: a number, or for a lifetime sum a map; nil if it is not measured there.
  /// - Source: RLlib, `peek(throughput=True)`.
  public func throughput(_ key: String) -> StateValue? {
    metrics[key]?.throughput(at: clock.now(), isRoot: role == .root)
  }

  private func read(
    _ key: String, _ value: (Metric, String) throws(MetricsError) -> StateValue
  ) throws(MetricsError) -> StateValue {
    if let metric = metrics[key] { return try value(metric, key) }
    var map = StateMap()
    for inner in keys where inner.hasPrefix(key + "/") {
      guard let metric = metrics[inner] else { continue }
      map.set(try value(metric, inner), at: TrainingResult.keys(String(inner.dropFirst(key.count + 1))))
    }
    guard !map.isEmpty else { throw .unknownKey(key) }
    return .map(map)
  }
}
