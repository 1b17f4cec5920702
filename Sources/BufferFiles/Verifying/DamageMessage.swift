internal import StateTree
internal import Zstandard

/// The messages of damages, each on one line; places are added by `Damage.description`.
enum DamageMessage {
  static func cut(at byte: Int, frames: Int) -> String {
    "the file ends here, at byte \(byte), after \(frames) whole frames and without index, summary and seek table; "
      + "take another copy, or the rows before, for which only zstd's checksums vouch"
  }

  static func frame(_ error: ZstandardError) -> String { "it is no sound zstd frame: \(error)" }

  static func lost(_ error: ZstandardError) -> String {
    "it is no sound zstd frame, and nothing says where the next one begins: \(error)"
  }

  static func tooManyFrames() -> String { "more than \(FormatLimits.frames) frames, the limit of a file" }

  static func record(_ error: RecordError) -> String { "its record cannot stand there: \(error.description)" }

  static func digest(stored: [UInt8], computed: [UInt8]) -> String {
    "its bytes are not those that were written: SHA-256 stored \(stored.hexadecimal.prefix(8)), "
      + "computed \(computed.hexadecimal.prefix(8))"
  }

  static func index(_ what: String, stored: some CustomStringConvertible, found: some CustomStringConvertible) -> String
  {
    "the index says \(what) \(stored), found \(found)"
  }

  static func statistics(_ column: String) -> String {
    "the index has other bounds or another NaN count for the column \"\(column)\" than its rows"
  }

  static func summary(_ what: String, stored: some CustomStringConvertible, found: some CustomStringConvertible)
    -> String
  {
    "the summary says \(what) \(stored), found \(found)"
  }

  static func summaryStatistics(_ what: String) -> String {
    "the summary has other statistics of \(what) than the frames"
  }

  static let otherHeader = "the summary names another header than the one found"
  static let otherIndex = "the summary names other parts of an index than those found"
  static let unnamedIndex = "the summary does not name this part of the index"
  static func unlisted(_ count: Int) -> String { "the index lists \(count) frames and not this one" }
  static func episodes(_ contradiction: String) -> String { "the table of episodes has \(contradiction)" }
  static let noIndex = "the index is not whole, so that the digests of the frames cannot be checked"
  static let noSummary = "there is no summary"
  static let notCanonical = "the summary's frame is not the canonical one of its record"
  static let notLast = "frames follow the summary"

  static func seekTable(stored: Int, expected: Int) -> String {
    stored == expected
      ? "it is not the one of these frames"
      : "it has \(stored) bytes, the one of these frames has \(expected)"
  }

  static func trailingBytes(_ count: Int) -> String { "\(count) bytes follow the seek table" }
}
