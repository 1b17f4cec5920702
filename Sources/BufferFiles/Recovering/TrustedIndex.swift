/// What the index of a damaged file says: which frames there were, and by which digests they are known.
struct TrustedIndex {
  /// The frames that are listed, in the order of the file.
  let entries: [FrameEntry]
  /// Whether these are all frames there were.
  let isComplete: Bool
  /// The summary that vouches for the index.
  let summary: FileSummary?
  private let numbers: [[UInt8]: Int]

  init(entries: [FrameEntry], isComplete: Bool, summary: FileSummary?) {
    (self.entries, self.isComplete, self.summary) = (entries, isComplete, summary)
    numbers = Dictionary(entries.enumerated().map { ($1.sha256, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// What is listed for a frame with these bytes.
  func entry(_ sha256: [UInt8]) -> FrameEntry? { numbers[sha256].map { entries[$0] } }

  /// The index among the frames of a file. Of several, as when files were joined, the one that knows most of the frames
  /// that hold rows or state, and of equals the last.
  static func best(of found: [SoundFrame]) -> TrustedIndex? {
    var best: (index: TrustedIndex, known: Int)?
    for candidate in candidates(found) {
      let known = found.count { candidate.entry($0.sha256) != nil }
      if known >= best?.known ?? 0 { best = (candidate, known) }
    }
    return best?.index
  }

  /// How many indexes of each kind are looked at: a hostile file may have any number.
  private static let candidateLimit = 8

  private static func candidates(_ found: [SoundFrame]) -> [TrustedIndex] {
    let summaries = found.compactMap { frame in
      if case .summary(let summary) = frame.content { summary } else { nil }
    }
    return runs(found).suffix(candidateLimit) + summaries.suffix(candidateLimit).map { named(by: $0, found) }
  }

  /// The index of which a summary names the parts, as far as they were found.
  private static func named(by summary: FileSummary, _ found: [SoundFrame]) -> TrustedIndex {
    let parts = Dictionary(
      found.compactMap { frame in
        if case .index(_, let entries) = frame.content { (frame.sha256, entries) } else { nil }
      }, uniquingKeysWith: { first, _ in first })
    let entries = summary.index.flatMap { parts[$0.sha256] ?? [] }
    return TrustedIndex(entries: entries, isComplete: entries.count == summary.frameCount, summary: summary)
  }

  /// Parts that follow each other, for which no summary vouches. They are complete if the last frame that they list ends
  /// where they begin.
  private static func runs(_ found: [SoundFrame]) -> [TrustedIndex] {
    var runs: [(offset: Int, entries: [FrameEntry])] = []
    for frame in found {
      guard case .index(let first, let more) = frame.content else { continue }
      if first > 0, runs.last?.entries.count == first {
        runs[runs.count - 1].entries += more
      } else {
        runs.append((frame.offset, more))
      }
    }
    return runs.map { offset, entries in
      let isComplete = entries.first?.offset == 0 && entries.last.map { $0.offset + $0.compressedBytes } == offset
      return TrustedIndex(entries: entries, isComplete: isComplete, summary: nil)
    }
  }
}
