/// How long the parts of an iteration took, for `timers` in the result.
///
/// Deviation: the mean over the calls of the iteration, where RLlib gives an average that its first value dominates.
public struct Stopwatch: Sendable {
  private var totals: [String: (seconds: Double, calls: Int)] = [:]
  private let clock: TrainingClock

  /// No time yet.
  public init(_ clock: TrainingClock) { self.clock = clock }

  /// Runs `body` and counts its time under `name`.
  public mutating func time<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
    let start = clock.now()
    defer { add(clock.now() - start, to: name) }
    return try body()
  }

  /// Counts one call that took so long.
  public mutating func add(_ duration: Duration, to name: String) {
    totals[name, default: (0, 0)].seconds += duration.seconds
    totals[name, default: (0, 0)].calls += 1
  }

  /// Writes the mean seconds a call under `timers` and begins anew.
  mutating func report(into result: inout TrainingResult) {
    for (name, total) in totals.sorted(by: { $0.key < $1.key }) {
      result["timers/\(name)"] = total.seconds / Double(max(1, total.calls))
    }
    totals = [:]
  }
}
