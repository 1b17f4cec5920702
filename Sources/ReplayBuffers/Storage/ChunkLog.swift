public import StateTree

/// An append-only log of rows, kept in chunks of about a mebibyte.
///
/// Rows have absolute numbers that are never reused. A row that is in the log never changes, so a copy of the log is a
/// snapshot: it shares the chunks, and what is appended to one copy is not seen by the others. Two copies may be
/// appended to, even at the same time on two threads: the second copies the newest chunk first.
public struct ChunkLog: Sendable {
  /// The size that a chunk is planned for; a larger row has a chunk of its own.
  /// - Units: bytes.
  public static let chunkBytes = 1 << 20

  /// The largest row of a column that shares a record with the other small ones.
  ///
  /// - Units: bytes.
  /// - Source: `tools/benchmarks`; decision 0002.
  public static let interleavedBytes = 128

  let layout: RowLayout
  private var chunks: [Chunk] = []
  /// The number of the first row of the first chunk.
  private var base: Int
  /// The rows that are there, by number.
  public private(set) var rows: Range<Int>

  /// An empty log.
  /// - Parameter start: The number that the first row gets.
  /// - Parameter interleavedBytes: The largest row of a column that shares a record with the other small ones.
  public init(
    _ columns: [ColumnSchema], startingAt start: Int = 0, interleavedBytes: Int = ChunkLog.interleavedBytes
  ) {
    self.init(RowLayout(columns, interleavedBytes: interleavedBytes), startingAt: start)
  }

  init(_ layout: RowLayout, startingAt start: Int = 0) {
    self.layout = layout
    base = start
    rows = start..<start
  }

  /// A log of rows that were written already.
  /// - Precondition: The chunks hold `rows`, all of them full but the last, and nobody else appends to it.
  init(_ layout: RowLayout, chunks: [Chunk], rows: Range<Int>) {
    self.layout = layout
    self.chunks = chunks
    self.rows = rows
    base = rows.lowerBound
  }

  /// The columns of every row.
  public var columns: [ColumnSchema] { layout.columns }
  /// How many rows a chunk holds, a power of two.
  public var rowsPerChunk: Int { layout.rowsPerChunk }
  /// How many chunks are held.
  public var chunkCount: Int { chunks.count }

  /// Appends rows given as one tensor a column.
  /// - Shape: `[n] + column shape` each
  /// - Precondition: The tensors have the types and shapes of the columns and one length.
  /// - Complexity: O(rows)
  public mutating func append(_ tensors: [Tensor]) {
    for (tensor, column) in zip(tensors, columns) {
      precondition(tensor.dataType == column.dataType && tensor.rowCount == tensors[0].rowCount, "rows of the columns")
    }
    append(count: tensors.first?.rowCount ?? 0, tensors.map { $0.bytes[...] })
  }

  /// Appends one row given as one tensor a column.
  /// - Shape: the column's own each
  /// - Precondition: The tensors have the types and shapes of the columns.
  public mutating func append(row: [Tensor]) {
    precondition(row.count == layout.placements.count, "one source a column")
    let taken = claimTail(upTo: 1)
    chunks[chunks.count - 1].write(row, row: taken.lowerBound, layout)
    rows = rows.lowerBound..<rows.upperBound + 1
  }

  /// Appends `count` rows, given as the bytes of one column after the other.
  mutating func append(count: Int, _ sources: [ArraySlice<UInt8>]) {
    precondition(sources.count == layout.placements.count, "one source a column")
    for (source, place) in zip(sources, layout.placements) {
      precondition(source.count == count * place.rowBytes, "rows of the column's size")
    }
    var done = 0
    while done < count {
      let taken = claimTail(upTo: count - done)
      for (source, place) in zip(sources, layout.placements) {
        let start = source.startIndex + done * place.rowBytes
        chunks[chunks.count - 1].write(source[start..<start + taken.count * place.rowBytes], rows: taken, at: place)
      }
      done += taken.count
      rows = rows.lowerBound..<rows.upperBound + taken.count
    }
  }

  /// Makes room for up to `count` rows in a newest chunk that nobody else appends to.
  /// - Returns: the rows inside that chunk, now claimed.
  private mutating func claimTail(upTo count: Int) -> Range<Int> {
    let used = (rows.upperBound - base) - (chunks.count - 1) * rowsPerChunk
    guard !chunks.isEmpty, used < rowsPerChunk else {
      let chunk = Chunk(layout)
      let taken = 0..<min(count, rowsPerChunk)
      _ = chunk.claim(taken.count, after: 0)
      chunks.append(chunk)
      return taken
    }
    let taken = used..<min(used + count, rowsPerChunk)
    if !chunks[chunks.count - 1].claim(taken.count, after: used) {
      let tail = chunks[chunks.count - 1]
      chunks[chunks.count - 1] = Chunk(copying: tail, count: used, claimed: taken.upperBound, layout)
    }
    return taken
  }

  /// Forgets the rows below `row` and drops the chunks that hold no other ones.
  /// - Precondition: `row` is not beyond the end.
  /// - Complexity: O(chunks) when a chunk is dropped, else O(1)
  public mutating func drop(below row: Int) {
    precondition(row <= rows.upperBound, "rows that are there")
    guard row > rows.lowerBound else { return }
    rows = row..<rows.upperBound
    let dropped = min(chunks.count, (row - base) >> layout.rowShift)
    guard dropped > 0 else { return }
    chunks.removeFirst(dropped)
    base += dropped << layout.rowShift
  }

  /// Consecutive rows as rows of chunks.
  /// - Precondition: The rows are in the log.
  func pieces(of range: Range<Int>) -> [(chunk: Chunk, rows: Range<Int>)] {
    precondition(range.isEmpty || rows.contains(range.lowerBound) && range.upperBound <= rows.upperBound, "rows of the log")
    var pieces: [(chunk: Chunk, rows: Range<Int>)] = []
    var offset = range.lowerBound - base
    while offset < range.upperBound - base {
      let first = offset & (rowsPerChunk - 1)
      let count = min(rowsPerChunk - first, range.upperBound - base - offset)
      pieces.append((chunks[offset >> layout.rowShift], first..<first + count))
      offset += count
    }
    return pieces
  }

  /// Where a row lies, as long as this log is there.
  /// - Precondition: The row is in the log.
  func address(of row: Int) -> RowAddress {
    precondition(rows.contains(row), "row \(row) outside the log's \(rows)")
    let offset = row - base
    return RowAddress(chunks[offset >> layout.rowShift], row: offset & (rowsPerChunk - 1))
  }
}
