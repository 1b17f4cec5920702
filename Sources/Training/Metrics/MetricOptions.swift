/// What a call of `log` says of its metric; nil is what it does not say.
struct MetricOptions: Sendable {
  var reduce: MetricReduction?
  var window: Int?
  var emaCoefficient: Double?
  var percentiles: [Double]?
  var clearOnReduce: Bool?
  var withThroughput: Bool?

  /// The reduction that is meant: RLlib's rules for what is not said.
  /// - Source: RLlib, `MetricsLogger.log_value`.
  var reduction: MetricReduction? {
    if reduce == .sum, clearOnReduce == false { return .lifetimeSum }
    return reduce ?? (window != nil ? .mean : nil)
  }
}

/// How a metric reduces, settled by the first call that logs it.
struct MetricSettings: Sendable, Equatable {
  var reduction: MetricReduction
  /// The most values that are kept; nil for all.
  var window: Int?
  /// The weight of a new value, for `.ema`.
  var emaCoefficient = MetricReduction.defaultEMACoefficient
  /// In percent, for `.percentiles`.
  var percentiles: [Double] = []
  /// Whether a reduction empties it where it is logged.
  var clears: Bool
  var measuresThroughput = false

  /// The settings that the options mean for a new metric.
  /// - Throws: `MetricsError.invalidOption`.
  init(_ options: MetricOptions, key: String) throws(MetricsError) {
    reduction = options.reduction ?? .ema
    window = options.window
    clears = options.clearOnReduce ?? (reduction != .ema && reduction != .lifetimeSum)
    measuresThroughput = options.withThroughput ?? false
    if let coefficient = options.emaCoefficient {
      guard reduction == .ema else { throw Self.needless("emaCoefficient", "\(coefficient)", ".ema", key, reduction) }
      emaCoefficient = coefficient
    }
    if reduction == .percentiles {
      percentiles = options.percentiles ?? MetricReduction.defaultPercentiles
    } else if let given = options.percentiles {
      throw Self.needless("percentiles", "\(given)", ".percentiles", key, reduction)
    }
    try check(key)
  }

  /// Checks values and combinations.
  /// - Throws: `MetricsError.invalidOption`.
  func check(_ key: String) throws(MetricsError) {
    try checkWindow(key)
    guard emaCoefficient > 0, emaCoefficient <= 1 else {
      throw .invalidOption(
        key: key, option: "emaCoefficient", found: "\(emaCoefficient)", expected: "a number above 0 and at most 1")
    }
    guard reduction != .percentiles || !percentiles.isEmpty, percentiles.allSatisfy({ $0 >= 0 && $0 <= 100 }) else {
      throw .invalidOption(
        key: key, option: "percentiles", found: "\(percentiles)", expected: "at least one, each from 0 to 100")
    }
    guard !measuresThroughput || reduction == .sum || reduction == .lifetimeSum else {
      throw Self.needless("withThroughput", "true", ".sum or .lifetimeSum", key, reduction)
    }
    if clears, reduction == .lifetimeSum {
      throw .invalidOption(
        key: key, option: "clearOnReduce", found: "true", expected: "none with .lifetimeSum; .sum is emptied")
    }
  }

  private func checkWindow(_ key: String) throws(MetricsError) {
    if let window {
      guard ![.ema, .lifetimeSum, .item].contains(reduction) else {
        throw Self.needless(
          "window", "\(window)", ".mean, .min, .max, .sum, .percentiles or .itemSeries", key, reduction)
      }
      guard window > 0 else {
        throw .invalidOption(key: key, option: "window", found: "\(window)", expected: "1 or more")
      }
    }
    // A sum that goes on is `.lifetimeSum`; the others here would grow without end.
    let growsForever = window == nil && [.mean, .percentiles, .itemSeries].contains(reduction)
    guard clears || reduction != .sum && !growsForever else {
      throw .invalidOption(
        key: key, option: "clearOnReduce", found: "false", expected: "a window with it, or .lifetimeSum for a sum")
    }
  }

  private static func needless(
    _ option: String, _ found: String, _ needed: String, _ key: String, _ reduction: MetricReduction
  ) -> MetricsError {
    .invalidOption(key: key, option: option, found: found, expected: "none with .\(reduction); it is for \(needed)")
  }

  /// Checks that a later call means the same metric; what it does not say is as before.
  /// - Throws: `MetricsError.otherOption`.
  func agree(with options: MetricOptions, key: String) throws(MetricsError) {
    try Self.same("reduce", reduction, options.reduce == nil ? nil : options.reduction, key)
    try Self.same("window", window, options.window, key)
    try Self.same("emaCoefficient", emaCoefficient, options.emaCoefficient, key)
    try Self.same("percentiles", percentiles, options.percentiles, key)
    try Self.same("clearOnReduce", clears, options.clearOnReduce, key)
    try Self.same("withThroughput", measuresThroughput, options.withThroughput, key)
  }

  private static func same<Value: Equatable>(
    _ option: String, _ has: Value?, _ given: Value?, _ key: String
  ) throws(MetricsError) {
    guard let given, given != has else { return }
    throw .otherOption(key: key, option: option, has: has.map { "\($0)" } ?? "none", given: "\(given)")
  }
}
