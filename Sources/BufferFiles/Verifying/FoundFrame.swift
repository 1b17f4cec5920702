internal import StateTree
internal import Zstandard

/// What was found in one frame of a file, whatever index and summary say.
struct FoundFrame {
  /// Its number, its place and its SHA-256.
  let number: Int
  let offset: Int
  let compressedBytes: Int
  let sha256: [UInt8]
  /// What a seek table says of it; nil if its header or blocks are damaged.
  var seekEntry: SeekTable.Entry?
  /// What it holds; nil if that cannot be read.
  var content: Content?

  /// The kinds of records with what is remembered of them.
  enum Content {
    /// A record that the index lists, as it should list it.
    case listed(FrameEntry)
    /// A part of the index.
    case index(first: Int, entries: [FrameEntry])
    /// The summary.
    case summary(FileSummary)
  }

  /// Whether the index should list it.
  var isListed: Bool { if case .listed? = content { true } else { false } }
  /// Whether it is a part of the index.
  var isIndex: Bool { if case .index? = content { true } else { false } }
  /// Whether it is the summary.
  var isSummary: Bool { if case .summary? = content { true } else { false } }

  /// The rows in it; nil if it holds none or cannot be read.
  var rows: Range<Int>? {
    guard case .listed(let entry)? = content, entry.kind == .rows else { return nil }
    return entry.rows
  }
}
