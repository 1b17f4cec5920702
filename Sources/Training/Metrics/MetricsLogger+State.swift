public import StateTree

/// Metrics as a map from keys to their states.
enum MetricsCoding {
  static func state(_ metrics: [String: Metric]) -> StateValue {
    .map(StateMap(metrics.sorted { $0.key < $1.key }.map { (StateKey($0.key), $0.value.state) }))
  }

  /// - Throws: `StateTreeError`, `MetricsError` for keys and settings that cannot be.
  static func metrics(_ reader: StateReader, since time: Duration) throws -> [String: Metric] {
    var metrics: [String: Metric] = [:]
    for key in reader.map.keys {
      let metric = try Metric(try reader.reader(key), key: key.string, since: time)
      // Two spellings of one accent are two keys of a state and one of a logger.
      if metrics[key.string] != nil { throw MetricsError.keyConflict(key.string, with: key.string) }
      try MetricsLogger.checkNew(key.string, in: metrics)
      metrics[key.string] = metric
    }
    return metrics
  }
}

extension MetricsLogger: Checkpointable {
  /// Every metric with its settings, windows, averages and sums. Times are left out.
  public var state: StateValue { ["metrics": MetricsCoding.state(metrics)] }

  /// Goes on with the metrics of the state, whatever was logged before; throughput is measured from now on.
  /// - Throws: `StateTreeError`, `MetricsError` for keys and settings that cannot be.
  public mutating func restore(from state: StateValue) throws {
    metrics = try MetricsCoding.metrics(StateReader(state).reader("metrics"), since: clock.now())
  }

  /// Checks that no window holds more than it may.
  /// - Throws: `TrainingError.brokenInvariant`.
  public func checkInvariants() throws {
    for key in keys {
      if let problem = metrics[key]?.problem(key) { throw TrainingError.brokenInvariant(problem) }
    }
  }
}
