import FileSystems
import StateTree
import Synchronization
import SystemPackage

@testable import Training

/// A clock that stands until it is moved.
final class HandClock: Sendable {
  private let time = Mutex<Duration>(.zero)

  var clock: TrainingClock { TrainingClock(now: { self.time.withLock { $0 } }, timestamp: { 1_700_000_000 }) }

  func move(_ duration: Duration) { time.withLock { $0 += duration } }
}

/// Loggers of two runners and the one above them.
struct Family {
  var a: MetricsLogger
  var b: MetricsLogger
  var root: MetricsLogger

  init(clock: TrainingClock = .machine) {
    a = MetricsLogger(clock: clock)
    b = MetricsLogger(clock: clock)
    root = MetricsLogger(.root, clock: clock)
  }

  /// Both runners hand over and the root merges.
  mutating func merge() throws { try root.merge([a.reduce(), b.reduce()], under: "x") }

  /// The root's result.
  mutating func report() -> TrainingResult {
    var result = TrainingResult()
    root.report(into: &result)
    return result
  }
}

extension MetricsLogger {
  /// The result of all metrics.
  mutating func report() -> TrainingResult {
    var result = TrainingResult()
    report(into: &result)
    return result
  }
}

extension StateValue {
  /// Whether both are the same up to rounding: numbers within 1e-12 of their size, NaN as NaN.
  func isNear(_ other: StateValue) -> Bool {
    if let a = metricNumber?.value, let b = other.metricNumber?.value {
      return a.isNaN && b.isNaN || a == b || abs(a - b) <= 1e-12 * Swift.max(abs(a), abs(b))
    }
    switch (self, other) {
    case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy { $0.isNear($1) }
    case (.map(let a), .map(let b)):
      return a.count == b.count && a.allSatisfy { key, value in b[key].map { value.isNear($0) } ?? false }
    default: return self == other
    }
  }
}

/// The root of the repository.
let repository: FilePath = {
  var path = FilePath(#filePath)
  for _ in 0..<4 { path.removeLastComponent() }
  return path
}()
