internal import ReplayBuffers
internal import StateTree
internal import Zstandard

/// What is still whole in a file, found in one pass from its first byte.
struct Salvage {
  let frames: FrameReader
  /// What the file holds and said of itself; made up from its rows if the header is lost.
  private(set) var header: FileHeader?
  /// Whether the header is the one that was written.
  private(set) var hasHeader = false
  /// The index, if a part of it is whole.
  let index: TrustedIndex?
  /// The summary, if it is whole.
  let summary: FileSummary?
  /// The row groups, in the order of their rows, which do not overlap.
  private(set) var rowGroups: [SoundFrame] = []
  /// The frames with state, in the order of the file.
  private(set) var state: [SoundFrame] = []
  /// Bytes in which there is nothing whole, or something that does not belong here.
  private(set) var damage: [Damage]

  struct Damage {
    let bytes: Range<Int>
    let reason: String
  }

  /// - Throws: `.fileSystem` if the file cannot be read, `.newerVersion` for what cannot be judged.
  init(_ frames: FrameReader, progress: (_ bytes: Int) -> Void) throws(BufferFileError) {
    var scan = try FrameScan(frames)
    while try scan.step() { progress(scan.offset) }
    self.frames = frames
    damage = scan.damage
    index = TrustedIndex.best(of: scan.found)
    var last: FileSummary?
    for case .summary(let summary) in scan.found.map(\.content) { last = summary }
    summary = index?.summary ?? last
    let number = takeHeader(scan)
    takeRows(scan.found, header: number)
    for frame in scan.found {
      guard case .state = frame.content else { continue }
      if isKnown(frame) { state.append(frame) } else { reject(frame) }
    }
    damage.sort { $0.bytes.lowerBound < $1.bytes.lowerBound }
  }

  /// Takes the header that the index lists, or else the first.
  /// - Returns: its number among those found.
  private mutating func takeHeader(_ scan: borrowing FrameScan) -> Int? {
    let headers = scan.found.compactMap { frame in
      if case .header(let header) = frame.content { (frame, header) } else { nil }
    }
    let listed = headers.firstIndex { index?.entry($0.0.sha256) != nil }
    if let number = listed ?? (headers.isEmpty || index?.isComplete == true ? nil : 0) {
      (header, hasHeader) = (headers[number].1, true)
      return number
    }
    header = scan.inferred
    return nil
  }

  /// Whether the index lists the frame. What an incomplete one does not list may be the file's all the same.
  private func isKnown(_ frame: SoundFrame) -> Bool {
    guard let index else { return true }
    return index.entry(frame.sha256) != nil || !index.isComplete
  }

  private mutating func takeRows(_ found: [SoundFrame], header: Int?) {
    let groups = found.filter { frame in
      guard case .rows(_, let number) = frame.content else { return false }
      let isOurs = isKnown(frame) && (number == header || !hasHeader || index?.entry(frame.sha256) != nil)
      if !isOurs { reject(frame) }
      return isOurs
    }
    let listed = groups.filter { index?.entry($0.sha256) != nil }
    var (end, chosen) = (0, listed)
    for (position, group) in groups.enumerated() {
      guard let rows = group.facts?.rows else { continue }
      if index?.entry(group.sha256) != nil {
        end = max(end, rows.upperBound)
        continue
      }
      // Rows from elsewhere: they come too early or too late, or the next ones go back behind them.
      let next = position + 1 < groups.count ? groups[position + 1].facts?.rows.lowerBound : nil
      let isContradicted = next.map { $0 >= end && $0 < rows.lowerBound } ?? false
      guard rows.lowerBound >= end, !isContradicted, !overlapsLost(rows) else {
        reject(group)
        continue
      }
      end = rows.upperBound
      chosen.append(group)
    }
    rowGroups = chosen.sorted { ($0.facts?.rows.lowerBound ?? 0) < ($1.facts?.rows.lowerBound ?? 0) }
    dropDoubles()
  }

  /// Whether the index lists other bytes for some of the rows.
  private func overlapsLost(_ rows: Range<Int>) -> Bool {
    guard let entries = index?.entries else { return false }
    let number = entries.rowGroup(holding: rows.lowerBound)
    return number < entries.count && entries[number].kind == .rows && entries[number].rows.overlaps(rows)
  }

  /// A frame that stands in the file twice is taken once.
  private mutating func dropDoubles() {
    var end = 0
    rowGroups.removeAll { group in
      guard let rows = group.facts?.rows, rows.lowerBound >= end else { return true }
      end = rows.upperBound
      return false
    }
  }

  private mutating func reject(_ frame: SoundFrame) {
    let reason = index == nil ? "the frames around it say otherwise" : "the index does not list it"
    damage.append(Damage(bytes: frame.offset..<frame.offset + frame.byteCount, reason: reason))
  }
}
