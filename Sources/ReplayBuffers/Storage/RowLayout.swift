/// Where the elements of a row lie inside a chunk: `base + row * stride` for every column.
///
/// Small columns share one record a row, so that one cache miss brings them all; large columns lie apart.
struct RowLayout: Sendable {
  /// Where one column lies.
  struct Placement: Sendable, Hashable {
    /// The offset of row 0 in the chunk.
    /// - Units: bytes.
    var base: Int
    /// The distance from one row to the next.
    /// - Units: bytes.
    var stride: Int
    /// The size of one row.
    /// - Units: bytes.
    var rowBytes: Int
  }

  let columns: [ColumnSchema]
  let placements: [Placement]
  /// The binary logarithm of the rows of a chunk.
  let rowShift: Int
  /// The size of the record that the small columns share.
  /// - Units: bytes.
  let recordBytes: Int
  /// The size of a chunk.
  /// - Units: bytes.
  let chunkBytes: Int

  /// A layout whose chunks take about `ChunkLog.chunkBytes`, with columns up to `interleavedBytes` a row in one record.
  init(_ columns: [ColumnSchema], interleavedBytes: Int = ChunkLog.interleavedBytes) {
    let sizes = columns.map(\.rowBytes)
    let rowBytes = max(1, sizes.reduce(0, +))
    let rowShift = Int.bitWidth - 1 - max(1, ChunkLog.chunkBytes / rowBytes).leadingZeroBitCount
    let record = sizes.reduce(0) { $1 <= interleavedBytes ? $0 + $1 : $0 }
    var inRecord = 0
    var apart = record << rowShift
    placements = sizes.map { size in
      guard size > interleavedBytes else {
        defer { inRecord += size }
        return Placement(base: inRecord, stride: record, rowBytes: size)
      }
      defer { apart += size << rowShift }
      return Placement(base: apart, stride: size, rowBytes: size)
    }
    self.columns = columns
    self.rowShift = rowShift
    recordBytes = record
    chunkBytes = apart
  }

  /// How many rows a chunk holds, a power of two.
  var rowsPerChunk: Int { 1 << rowShift }
}
