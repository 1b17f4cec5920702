/// Why a metric cannot be logged, read or merged. The logger is as it was before.
public enum MetricsError: Error, Sendable, Equatable {
  /// A key that is empty or has an empty part.
  case invalidKey(String)
  /// Nothing was logged or merged at this key.
  case unknownKey(String)
  /// A metric at a key that is a group of others, or the other way round.
  case keyConflict(String, with: String)
  /// An option that its reduction does not have, or a value that it cannot have.
  case invalidOption(key: String, option: String, found: String, expected: String)
  /// A metric was logged with one reduction or option and is logged with another.
  case otherOption(key: String, option: String, has: String, given: String)
  /// A value that is no number, for a reduction that computes.
  case notANumber(key: String, reduction: MetricReduction, found: String)
  /// NaN for percentiles, which have no place for it.
  case unorderedValue(key: String)
  /// A key that is merged from other loggers was to be logged.
  case merged(key: String)
  /// A key that was logged here was to be merged from other loggers.
  case logged(key: String)
  /// Several loggers have an item at a key that holds one.
  case severalItems(key: String, count: Int)
  /// What was merged last is wanted of a metric that is logged here.
  case neverMerged(key: String)
}
