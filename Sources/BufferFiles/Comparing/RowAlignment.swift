internal import ReplayBuffers
internal import StateTree

/// Which rows of two buffers are the same facts.
struct RowAlignment {
  /// Rows that follow each other in both.
  struct Run: Equatable {
    /// The first row in the old buffer.
    var old: Int
    /// The first row in the new buffer.
    var new: Int
    /// How many rows.
    var count: Int
    /// Whether only the observations are in both: the end of an episode in one of them.
    var observationsOnly = false

    /// Whether the rows of `next` come right behind these in both buffers.
    func isFollowed(by next: Run) -> Bool { old + count == next.old && new + count == next.new }

    /// The rows in runs of at most `limit` of them.
    func pieces(ofRows limit: Int) -> [Run] {
      guard count > limit else { return [self] }
      return stride(from: 0, to: count, by: limit).map { offset in
        Run(old: old + offset, new: new + offset, count: min(limit, count - offset), observationsOnly: observationsOnly)
      }
    }
  }

  /// What pairs rows.
  enum Key: Sendable, Equatable {
    /// The step number.
    case stepNumber
    /// The episode's id and the time step in it.
    case episode
  }

  let key: Key
  private(set) var runs: [Run] = []
  private(set) var ring = RingChange()

  /// Pairs by step number, or by episode where one of the two came from RLlib, which numbers no steps.
  init(_ old: Side, _ new: Side) throws {
    guard old.isForeign || new.isForeign, let before = old.table, let after = new.table else {
      key = .stepNumber
      try alignSteps(old, new)
      ring.episodes = Self.episodes(old.table, new.table)
      return
    }
    key = .episode
    alignEpisodes(before, after)
    ring.episodes = Self.episodes(before, after)
  }

  private static func episodes(_ old: EpisodeTable?, _ new: EpisodeTable?) -> RingChange.Count? {
    guard let old, let new else { return nil }
    let before = Set(old.episodes.map { StateKey($0.id) })
    let kept = new.episodes.count { before.contains(StateKey($0.id)) }
    return .init(added: new.episodes.count - kept, evicted: old.episodes.count - kept, kept: kept)
  }

  private mutating func append(_ run: Run) {
    guard let last = runs.indices.last, runs[last].isFollowed(by: run),
      runs[last].observationsOnly == run.observationsOnly
    else { return runs.append(run) }
    runs[last].count += run.count
  }

  private mutating func alignEpisodes(_ old: EpisodeTable, _ new: EpisodeTable) {
    var before: [StateKey: EpisodeRecord] = [:]
    for episode in old.episodes { before[StateKey(episode.id)] = episode }
    var kept = 0
    for episode in new.episodes {
      guard let earlier = before[StateKey(episode.id)] else { continue }
      let start = max(earlier.startTime, episode.startTime)
      let end = min(earlier.startTime + earlier.length, episode.startTime + episode.length)
      guard start <= end else { continue }
      let rows = (old: earlier.firstRow + start - earlier.startTime, new: episode.firstRow + start - episode.startTime)
      kept += end - start
      if end > start { append(Run(old: rows.old, new: rows.new, count: end - start)) }
      append(Run(old: rows.old + end - start, new: rows.new + end - start, count: 1, observationsOnly: true))
    }
    ring.steps = .init(added: new.stepCount - kept, evicted: old.stepCount - kept, kept: kept)
  }

  private mutating func alignSteps(_ old: Side, _ new: Side) throws {
    let (before, after) = (try old.stepNumbers(), try new.stepNumbers())
    if before.isIncreasing, after.isIncreasing { return mergeSteps(before, after) }
    var rows: [Int64: Int] = [:]
    rows.reserveCapacity(before.count)
    for (row, step) in before.enumerated() where step >= 0 { rows[step] = row }
    var kept = 0
    for (row, step) in after.enumerated() where step >= 0 {
      guard let earlier = rows[step] else { continue }
      kept += 1
      append(Run(old: earlier, new: row, count: 1))
      // What was observed after a step is in both, whether a buffer goes on from there or ends there.
      let next = (old: earlier + 1, new: row + 1)
      guard next.old < before.count, next.new < after.count, before[next.old] < 0 || after[next.new] < 0 else { continue }
      append(Run(old: next.old, new: next.new, count: 1, observationsOnly: true))
    }
    let stored = (old: before.count { $0 >= 0 }, new: after.count { $0 >= 0 })
    ring.steps = .init(added: stored.new - kept, evicted: stored.old - kept, kept: kept)
  }
}

extension RowAlignment {
  /// Pairs rows of two buffers whose rows lie in the order of their steps: no table of a million rows is needed.
  private mutating func mergeSteps(_ before: [Int64], _ after: [Int64]) {
    var (old, new, kept) = (0, 0, 0)
    while old < before.count, new < after.count {
      if before[old] == after[new] {
        append(Run(old: old, new: new, count: 1))
        (old, new, kept) = (old + 1, new + 1, kept + 1)
      } else if before[old] < after[new] {
        old += 1
      } else {
        new += 1
      }
    }
    ring.steps = .init(added: after.count - kept, evicted: before.count - kept, kept: kept)
  }
}

extension [Int64] {
  /// Whether every number is larger than the one before it and none is negative.
  fileprivate var isIncreasing: Bool {
    (first ?? 0) >= 0 && indices.dropFirst().allSatisfy { self[$0 - 1] < self[$0] }
  }
}

/// How the stored steps changed.
public struct RingChange: Sendable, Equatable {
  /// How many are new, gone and in both.
  public struct Count: Sendable, Equatable {
    /// Only in the new buffer.
    public var added = 0
    /// Only in the old buffer.
    public var evicted = 0
    /// In both.
    public var kept = 0

    /// Whether nothing came or went.
    public var isSame: Bool { added == 0 && evicted == 0 }
  }

  /// Of steps.
  public var steps = Count()
  /// Of episodes; nil for buffers without an episode table.
  public var episodes: Count?
  /// How many kept steps have another number. Above 0 only where RLlib, which stores none, wrote one of the two: its steps
  /// were added in another order, or counted otherwise.
  public var renumbered = 0

  /// Whether nothing came, went or was renumbered.
  public var isSame: Bool { steps.isSame && episodes?.isSame != false && renumbered == 0 }
}
