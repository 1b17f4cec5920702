internal import FoundationEssentials

/// The clocks of a run; tests bring their own and need not sleep.
public struct TrainingClock: Sendable {
  /// The time on a clock that only goes forward.
  public var now: @Sendable () -> Duration
  /// The time of day.
  /// - Units: whole seconds since 1970, UTC.
  public var timestamp: @Sendable () -> Int

  /// Clocks from closures.
  public init(now: @escaping @Sendable () -> Duration, timestamp: @escaping @Sendable () -> Int) {
    self.now = now
    self.timestamp = timestamp
  }

  /// The machine's clocks.
  public static var machine: TrainingClock {
    let start = ContinuousClock.now
    return TrainingClock(
      now: { ContinuousClock.now - start }, timestamp: { Int(Date().timeIntervalSince1970) })
  }

  /// A timestamp as RLlib writes `date`, but in UTC: `2026-01-31_17-05-09`.
  static func date(_ timestamp: Int) -> String {
    let days = timestamp / 86_400
    let seconds = timestamp % 86_400
    let (year, month, day) = civil(days: days)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(year)-\(two(month))-\(two(day))_\(two(seconds / 3600))-\(two(seconds / 60 % 60))-\(two(seconds % 60))"
  }

  /// The date of a day counted from 1970-01-01.
  /// - Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}
