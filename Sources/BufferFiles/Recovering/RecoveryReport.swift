public import StateTree
public import SystemPackage

/// What came of a recovery: what is in the new file, and what is lost.
public struct RecoveryReport: Sendable, Equatable {
  /// Rows that follow each other and are lost.
  public struct LostRows: Sendable, Equatable {
    /// Their numbers in the damaged file.
    public var rows: Range<Int>
    /// The smallest step number among them and one more than the largest; nil if nothing says it.
    public var steps: Range<Int>?
    /// How many row groups they were; nil without an index.
    public var rowGroups: Int?
  }

  /// Something in the state that is not as it was, so that it agrees with the rows that are left.
  public struct Repair: Sendable, Equatable, CustomStringConvertible {
    /// Where in the state.
    public var name: String
    /// What it was, and what it is now.
    public var reason: String

    /// Both on one line.
    public var description: String { "\(name): \(reason)" }
  }

  /// Bytes of the damaged file of which nothing is used.
  public struct Damage: Sendable, Equatable {
    /// The bytes.
    public var bytes: Range<Int>
    /// What is wrong there.
    public var reason: String
  }

  /// The most places of damage, and the most repairs, that are listed.
  public static let maximumEntries = 10_000

  /// The damaged file.
  public var path: FilePath
  /// Its bytes.
  public var byteCount: Int
  /// The new file.
  public var output: FilePath
  /// Its bytes.
  public var outputByteCount = 0
  /// What vouches for what was recovered.
  public var evidence = VerificationReport.Evidence.checksums
  /// How many rows were recovered, final observations included.
  public var rowCount = 0
  /// How many of them are steps.
  public var stepCount = 0
  /// How many episodes they make; nil for flat transitions and for state alone.
  public var episodeCount: Int?
  /// The rows that are lost, in order. Behind the last row that is whole there may have been others: see `isEndKnown`.
  public var lostRows: [LostRows] = []
  /// How many steps were lost with the end of their episode although their rows are whole: their observation is the final
  /// one now.
  public var tornStepCount = 0
  /// What of the state is lost, as far as index or summary tell.
  public var lostState: [StatePath] = []
  /// Whether it is known how many rows and what state the file once had.
  public var isEndKnown = true
  /// Whether the header is lost: columns and kind were made up from the rows, provenance and metadata are gone.
  public var isHeaderLost = false
  /// What is not as it was in the state.
  public var repairs: [Repair] = []
  /// Where the file is damaged, in its order.
  public var damage: [Damage] = []

  /// How many rows are lost, as far as it is known.
  public var lostRowCount: Int { lostRows.reduce(0) { $0 + $1.rows.count } }
  /// Whether the new file has everything that the old one ever had.
  public var isComplete: Bool {
    lostRows.isEmpty && tornStepCount == 0 && lostState.isEmpty && isEndKnown && !isHeaderLost && repairs.isEmpty
  }
}
