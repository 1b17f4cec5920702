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
    Date(timeIntervalSince1970: TimeInterval(timestamp)).formatted(
      .iso8601.year().month().day().time(includingFractionalSeconds: false).dateTimeSeparator(.standard)
    ).replacing("T", with: "_").replacing(":", with: "-")
  }
}
