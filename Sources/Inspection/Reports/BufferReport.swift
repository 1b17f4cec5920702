public import BufferFiles
public import ReplayBuffers
public import StateTree

/// A replay buffer in numbers: what is stored, how it was filled, what its columns hold.
public struct BufferReport: Sendable {
  /// One column.
  public struct Column: Sendable, Equatable {
    /// Its name, type and shape.
    public var schema: ColumnSchema
    /// What its values are like; nil for types without order.
    public var statistics: ColumnStatistics?
    /// What its rows take before compression.
    public var byteCount: Int
  }

  /// How the buffer was filled, turned over and drawn from. What is not saved is nil.
  public struct Turnover: Sendable, Equatable {
    /// How many steps it may hold.
    public var capacity: Int?
    /// How many steps were ever added.
    public var added: Int?
    /// How many steps went to make room.
    public var evictedSteps: Int?
    /// How many episodes went to make room.
    public var evictedEpisodes: Int?
    /// How many steps were drawn, counting each time.
    public var sampled: Int?
  }

  /// The priorities of a prioritized buffer, to the power of alpha as its tree holds them.
  public struct Priorities: Sendable, Equatable {
    /// How many there are and how they lie.
    public var statistics: ColumnStatistics
    /// The priority that new steps get, not to the power of alpha; nil if it is not saved.
    public var maximumPriority: Double?
    /// The exponent; nil if it is not saved.
    public var alpha: Double?
    /// How many leaves the tree has; nil if it is not saved.
    public var treeCapacity: Int?
  }

  /// A space that RLlib stored beside the data.
  public struct Space: Sendable, Equatable {
    /// Of what: `observations` or `actions`.
    public var name: String
    /// What it is, in a few words.
    public var description: String
  }

  /// The file.
  public var file: FileFacts
  /// The type that made the buffer.
  public var kind: String
  /// How its rows lie.
  public var layout: BufferLayout
  /// Whether the state is what RLlib saved, in its dump or converted from it.
  public var isFromRLlib: Bool
  /// How many rows there are, final observations included.
  public var rowCount: Int
  /// How many of them are steps.
  public var stepCount: Int
  /// From the smallest step number to one more than the largest.
  public var steps: Range<Int>
  /// How it was filled.
  public var turnover: Turnover
  /// Its episodes; nil if rows do not tell.
  public var episodes: EpisodeStatistics?
  /// The columns, all or those that were asked for.
  public var columns: [Column]
  /// How many columns the buffer has.
  public var columnCount: Int
  /// What all rows take before compression.
  public var rowBytes: Int
  /// The priorities; nil for a buffer without.
  public var priorities: Priorities?
  /// The random generator that draws samples; nil if it is not saved.
  public var generator: String?
  /// What else stands at the top of the state.
  public var counters: StateMap
  /// The spaces beside the data; nil where they are not known without reading the state.
  public var spaces: [Space]?
  /// How many parts of RLlib's state were kept without being understood.
  public var notUnderstoodCount: Int
  /// What they are, in a line each; empty where they are not known without reading the state.
  public var notUnderstood: [String]
  /// The values of the state.
  public var state: StateListing
  /// The rows that were asked for.
  public var samples: [RowSample]
}

extension BufferReport.Priorities {
  /// How many equal priorities would spread the draws as widely: (sum p)^2 / (sum p^2).
  /// - Source: Kish 1965, "Survey Sampling", the effective sample size.
  public var effectiveSampleSize: Double? {
    let count = Double(statistics.finiteCount)
    let squares = statistics.squaredDistances + count * statistics.mean * statistics.mean
    let sum = count * statistics.mean
    let size = sum * sum / squares
    return squares > 0 && size.isFinite ? size : nil
  }
}

extension BufferReport {
  /// How much smaller the file is than its rows as arrays.
  public var ratio: Double? { rowBytes > 0 ? Double(rowBytes) / Double(max(1, file.fileBytes)) : nil }
}
