/// Where rows lie in memory, in order.
///
/// Rows at the same place of the same chunk are the same rows: nothing changes them, and no other chunk of this process ever
/// has the number of one that is gone. So a save knows without reading them which rows an earlier one has written.
package struct RowOrigins: Equatable, Sendable {
  struct Piece: Equatable, Sendable {
    let chunk: UInt64
    var rows: Range<Int>
  }

  private var pieces: [Piece] = []

  init() {}

  /// Rows one behind the other, as few pieces as there can be.
  mutating func append(_ chunk: UInt64, _ rows: Range<Int>) {
    guard !rows.isEmpty else { return }
    if let last = pieces.last, last.chunk == chunk, last.rows.upperBound == rows.lowerBound {
      pieces[pieces.count - 1].rows = last.rows.lowerBound..<rows.upperBound
    } else {
      pieces.append(Piece(chunk: chunk, rows: rows))
    }
  }

  /// How many rows.
  package var count: Int { pieces.reduce(0) { $0 + $1.rows.count } }

  /// Some of the rows, counted from the first.
  /// - Precondition: The ranges ascend and do not overlap.
  /// - Complexity: O(pieces + ranges)
  package func extracting(_ ranges: [Range<Int>]) -> RowOrigins {
    var found = RowOrigins()
    var (number, first) = (0, 0)
    for range in ranges {
      while number < pieces.count, first < range.upperBound {
        let piece = pieces[number]
        let part = range.clamped(to: first..<first + piece.rows.count)
        let start = piece.rows.lowerBound + part.lowerBound - first
        found.append(piece.chunk, start..<start + part.count)
        if first + piece.rows.count > range.upperBound { break }
        first += piece.rows.count
        number += 1
      }
    }
    return found
  }
}

extension BufferSnapshot {
  /// Where rows lie; nil if some have no place of their own in memory: observations that are held, and slots, which are
  /// written over.
  /// - Precondition: The ranges lie in `0..<rowCount`.
  package func origins(of ranges: [Range<Int>]) -> RowOrigins? {
    var origins = RowOrigins()
    for range in ranges {
      switch source {
      case .transitions(let log):
        let first = log.rows.lowerBound
        for (chunk, rows) in log.pieces(of: first + range.lowerBound..<first + range.upperBound) {
          origins.append(chunk.number, rows)
        }
      case .episodes(let episodes): guard episodes.add(range, to: &origins) else { return nil }
      case .slots: return nil
      }
    }
    return origins
  }
}
