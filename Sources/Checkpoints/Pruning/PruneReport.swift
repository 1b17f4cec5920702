public import SystemPackage

/// What a pruning looks at.
public struct PruneScope: OptionSet, Sendable, Hashable {
  /// The bits.
  public let rawValue: Int

  /// A scope of these bits.
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// The checkpoints of the experiment.
  public static let checkpoints = PruneScope(rawValue: 1)
  /// The dumps in its directory `buffers`; retention is applied to them apart from the checkpoints.
  public static let dumps = PruneScope(rawValue: 2)
  /// What restores have moved aside, all of it, as long as the experiment has a checkpoint that is verified.
  public static let superseded = PruneScope(rawValue: 4)
}

/// What stays of an experiment and why, and what goes.
public struct PruneReport: Sendable, Equatable {
  /// A checkpoint, a dump, or a directory of what was superseded.
  public struct Entry: Sendable, Equatable {
    /// Where it lies, or lay.
    public var path: FilePath
    /// Its number; that behind which the run was taken back for what was superseded.
    public var iteration: Int
    /// When it was written, in seconds since 1970.
    public var modificationSeconds: Int64
    /// The value of the metric; nil if it has none or none was asked for.
    public var metric: Double?
    /// Why it stays; empty if it goes.
    public var reasons: [RetentionReason]
    /// The bytes that its going frees, when those before it are gone: what others share is not among them.
    public var freedBytes: Int

    /// Whether it goes.
    public var goes: Bool { reasons.isEmpty }
  }

  /// The experiment.
  public var path: FilePath
  /// Its checkpoints by number; empty if they were not looked at.
  public var checkpoints: [Entry] = []
  /// Its dumps by number; empty if they were not looked at.
  public var dumps: [Entry] = []
  /// What was superseded; empty if that was not looked at.
  public var superseded: [Entry] = []
  /// The bytes of segments of the pool that nothing named before.
  public var unusedBytes = 0
  /// How many segments were deleted from the pool; 0 if nothing was touched.
  public var segmentsRemoved = 0
  /// What was read whole because it had to count and nobody had verified it.
  public var verified: [FilePath] = []
  /// What went wrong after all that goes was gone for readers.
  public var warnings: [String] = []

  /// All entries, in the order in which they are shown.
  public var entries: [Entry] { checkpoints + dumps + superseded }
  /// The bytes on disk that are freed, or would be.
  public var freedBytes: Int { entries.reduce(unusedBytes) { $0 + $1.freedBytes } }
  /// Whether nothing goes.
  public var isEmpty: Bool { !entries.contains(where: \.goes) }
}
