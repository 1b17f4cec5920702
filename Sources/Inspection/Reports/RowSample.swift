public import ReplayBuffers
public import StateTree

/// Some rows of a buffer as they stand, to look at.
public struct RowSample: Sendable, Equatable {
  /// Which rows.
  public enum Selection: Sendable, Equatable {
    /// The first ones.
    case first
    /// The last ones.
    case last
    /// Those of these step numbers.
    case steps(Range<Int>)
    /// Those of one episode, its final observation included.
    case episode(EpisodeRecord, index: Int)
  }

  /// The most rows of one sample.
  public static let maximumRows = 10_000
  /// The most bytes of rows of one sample.
  public static let maximumBytes = 32 << 20

  /// Which rows these are.
  public var selection: Selection
  /// The position of each row.
  /// - Shape: `[count]`
  public var rows: [Int]
  /// The step number of each row, -1 for a row that holds a final observation only.
  /// - Shape: `[count]`
  public var steps: [Int64]
  /// The columns, all or those that were asked for.
  public var columns: [ColumnSchema]
  /// The values of each column.
  /// - Shape: `[count] + column shape` each
  public var values: [Tensor]
  /// How many rows were asked for and found; more than `count` if the limits cut them.
  public var found: Int

  /// How many rows there are.
  public var count: Int { rows.count }
}
