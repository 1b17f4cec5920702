/// How the values of a metric become one: RLlib's reductions under RLlib's names.
/// - Source: RLlib, `metrics/metrics_logger.py`, `DEFAULT_STATS_CLS_LOOKUP`.
public enum MetricReduction: String, Sendable, CaseIterable {
  /// The mean; NaN values are left out, no value at all is NaN.
  case mean
  /// The exponential moving average: `ema = c * value + (1 - c) * ema`, beginning with the first value.
  case ema
  /// The least value, NaN left out; NaN if there is none.
  case min
  /// The greatest value, NaN left out; NaN if there is none.
  case max
  /// The sum since the last reduction, NaN left out.
  ///
  /// Deviation: with nothing logged it is 0, where RLlib gives NaN: an idle counter has counted nothing.
  case sum
  /// The sum over the whole run. A logger that is not the root hands on what came since the last reduction.
  case lifetimeSum = "lifetime_sum"
  /// Percentiles of all values, linear between neighbours; nil for each if there is no value.
  case percentiles
  /// The last value, of any type; nil if there is none.
  case item
  /// All values in order, of any type.
  case itemSeries = "item_series"

  /// The percentiles that RLlib gives unless told others.
  public static let defaultPercentiles: [Double] = [0, 50, 75, 90, 95, 99, 100]
  /// The weight of a new value in an exponential moving average unless told another.
  public static let defaultEMACoefficient = 0.01

  /// Whether it takes values of any type.
  var takesAnything: Bool { self == .item || self == .itemSeries }
}
