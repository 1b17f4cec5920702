import Glibc
import RLBuf
import Synchronization

/// A bar on standard error that says how far the iteration under way is; nothing unless standard error is a terminal.
///
/// What else is written to the terminal takes it away first.
final class IterationBar: Sendable {
  private static let cells = 20
  private static let interval = Duration.milliseconds(100)

  private struct State {
    var isShown = false
    var last: ContinuousClock.Instant?
  }

  private let state = Mutex(State())
  /// Nil where there is no terminal to show it on, so that nothing is done there at all.
  private let isTerminal: Bool

  init(isWanted: Bool) { isTerminal = isWanted && isatty(STDERR_FILENO) == 1 }

  /// What training calls now and then; nil if nobody looks.
  var observer: (@Sendable (IterationProgress) -> Void)? {
    guard isTerminal else { return nil }
    return { self.show($0) }
  }

  /// Shows the bar, ten times a second at most.
  private func show(_ progress: IterationProgress) {
    state.withLock { state in
      let now = ContinuousClock.now
      if let last = state.last, now - last < Self.interval { return }
      (state.last, state.isShown) = (now, true)
      Console.progress("\r\u{1b}[K" + Self.text(progress))
    }
  }

  /// Takes the bar away, so that something else can be written.
  func clear() {
    state.withLock { state in
      if state.isShown { Console.progress("\r\u{1b}[K") }
      state.isShown = false
    }
  }

  /// `iteration 3  ████████░░░░░░░░░░░░  412 of 1,000 steps`.
  static func text(_ progress: IterationProgress) -> String {
    let total = max(1, progress.wantedSteps)
    let full = min(cells, progress.steps * cells / total)
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: cells - full)
    return "iteration \(NumberText.count(progress.iteration))  \(bar)  "
      + "\(NumberText.count(progress.steps)) of \(NumberText.count(total)) steps"
  }
}
