public import StateTree

extension ChunkLog {
  /// Consecutive rows, column by column.
  /// - Shape: `[range.count] + column shape` each
  /// - Precondition: The rows are in the log.
  /// - Complexity: O(rows)
  public func rows(_ range: Range<Int>) -> [Tensor] {
    let pieces = pieces(of: range)
    return zip(layout.columns, layout.placements).map { column, place in
      column.rows(range.count, Chunk.rows(pieces, place))
    }
  }

  /// Rows from anywhere, column by column, in the order asked for.
  /// - Shape: `[indices.count] + column shape` each
  /// - Precondition: The rows are in the log.
  /// - Complexity: O(indices), one cache miss each for all small columns together.
  public func gather(_ indices: [Int]) -> [Tensor] {
    withExtendedLifetime(self) { Self.gather(indices.map(address), layout) }
  }

  /// Rows from anywhere, in the order asked for, over the rows that tensors hold already.
  /// - Precondition: The rows are in the log, and `tensors` are as many rows of its columns.
  /// - Complexity: O(indices); nothing is allocated for the rows.
  func gather(_ indices: [Int], into tensors: inout [Tensor]) {
    withExtendedLifetime(self) {
      let addresses = indices.map { row in
        let address = address(of: row)
        address.prefetch(recordBytes: layout.recordBytes)
        return address
      }
      for (column, place) in layout.placements.enumerated() {
        tensors[column].withMutableBytes { Chunk.gather(addresses, place, into: &$0) }
      }
    }
  }

  /// Rows of one column from logs of one layout.
  /// - Precondition: The logs that gave the addresses are alive until this returns.
  static func gather(_ addresses: [RowAddress], _ layout: RowLayout, column: Int) -> Tensor {
    layout.columns[column].rows(addresses.count, Chunk.gather(addresses, layout.placements[column]))
  }

  private static func gather(_ addresses: [RowAddress], _ layout: RowLayout) -> [Tensor] {
    layout.columns.indices.map { gather(addresses, layout, column: $0) }
  }
}

extension ColumnSchema {
  /// Rows of this column from their bytes, of which there are as many as that takes.
  func rows(_ count: Int, _ bytes: [UInt8]) -> Tensor {
    do {
      return try Tensor(dataType, shape: [count] + shape, bytes: bytes)
    } catch {
      preconditionFailure("\(count) rows of the column \(name): \(error)")
    }
  }
}
