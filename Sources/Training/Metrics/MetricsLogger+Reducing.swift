public import StateTree

extension MetricsLogger {
  /// Hands over what was gathered, for a logger above to merge, and begins a new cycle.
  ///
  /// Averages go on, a root's lifetime sums too; everything else begins anew. Default: all metrics.
  /// - Source: RLlib, `MetricsLogger.reduce(compile=False)`.
  public mutating func reduce(_ part: MetricsPart = .all) -> ReducedMetrics {
    let chosen = metrics.filter { part.contains($0.key, $0.value) }
    beginCycle(chosen.keys)
    return ReducedMetrics(chosen.mapValues(\.handedOver))
  }

  /// Writes what the metrics come to into a result, throughput at the key with `_throughput` behind it, and begins a new
  /// cycle. Default: all metrics, those that are idle too, as RLlib does.
  ///
  /// `.changed` writes what came after a report, such as what callbacks log in `onTrainResult`; `.under("evaluation")`
  /// and `.outside("evaluation")` keep an evaluation out of the iterations that have none.
  /// - Source: RLlib, `MetricsLogger.compile`. Deviation: a series of one item stays a list.
  public mutating func report(into result: inout TrainingResult, _ part: MetricsPart = .all) {
    let now = clock.now()
    let chosen = metrics.filter { part.contains($0.key, $0.value) }
    for (key, metric) in chosen.sorted(by: { $0.key < $1.key }) {
      result.set(metric.value, at: key)
      if let throughput = metric.throughput(at: now, isRoot: role == .root) {
        result.set(throughput, at: key + "_throughput")
      }
    }
    beginCycle(chosen.keys)
  }

  /// Merges what several loggers handed over, in the order given: that of the runners' indices, so that equal runs have
  /// equal results. Every logger's value has equal weight; the mean is a mean of means.
  ///
  /// After an error nothing is merged.
  /// - Parameter group: The key under which all keys are merged. Default: none.
  /// - Throws: `MetricsError`: `.invalidKey`, `.keyConflict`, `.otherOption`, `.logged`, `.severalItems`.
  /// - Source: RLlib, `MetricsLogger.aggregate`.
  public mutating func merge(_ reduced: [ReducedMetrics], under group: String? = nil) throws(MetricsError) {
    var incoming: [String: [Metric]] = [:]
    for reduced in reduced {
      for (key, metric) in reduced.metrics { incoming[group.map { "\($0)/\(key)" } ?? key, default: []].append(metric) }
    }
    let merged = incoming.sorted { $0.key < $1.key }
    // New keys first, taken back if anything does not fit, so that an error leaves the logger as it was.
    var added: [String] = []
    do throws(MetricsError) {
      for (key, others) in merged {
        if metrics[key] == nil, let first = others.first {
          try Self.checkNew(key, in: metrics)
          metrics[key] = Metric(first.settings, .merged, since: start)
          added.append(key)
        }
        try metrics[key]?.check(merging: others, key: key)
      }
    } catch {
      for key in added { metrics[key] = nil }
      throw error
    }
    for (key, others) in merged { metrics[key]?.merge(others) }
  }

  private mutating func beginCycle(_ keys: some Sequence<String>) {
    let now = clock.now()
    for key in keys { metrics[key]?.beginCycle(at: now, isRoot: role == .root) }
  }
}

/// What a logger hands over when it reduces: reduced values with what is needed to merge them.
///
/// `state` is its form for a journey to another process.
public struct ReducedMetrics: Sendable {
  let metrics: [String: Metric]

  init(_ metrics: [String: Metric]) { self.metrics = metrics }

  /// Nothing was logged.
  static var none: ReducedMetrics { ReducedMetrics([:]) }

  /// The keys of all metrics, in order.
  public var keys: [String] { metrics.keys.sorted() }

  /// What a metric came to, nil if there is none at the key.
  public subscript(key: String) -> StateValue? { metrics[key]?.value }

  /// The values with their settings, as a value that can be encoded.
  public var state: StateValue { MetricsCoding.state(metrics) }

  /// What the state was taken from.
  /// - Throws: `StateTreeError`, `MetricsError`.
  public init(_ state: StateValue) throws {
    metrics = try MetricsCoding.metrics(StateReader(state), since: .zero)
    for (key, metric) in metrics where metric.origin == .logged { throw MetricsError.logged(key: key) }
  }
}
