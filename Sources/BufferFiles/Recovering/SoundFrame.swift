internal import StateTree

/// A frame that zstd's checksum vouches for, with what is remembered of its record.
struct SoundFrame {
  let offset: Int
  let byteCount: Int
  let sha256: [UInt8]
  let content: Content

  enum Content {
    case header(FileHeader)
    /// Rows, read as the header with this number among those found says; nil without a header before them.
    case rows(RowFacts, header: Int?)
    case state(StatePath)
    case index(first: Int, entries: [FrameEntry])
    case summary(FileSummary)
  }

  /// The rows in it; nil if it holds none.
  var facts: RowFacts? { if case .rows(let facts, _) = content { facts } else { nil } }
}
