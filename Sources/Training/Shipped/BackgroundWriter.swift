internal import Dispatch
internal import Synchronization

/// Writes files beside the training, one at a time, and gives account of each before the next is begun.
///
/// What is written must not change meanwhile: a snapshot. A process that ends in an orderly way waits for the file under
/// way (`BackgroundWriter+Exit.swift`).
final class BackgroundWriter: Sendable {
  /// Writes a file; returns a warning if it was not written for a reason that training need not stop for.
  typealias Job = @Sendable () throws -> String?

  private let queue = DispatchQueue(label: "rlbuf.background-writer")
  private let work = DispatchGroup()
  private let outcome = Mutex<Result<String?, any Error>?>(nil)
  private let waitsAtExit = Mutex(false)
  private let warn: @Sendable (String) -> Void

  /// - Parameter warn: Where warnings go.
  init(warn: @escaping @Sendable (String) -> Void) { self.warn = warn }

  /// Begins to write.
  /// - Throws: what the file before it came to; nothing is begun then.
  func begin(_ job: @escaping Job) throws {
    try settle()
    let isFirst = waitsAtExit.withLock { waits in
      defer { waits = true }
      return !waits
    }
    if isFirst { waitAtExit() }
    queue.async(group: work) {
      let result = Result { try job() }
      self.outcome.withLock { $0 = result }
    }
  }

  /// Waits for the file under way and gives account of it, once.
  /// - Throws: what writing it threw.
  func settle() throws {
    work.wait()
    let result = outcome.withLock { outcome in
      defer { outcome = nil }
      return outcome
    }
    if let warning = try result?.get() { warn(warning) }
  }

  /// Gives account of a file that is finished, without waiting for one that is not.
  /// - Throws: as `settle()`.
  func settleIfFinished() throws {
    if work.wait(timeout: .now()) == .success { try settle() }
  }

  /// Waits where nobody is left who could deal with an error, and warns of it.
  func settleAtEnd() {
    do { try settle() } catch { warn("\(error)") }
  }
}
