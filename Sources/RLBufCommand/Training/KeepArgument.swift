import ArgumentParser
import RLBuf

/// Which checkpoints stay, as the command line says it: `all`, `3`, or `last:3,best:2,every:10,age:7d,bytes:2GB`.
struct KeepArgument {
  /// What stays; nil for all.
  let retention: Retention?

  /// What can be given, for messages and help.
  static let possibilities =
    "all, how many of the newest, or a list such as last:3,best:2,every:10,age:7d,bytes:2GB; best:2:KEY takes another result "
    + "than env_runners/episode_return_mean, best:2:KEY:min the smallest"

  /// Reads it.
  /// - Throws: `ValidationError` that says what is possible.
  init(parsing text: String) throws {
    guard text != "all" else {
      retention = nil
      return
    }
    var retention = Retention()
    for rule in text.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = rule.split(separator: ":", omittingEmptySubsequences: false)
      try Self.take(parts.count == 1 ? ["last", rule] : parts, &retention)
    }
    do { try retention.requireSound() } catch { throw ValidationError("\(error)") }
    self.retention = retention
  }

  private static func take(_ parts: [Substring], _ retention: inout Retention) throws {
    switch (parts[0], parts.count) {
    case ("last", 2): retention.last = try count(parts[1])
    case ("every", 2): retention.every = try count(parts[1])
    case ("bytes", 2): retention.bytes = try bytes(parts[1])
    case ("age", 2):
      guard case .time(let age) = try Every(parsing: String(parts[1])) else { throw wrong(parts) }
      retention.age = age
    case ("best", 2...4):
      let mode = parts.count < 4 ? .max : Retention.Best.Mode(rawValue: String(parts[3]))
      guard let mode else { throw wrong(parts) }
      let metric = parts.count < 3 ? "env_runners/episode_return_mean" : String(parts[2])
      retention.best = .init(try count(parts[1]), metric: metric, mode: mode)
    default: throw wrong(parts)
    }
  }

  private static func count(_ text: Substring) throws -> Int {
    guard let count = Int(text), count > 0 else { throw wrong([text]) }
    return count
  }

  /// Reads `2000000`, `500kB`, `20MB` or `2GB`.
  private static func bytes(_ text: Substring) throws -> Int {
    let units = [("", 1), ("b", 1), ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000)]
    guard let parts = text.wholeMatch(of: /([0-9]+)([A-Za-z]*)/), let number = Int(parts.1),
      let unit = units.first(where: { $0.0 == parts.2.lowercased() })?.1
    else { throw wrong([text]) }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    guard product > 0, !overflow else { throw wrong([text]) }
    return product
  }

  private static func wrong(_ parts: [Substring]) -> ValidationError {
    ValidationError("\"\(parts.joined(separator: ":"))\" does not say what stays; give \(possibilities)")
  }
}
