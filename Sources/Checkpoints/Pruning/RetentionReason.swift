/// Why a checkpoint or dump stays.
public enum RetentionReason: Sendable, Hashable {
  /// It is the newest that is verified.
  case newest
  /// It is one of the last ones that stay.
  case last
  /// It is one of the best: the value of the metric.
  case best(Double)
  /// Its iteration is a multiple of the period.
  case every
  /// It is neither too old nor is there too much of all.
  case withinLimits
  /// Its replay buffer has more than ten times the steps of the newest one's: how many.
  case largerBuffer(steps: Int)
  /// The checkpoint of this iteration was saved without its replay buffer and is restored with this dump.
  case neededBy(iteration: Int)
  /// It is not this run's, or holds what is not: what was found. It does not count.
  case foreign(String)
  /// It is not as it was saved: what was found. It does not count.
  case damaged(String)
  /// There is no checkpoint that is verified, and this holds what was moved aside.
  case lastResort
}

extension RetentionReason: CustomStringConvertible {
  /// A few words.
  public var description: String {
    switch self {
    case .newest: "newest"
    case .last: "among the last"
    case .best(let value): "among the best (\(value))"
    case .every: "every so many"
    case .withinLimits: "within age and bytes"
    case .largerBuffer(let steps): "the last with a larger buffer (\(steps) steps)"
    case .neededBy(let iteration): "needed by the checkpoint of iteration \(iteration)"
    case .foreign(let found): "left alone: \(found)"
    case .damaged(let reason): "not counted: \(reason)"
    case .lastResort: "no other checkpoint is verified"
    }
  }
}
