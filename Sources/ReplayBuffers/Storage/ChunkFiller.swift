internal import Synchronization

/// A log that is filled from several threads: each batch of rows goes straight to its place.
///
/// Chunks are made when the first of their rows comes, so that nothing is allocated for rows that were only announced.
final class ChunkFiller: Sendable {
  private struct State {
    var chunks: [Int: Chunk] = [:]
    var regions: [Int: PageRegion] = [:]
    var batches: [Range<Int>] = []
  }

  private let layout: RowLayout
  private let rowCount: Int
  private let state = Mutex(State())

  /// A log for `rowCount` rows of these columns.
  init(_ columns: [ColumnSchema], rowCount: Int) {
    layout = RowLayout(columns)
    self.rowCount = rowCount
  }

  /// Writes rows to their place, counted from the first row of the log.
  /// - Throws: `ReplayBufferError.invalidContents` for rows that are not in the log or were written before; then nothing is
  ///   written.
  /// - Precondition: The sources are of the columns.
  func write(_ sources: [ArraySlice<UInt8>], at rows: Range<Int>) throws(ReplayBufferError) {
    guard rows.lowerBound >= 0, rows.upperBound <= rowCount else {
      throw .invalidContents("rows \(rows) came, and there are \(rowCount)")
    }
    var row = rows.lowerBound
    let chunks = try claim(rows)
    for chunk in chunks {
      let first = row & (layout.rowsPerChunk - 1)
      let count = min(layout.rowsPerChunk - first, rows.upperBound - row)
      for (source, place) in zip(sources, layout.placements) {
        let start = source.startIndex + (row - rows.lowerBound) * place.rowBytes
        chunk.write(source[start..<start + count * place.rowBytes], rows: first..<first + count, at: place)
      }
      row += count
    }
  }

  /// The chunks of rows that nobody else has claimed.
  private func claim(_ rows: Range<Int>) throws(ReplayBufferError) -> [Chunk] {
    guard !rows.isEmpty else { return [] }
    let numbers = rows.lowerBound >> layout.rowShift...(rows.upperBound - 1) >> layout.rowShift
    return try state.withLock { (state) throws(ReplayBufferError) in
      // Batches come nearly in order, so that the ones that may overlap stand at the end.
      var place = state.batches.endIndex
      while place > 0, state.batches[place - 1].lowerBound >= rows.lowerBound { place -= 1 }
      let isFree = (place == 0 || state.batches[place - 1].upperBound <= rows.lowerBound)
        && (place == state.batches.endIndex || rows.upperBound <= state.batches[place].lowerBound)
      guard isFree else { throw .invalidContents("some of the rows \(rows) came twice") }
      state.batches.insert(rows, at: place)
      return numbers.map { number in
        if let chunk = state.chunks[number] { return chunk }
        let chunk = makeChunk(number, &state)
        state.chunks[number] = chunk
        return chunk
      }
    }
  }

  /// A chunk, claimed as far as it will have rows. It lies with its neighbours in one region, if it is one of many.
  private func makeChunk(_ number: Int, _ state: inout State) -> Chunk {
    let count = min(layout.rowsPerChunk, rowCount - number << layout.rowShift)
    let (region, place) = number.quotientAndRemainder(dividingBy: Self.chunksPerRegion)
    // Only chunks that will be full, so that no memory is touched for rows that do not come.
    let full = min(Self.chunksPerRegion, (rowCount >> layout.rowShift) - region * Self.chunksPerRegion)
    if full > 1, place < full, state.regions[region] == nil {
      state.regions[region] = PageRegion(chunkBytes: layout.chunkBytes, count: full)
    }
    let shared = place < full ? state.regions[region] : nil
    let chunk = shared.map { Chunk(layout, number: place, in: $0) } ?? Chunk(layout)
    _ = chunk.claim(count, after: 0)
    return chunk
  }

  /// About 16 MiB: chunks that leave the window give their pages back, the region when its last chunk is gone.
  private static let chunksPerRegion = 64

  /// The log, whose first row gets the number `first`.
  /// - Throws: `ReplayBufferError.invalidContents` if rows are missing.
  func finish(startingAt first: Int) throws(ReplayBufferError) -> ChunkLog {
    try state.withLock { (state) throws(ReplayBufferError) in
      let count = state.batches.reduce(0) { $0 + $1.count }
      guard count == rowCount else { throw .invalidContents("only \(count) of \(rowCount) rows came") }
      let chunks = state.chunks.sorted { $0.key < $1.key }.map(\.value)
      return ChunkLog(layout, chunks: chunks, rows: first..<first + rowCount)
    }
  }
}
