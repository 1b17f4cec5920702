public import ReplayBuffers
internal import StateTree

/// The episodes of a buffer in numbers: how many, how they ended, their returns and lengths.
///
/// The return of an episode is the undiscounted sum of its stored rewards. Of transitions without an episode table, only
/// episodes whose end is stored and before whose end no step number is missing are counted; the oldest may have lost its
/// beginning.
public struct EpisodeStatistics: Sendable, Equatable {
  /// How many episodes ended by the environment's own rule.
  public var terminatedCount = 0
  /// How many were cut off from outside.
  public var truncatedCount = 0
  /// How many have not ended.
  public var openCount = 0
  /// The returns.
  public var returns = ColumnStatistics()
  /// The lengths.
  /// - Units: steps.
  public var lengths = ColumnStatistics()

  /// Statistics of nothing.
  public init() {}

  /// All episodes.
  public var count: Int { lengths.count }
}

/// Gathers returns and lengths of episodes while their rows go by in order.
public struct EpisodeAccumulator: Sendable {
  private let layout: BufferLayout
  private let rewards: Int?
  private let ends: [Int]
  private var currentReturn = 0.0
  private var currentLength = 0
  /// The step number of the row before; nil before the first.
  private var lastStep: Int64?
  /// Whether steps are missing since the last end: what ends next has lost a part.
  private var hasHole = false
  private var gatheredReturns: [Double] = []
  private var gatheredLengths: [Int64] = []
  private var truncatedFlags: [Bool] = []

  /// An accumulator for a buffer of this form.
  public init(layout: BufferLayout, schema: BufferSchema) {
    self.layout = layout
    rewards = schema.index(of: "rewards").flatMap { schema.columns[$0].shape.isEmpty ? $0 : nil }
    ends = ["terminateds", "truncateds"].compactMap { name in
      schema.index(of: name).flatMap { schema.columns[$0].isFlag ? $0 : nil }
    }
  }

  /// Takes the next rows.
  public mutating func add(_ batch: RowBatch) {
    switch layout {
    case .episodes: addEpisodes(batch)
    case .transitions: if ends.count == 2 { addTransitions(batch) }
    }
  }

  private mutating func addEpisodes(_ batch: RowBatch) {
    let values = rewards.flatMap { batch.columns[$0].doubles() } ?? []
    let steps = batch.steps
    for row in steps.indices {
      if steps[row] < 0 {
        endEpisode(isTruncated: false)
      } else {
        if !values.isEmpty { currentReturn += values[row] }
        currentLength += 1
      }
    }
  }

  private mutating func addTransitions(_ batch: RowBatch) {
    let values = rewards.flatMap { batch.columns[$0].doubles() } ?? []
    let (terminated, truncated) = (batch.columns[ends[0]].bytes, batch.columns[ends[1]].bytes)
    let steps = batch.steps
    for row in steps.indices {
      follow(steps[row])
      if !values.isEmpty { currentReturn += values[row] }
      currentLength += 1
      if terminated[row] | truncated[row] != 0 { endEpisode(isTruncated: terminated[row] == 0) }
    }
  }

  /// Notes whether steps are missing before this one, as between those that a reservoir kept.
  private mutating func follow(_ step: Int64) {
    if let lastStep, step != lastStep &+ 1 { hasHole = true }
    lastStep = step
  }

  private mutating func endEpisode(isTruncated: Bool) {
    if !hasHole {
      gatheredReturns.append(currentReturn)
      gatheredLengths.append(Int64(currentLength))
      truncatedFlags.append(isTruncated)
    }
    (currentReturn, currentLength, hasHole) = (0, 0, false)
  }

  /// The return of each episode, in the order of the rows.
  public var returns: [Double] { gatheredReturns }
  /// The length of each episode, in the order of the rows.
  /// - Units: steps.
  public var lengths: [Int64] { gatheredLengths }

  /// The statistics; nil if the buffer has neither a table of episodes nor both end flags in rows of transitions.
  /// - Parameter table: the buffer's episodes, if it has a table; it says how each ended.
  public func statistics(_ table: EpisodeTable?) -> EpisodeStatistics? {
    guard layout == .episodes ? table != nil : ends.count == 2 else { return nil }
    var statistics = EpisodeStatistics()
    statistics.returns = (rewards == nil ? nil : ColumnStatistics(of: Tensor(vector: gatheredReturns))) ?? .init()
    statistics.lengths = ColumnStatistics(of: Tensor(vector: gatheredLengths)) ?? .init()
    if let table {
      statistics.terminatedCount = table.episodes.count(where: \.isTerminated)
      statistics.truncatedCount = table.episodes.count(where: { $0.isTruncated && !$0.isTerminated })
      statistics.openCount = table.episodes.count(where: { !$0.isDone })
    } else {
      statistics.truncatedCount = truncatedFlags.count(where: \.self)
      statistics.terminatedCount = truncatedFlags.count - statistics.truncatedCount
      statistics.openCount = currentLength > 0 ? 1 : 0
    }
    return statistics
  }
}

extension ColumnSchema {
  /// Whether the column holds one truth value a row.
  fileprivate var isFlag: Bool { dataType == .bool && shape.isEmpty }
}
