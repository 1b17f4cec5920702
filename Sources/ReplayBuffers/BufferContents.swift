public import StateTree

/// How the rows of a buffer lie.
public enum BufferLayout: String, Sendable, Hashable, CaseIterable {
  /// One row a transition, with its successor observation in a column of its own.
  case transitions
  /// One row a step, each observation once; an episode of T steps is T + 1 rows, the last with the final observation only.
  case episodes
}

/// Some rows of a buffer, column by column.
public struct RowBatch: Sendable, Equatable {
  /// The position of the first row.
  public let firstRow: Int
  /// How many rows there are.
  public let count: Int
  /// The step number of each row, -1 for a row that holds a final observation only.
  /// - Shape: `[count]`
  public let steps: [Int64]
  /// The columns in the order of the schema.
  /// - Shape: `[count] + column shape` each
  public let columns: [Tensor]

  /// Rows from their parts.
  /// - Precondition: Every column has `count` rows, and so has `steps`.
  public init(firstRow: Int, steps: [Int64], columns: [Tensor]) {
    precondition(columns.allSatisfy { $0.rowCount == steps.count && !$0.shape.isEmpty }, "columns of one length")
    self.firstRow = firstRow
    self.count = steps.count
    self.steps = steps
    self.columns = columns
  }

  /// The rows' positions.
  public var rows: Range<Int> { firstRow..<firstRow + count }
}

/// Everything a replay buffer is, readable piece by piece: a snapshot in memory, a file, a dump of RLlib.
///
/// Rows are immutable facts and are read in ranges. All else, what changes in place included, is in `state`.
public protocol BufferContents: Sendable {
  /// The type that made it, such as `PrioritizedEpisodeReplayBuffer`.
  var kind: String { get }
  /// How the rows lie.
  var layout: BufferLayout { get }
  /// The columns.
  var schema: BufferSchema { get }
  /// How many rows there are, final observations included.
  var rowCount: Int { get }
  /// Counters, priorities, sampler, episodes: everything but the rows.
  func state() throws -> StateValue
  /// Some rows.
  /// - Precondition: `range` lies in `0..<rowCount`.
  func rows(_ range: Range<Int>) throws -> RowBatch
  /// All rows in order, in the batches in which they are read best; these may be read several at a time.
  /// - Throws: What reading throws, and what `body` throws.
  func forEachStoredBatch(_ body: (RowBatch) throws -> Void) throws
  /// The bytes of all rows in the same batches, in any order and from several threads at once.
  /// - Throws: What reading throws, and what `body` throws.
  func forEachStoredBytes(_ body: @escaping @Sendable (RowBytes) throws -> Void) throws
}

extension BufferContents {
  /// Contents without an order of their own are read in batches of 2 MiB.
  public func forEachStoredBatch(_ body: (RowBatch) throws -> Void) throws { try forEachBatch(body) }

  /// Contents that are read by one thread hand their batches over one after the other.
  public func forEachStoredBytes(_ body: @escaping @Sendable (RowBytes) throws -> Void) throws {
    try forEachStoredBatch { try body(RowBytes($0, of: schema)) }
  }

  /// The rows in batches of about `bytes`, in order.
  public func forEachBatch(ofBytes bytes: Int = 2 << 20, _ body: (RowBatch) throws -> Void) throws {
    let rowsPerBatch = max(1, bytes / max(1, schema.rowBytes))
    for start in stride(from: 0, to: rowCount, by: rowsPerBatch) {
      try body(rows(start..<min(start + rowsPerBatch, rowCount)))
    }
  }
}
