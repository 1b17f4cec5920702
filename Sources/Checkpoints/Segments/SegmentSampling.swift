internal import Crypto
internal import ReplayBuffers
internal import StateTree

/// Recognizes the rows of a segment by blocks of them spread over it, so that a save never takes the rows of another
/// buffer for its own, and need not read all it has to find out.
enum SegmentSampling {
  /// How many blocks a segment is sampled in.
  static let blockCount = 64
  /// About how many bytes of rows a block has: with 64 of them a sixteenth of a segment of the default size.
  static let blockBytes = 16 << 10

  /// The rows of the blocks, in order: the first begins with the segment, the last ends with it.
  static func blocks(rowCount: Int, rowBytes: Int) -> [Range<Int>] {
    let size = max(1, blockBytes / max(1, rowBytes))
    guard rowCount > size * blockCount else {
      return stride(from: 0, to: rowCount, by: size).map { $0..<min($0 + size, rowCount) }
    }
    return (0..<blockCount).map { number in
      let start = (rowCount - size) * number / (blockCount - 1)
      return start..<start + size
    }
  }

  /// The samples of new contents.
  static func samples(of contents: some BufferContents) throws -> [SegmentSample] {
    try blocks(rowCount: contents.rowCount, rowBytes: contents.schema.rowBytes).map { rows in
      SegmentSample(rows: rows, digest: digest(try contents.rows(rows)))
    }
  }

  /// The digest of rows: their step numbers and the bytes of every column.
  static func digest(_ batch: RowBatch) -> [UInt8] {
    var hasher = SHA256()
    hasher.update(data: Tensor(vector: batch.steps).bytes)
    for column in batch.columns { hasher.update(data: column.bytes) }
    return Array(hasher.finalize().prefix(SegmentSample.digestBytes))
  }

  /// Where the rows of a segment lie in a snapshot: for every run that is stored, how far its rows are shifted.
  struct Alignment {
    /// Rows of the segment, in order, and what is to be added to find them in the snapshot.
    fileprivate var stretches: [(rows: Range<Int>, shift: Int)] = []

    init(_ segment: Segment, in outline: BufferOutline) {
      outline.isDivisible ? alignTransitions(segment, outline) : alignEpisodes(segment, outline)
    }

    private mutating func alignTransitions(_ segment: Segment, _ outline: BufferOutline) {
      guard let run = segment.runs.first, let unit = outline.units.first, unit.isDone else { return }
      let window = unit.run
      let first = max(run.firstStep, window.firstStep)
      let end = run.firstStep + run.rowCount
      guard first < end, end <= window.firstStep + window.rowCount else { return }
      stretches = [(first - run.firstStep..<run.rowCount, run.firstStep - window.firstStep)]
    }

    private mutating func alignEpisodes(_ segment: Segment, _ outline: BufferOutline) {
      var row = 0
      for run in segment.runs {
        if let firstRow = outline.firstRows[run] { stretches.append((row..<row + run.rowCount, firstRow - row)) }
        row += run.rowCount
      }
    }

    /// Rows of the snapshot for rows of the segment; nil if one of them is not stored any more.
    func rows(_ rows: Range<Int>) -> [Range<Int>]? {
      var found: [Range<Int>] = []
      var count = 0
      for stretch in stretches where stretch.rows.overlaps(rows) {
        let part = stretch.rows.clamped(to: rows)
        found.append(part.lowerBound + stretch.shift..<part.upperBound + stretch.shift)
        count += part.count
      }
      return count == rows.count ? found : nil
    }
  }

  /// Whether a segment's rows are those of a snapshot, as far as both have them.
  ///
  /// With `isTrusted` (this process has compared it before) only the first and last block that are stored are compared.
  /// A segment of which no whole block is stored is not recognized.
  static func recognizes(
    _ segment: Segment, in snapshot: BufferSnapshot, _ outline: BufferOutline, isTrusted: Bool
  ) throws -> Bool {
    let alignment = Alignment(segment, in: outline)
    var samples = segment.samples.compactMap { sample in alignment.rows(sample.rows).map { (sample.digest, $0) } }
    guard let first = samples.first, let last = samples.last else { return false }
    if isTrusted { samples = [first, last] }
    for (expected, ranges) in samples {
      let batch = try RowBatch(joining: ranges.map(snapshot.rows), snapshot.schema, firstRow: 0)
      guard digest(batch) == expected else { return false }
    }
    return true
  }
}
