import Dispatch
import Glibc
import RLBuf
import SystemPackage

/// Takes the unfinished output away when Ctrl-C, `kill` or a lost terminal ends the command.
struct Interruption {
  private let sources: [any DispatchSourceSignal]

  /// From now on the signals delete this process's temporary files beside the output before they end it.
  init(removingTemporariesBeside output: FilePath) {
    let directory = output.removingLastComponent()
    sources = [SIGINT, SIGTERM, SIGHUP].filter { !Self.isIgnored($0) }.map { number in
      // The default would end the process before the source hears of it.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { Self.end(directory.isEmpty ? "." : directory, number) }
      source.resume()
      return source
    }
  }

  /// Puts the signals back as they were.
  func end() {
    for source in sources {
      source.cancel()
      signal(Int32(source.handle), SIG_DFL)
    }
  }

  private static func end(_ directory: FilePath, _ number: Int32) {
    _ = try? POSIXFileSystem().removeOwnTemporaries(in: directory)
    // Ended by the signal, so that a shell that runs a loop of commands stops too.
    signal(number, SIG_DFL)
    // Dispatch keeps the signal from its threads, and this is one of them.
    var mask = sigset_t()
    unsafe sigemptyset(&mask)
    unsafe sigaddset(&mask, number)
    unsafe pthread_sigmask(SIG_UNBLOCK, &mask, nil)
    raise(number)
  }

  /// Whether whoever started the command wants it to outlive the signal, as `nohup` does.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    unsafe sigaction(number, nil, &action)
    return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
