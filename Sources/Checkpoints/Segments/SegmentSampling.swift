internal import Crypto
internal import ReplayBuffers
internal import StateTree

/// Tells the rows of a segment from those of another buffer by blocks of them spread over it, a sixteenth of all: enough to
/// see that they differ, not that they are the same.
enum SegmentSampling {
  /// The most blocks that a segment is sampled in.
  static let blockLimit = 64
  /// About how many bytes of rows a block has: with 64 of them a sixteenth of a segment of the default size.
  static let blockBytes = 16 << 10

  /// The rows of the blocks, in order: the first begins with the segment, the last ends with it.
  static func blocks(rowCount: Int, rowBytes: Int) -> [Range<Int>] {
    let size = max(1, blockBytes / max(1, rowBytes))
    guard rowCount > 2 * size else {
      return stride(from: 0, to: rowCount, by: size).map { $0..<min($0 + size, rowCount) }
    }
    let count = min(max(2, rowCount / size / 16), blockLimit)
    return (0..<count).map { number in
      let start = (rowCount - size) * number / (count - 1)
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

  /// Whether a segment may hold the rows of a snapshot: whether the blocks that are stored whole are the same. A segment of
  /// which no whole block is stored is not recognized.
  static func resembles(
    _ segment: Segment, _ snapshot: BufferSnapshot, _ alignment: SegmentAlignment
  ) throws -> Bool {
    let samples = segment.samples.compactMap { sample in alignment.rows(sample.rows).map { (sample.digest, $0) } }
    return try !samples.isEmpty
      && samples.allSatisfy { expected, ranges in
        digest(try RowBatch(joining: ranges.map(snapshot.rows), snapshot.schema, firstRow: 0)) == expected
      }
  }
}
