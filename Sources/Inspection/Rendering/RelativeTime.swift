/// How long ago something was, as people say it.
enum RelativeTime {
  private static let minute: Int64 = 60
  private static let hour: Int64 = 3600
  private static let day: Int64 = 86_400

  /// A length of time in its two largest units: `40 s`, `3 min 20 s`, `5 h 12 min`, `12 days 3 h`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return NumberText.number(seconds) + " s" }
    let whole = Int64(seconds.rounded())
    return switch whole {
    case ..<minute: "\(NumberText.number(seconds, digits: 3)) s"
    case ..<hour: "\(whole / minute) min \(whole % minute) s"
    case ..<day: "\(whole / hour) h \(whole % hour / minute) min"
    default: "\(NumberText.count(whole / day)) days \(whole % day / hour) h"
    }
  }

  /// `just now`, `40 s ago`, `3 min ago`, `5 h ago`, `12 days ago`; from 60 days on the date, and so in the future.
  /// - Parameters:
  ///   - seconds: the moment, in seconds since 1970.
  ///   - now: the moment it is told, in seconds since 1970.
  static func text(_ seconds: Int64, now: Int64) -> String {
    let (age, overflow) = now.subtractingReportingOverflow(seconds)
    // A clock that runs a little behind is no news from the future.
    guard !overflow, age > -2 * minute, age < 60 * day else { return String(ISO8601.text(seconds: seconds).prefix(10)) }
    return switch age {
    case ..<2: "just now"
    case ..<(2 * minute): "\(age) s ago"
    case ..<(2 * hour): "\(age / minute) min ago"
    case ..<(2 * day): "\(age / hour) h ago"
    default: "\(age / day) days ago"
    }
  }
}
