import ArgumentParser
import FoundationEssentials
import Glibc
import SystemPackage

/// When output carries colours.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never

  /// Whether standard output gets colours: on a terminal, unless NO_COLOR says no (no-color.org).
  var isOn: Bool {
    switch self {
    case .always: true
    case .never: false
    case .auto: isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["NO_COLOR", default: ""].isEmpty
    }
  }
}

/// Standard output for results, standard error for notes.
enum Console {
  /// Writes a result; a reader that has gone away (`rlbuf show FILE | head`) is no error.
  /// - Throws: `OutputLost` if it cannot be written, such as to a full disk.
  static func write(_ text: String) throws {
    let code = write(text, to: STDOUT_FILENO)
    if code != 0, code != EPIPE { throw OutputLost(code: Errno(rawValue: code)) }
  }

  /// Writes a note.
  static func note(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

  /// Writes all of a text; returns 0 or the number of the error.
  private static func write(_ text: String, to descriptor: Int32) -> Int32 {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      // The slice outlives the call, which reads at most its count.
      let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else {
        if count < 0, errno == EINTR { continue }
        return count < 0 ? errno : EIO
      }
      bytes = bytes.dropFirst(count)
    }
    return 0
  }

  /// The width of the terminal; where there is none, what COLUMNS says, or 100 columns.
  static var width: Int {
    var size = winsize()
    // TIOCGWINSZ fills the structure it is given.
    let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0
    let asked = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 0
    let width = isKnown && size.ws_col > 0 ? Int(size.ws_col) : asked
    return width >= 40 ? min(width, 10_000) : 100
  }
}

/// A line on standard error that says how far long work has come; nothing unless standard error is a terminal.
struct ProgressLine {
  private let label: String
  private let total: Int
  private let isShown = isatty(STDERR_FILENO) == 1
  private var shown = -1

  init(_ label: String, of total: Int) {
    (self.label, self.total) = (label, total)
  }

  /// Shows how much is done.
  mutating func update(_ done: Int) {
    guard isShown, total > 0 else { return }
    let percent = min(100, done * 100 / total)
    guard percent != shown else { return }
    shown = percent
    Console.progress("\r\(label) \(percent) %")
  }

  /// Takes the line away.
  func end() {
    if isShown, shown >= 0 { Console.progress("\r\u{1b}[K") }
  }
}

extension Console {
  /// Writes what is taken away again, to standard error.
  static func progress(_ text: String) { _ = write(text, to: STDERR_FILENO) }
}

/// A result that did not arrive.
struct OutputLost: Error, CustomStringConvertible {
  let code: Errno

  var description: String { "cannot write to standard output: \("\(code)".lowercased()); the output is not complete" }
}
