import Dispatch
import Glibc
import RLBuf
import SystemPackage

/// Does something before Ctrl-C, `kill` or a lost terminal ends the command, or instead.
struct Interruption {
  private let sources: [any DispatchSourceSignal]
  private let queue = DispatchQueue(label: "rlbuf.signals")

  /// From now on the signals delete this process's temporary files beside the output before they end it.
  init(removingTemporariesBeside output: FilePath) {
    let parent = output.removingLastComponent()
    let directory = parent.isEmpty ? "." : parent
    self.init { number in
      POSIXFileSystem().removeOwnTemporaries(in: directory) { Self.endProcess(by: number) }
    }
  }

  /// From now on the signals call `handler` on a thread of their own, one at a time, and end nothing. A signal that
  /// whoever started the command lets it ignore stays ignored.
  init(_ handler: @escaping @Sendable (Int32) -> Void) {
    let queue = queue
    let registrations = DispatchGroup()
    sources = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }.map { number in
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { handler(number) }
      registrations.enter()
      source.setRegistrationHandler { registrations.leave() }
      source.resume()
      return source
    }
    // Sources listen a little after they are resumed; until then a signal ends the process, and nothing is written yet.
    registrations.wait()
  }

  /// Puts the signals back as they were, after a handler that is under way: one that ends the process ends it here,
  /// and what its work broke is no error.
  func end() {
    for source in sources { source.cancel() }
    queue.sync {}
    for source in sources { signal(Int32(source.handle), SIG_DFL) }
  }

  /// Ends the process as the signal would have, so that a shell that runs a loop of commands stops too.
  static func endProcess(by number: Int32) -> Never {
    signal(number, SIG_DFL)
    // Dispatch keeps the signal from its threads, and this is one of them.
    var mask = sigset_t()
    unsafe sigemptyset(&mask)
    unsafe sigaddset(&mask, number)
    unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    raise(number)
    _exit(128 + number)
  }

  /// Whether whoever started the command wants it to outlive the signal, as `nohup` does.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    unsafe sigaction(number, nil, &action)
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
