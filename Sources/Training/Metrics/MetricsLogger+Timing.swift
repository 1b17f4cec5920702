internal import StateTree

/// A time measurement that has begun.
public struct MetricTimer: Sendable {
  let key: String
  let options: MetricOptions
  let start: Duration
}

extension MetricsLogger {
  /// Runs `body` and logs how long it took.
  ///
  /// The logger cannot be used inside `body`; `startTimer` and `stop` have no such limit. What `body` takes until it throws
  /// is logged too.
  /// - Parameters:
  ///   - key: Names with `/` between them.
  ///   - reduce: How times become one. Default: `.ema`, with a window `.mean`.
  ///   - window: The most times that count. Default: all.
  ///   - emaCoefficient: The weight of a new time, for `.ema`. Default: 0.01.
  /// - Units: seconds.
  /// - Throws: what `body` throws, else as `log(_:at:)`.
  /// - Source: RLlib, `MetricsLogger.log_time`.
  public mutating func time<Result>(
    _ key: String, reduce: MetricReduction? = nil, window: Int? = nil, emaCoefficient: Double? = nil,
    _ body: () throws -> Result
  ) throws -> Result {
    let timer = startTimer(key, reduce: reduce, window: window, emaCoefficient: emaCoefficient)
    let result: Result
    do { result = try body() } catch {
      try? stop(timer)
      throw error
    }
    try stop(timer)
    return result
  }

  /// Begins to measure a time; several may be measured at once, for one key too.
  ///
  /// The parameters are those of `time`.
  public func startTimer(
    _ key: String, reduce: MetricReduction? = nil, window: Int? = nil, emaCoefficient: Double? = nil
  ) -> MetricTimer {
    let options = MetricOptions(reduce: reduce, window: window, emaCoefficient: emaCoefficient)
    return MetricTimer(key: key, options: options, start: clock.now())
  }

  /// Logs the time since the timer was started.
  /// - Units: seconds.
  /// - Throws: as `log(_:at:)`.
  public mutating func stop(_ timer: MetricTimer) throws(MetricsError) {
    try log(.double((clock.now() - timer.start).seconds), at: timer.key, timer.options)
  }
}
