/// What a report takes up besides what it always says.
public struct ReportOptions: Sendable {
  /// How much of the state a report lists.
  public enum StateDetail: Sendable {
    /// What the file's summary lists, without reading the state itself.
    case outline
    /// Every value, and what only the state itself says; reads all of it.
    case complete
  }

  /// The columns to report on, in the order of the file; all of them if none is named.
  public var columns: [String] = []
  /// How many of the first rows are shown as examples.
  /// - Units: rows; default 0, at most `RowSample.maximumRows`.
  public var head = 0
  /// How many of the last rows are shown as examples.
  /// - Units: rows; default 0, at most `RowSample.maximumRows`.
  public var tail = 0
  /// The steps to show row by row, by their numbers; nil for none.
  public var steps: Range<Int>?
  /// The episode to show step by step: its id, the beginning of its id, or its position among the stored ones, oldest
  /// first, from 0.
  public var episode: String?
  /// How much of the state is listed.
  public var state = StateDetail.outline
  /// How far trees of MessagePack are followed.
  public var tree = TreeLimits()

  /// The defaults: no rows, outlines only.
  public init() {}
}

/// How far a tree is followed before it is summed up.
public struct TreeLimits: Sendable, Equatable {
  /// How many levels below the root are shown.
  /// - Units: levels; default 4.
  public var depth: Int
  /// How many entries of one map are shown.
  /// - Units: entries; default 32.
  public var entries: Int
  /// How many elements of one list are shown; they tend to be alike.
  /// - Units: elements; default 3.
  public var elements: Int
  /// How many lines the whole tree may have.
  /// - Units: values; default 2,000.
  public var nodes: Int
  /// How much of a text or of bytes is shown.
  /// - Units: bytes; default 256.
  public var textBytes: Int

  /// Limits; the defaults suit a terminal.
  public init(depth: Int = 4, entries: Int = 32, elements: Int = 3, nodes: Int = 2_000, textBytes: Int = 256) {
    (self.depth, self.entries, self.elements) = (depth, entries, elements)
    (self.nodes, self.textBytes) = (nodes, textBytes)
  }

  /// Everything there is.
  public static let none = TreeLimits(
    depth: .max, entries: .max, elements: .max, nodes: .max, textBytes: .max)
}
