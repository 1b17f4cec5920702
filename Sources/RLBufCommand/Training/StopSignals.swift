import Glibc
import Synchronization

/// Ends a run at the end of the iteration under way when Ctrl-C, `kill` or a lost terminal asks for it.
///
/// A second signal ends the process at once, as it would without this.
final class StopSignals: Sendable {
  private let number = Atomic<Int32>(0)
  private let announce: @Sendable (Int32) -> Void

  /// Listens from now on; `announce` is called at the first signal.
  init(announce: @escaping @Sendable (Int32) -> Void) { self.announce = announce }

  /// The signal that came, nil if none did.
  var received: Int32? {
    let number = number.load(ordering: .acquiring)
    return number == 0 ? nil : number
  }

  /// Takes note of a signal, or ends the process if it is the second.
  func receive(_ signal: Int32) {
    let (isFirst, _) = number.compareExchange(expected: 0, desired: signal, ordering: .acquiringAndReleasing)
    guard isFirst else { Interruption.endProcess(by: signal) }
    announce(signal)
  }

  /// `SIGINT` and so on.
  static func name(_ number: Int32) -> String {
    switch number {
    case SIGINT: "SIGINT"
    case SIGTERM: "SIGTERM"
    case SIGHUP: "SIGHUP"
    default: "signal \(number)"
    }
  }
}
