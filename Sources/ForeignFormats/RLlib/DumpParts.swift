internal import FileSystems
internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// A dump taken apart: episodes, columns, order of steps, priorities, counters.
/// - Source: `get_state` of RLlib's episode buffers.
struct DumpParts {
  let dump: MessagePackValue
  let episodes: [RLlibEpisode]
  let columns: DumpColumns
  let priorities: DumpPriorities?
  let records: [EpisodeRecord]
  /// The step number of each row, -1 for final observations. RLlib numbers nothing: the newest step is the last one that
  /// was added, and the others count back from it in the order of `_indices`.
  let stepNumbers: [Int64]
  let nextStep: Int
  let addedCount: Int
  let evictedCount: Int

  var isPrioritized: Bool { priorities != nil }

  /// The columns of a buffer into which nothing was added.
  static let emptyColumns = [
    ColumnSchema("obs", .float32), ColumnSchema("actions", .float32), ColumnSchema("rewards", .float32),
  ]

  /// How many steps were sampled; nil if the dump does not say so as a count.
  var sampledCount: Int? { dump["sampled_timesteps"]?.integer.flatMap { $0 < 0 ? nil : $0 } }

  init(_ dump: MessagePackValue) throws(DumpProblem) {
    guard !Placeholder.occurs(in: dump) else {
      throw DumpProblem("it holds the extension 114 \"rlbuf\", which stands for what a converted dump holds elsewhere")
    }
    self.dump = dump
    let episodes = try Self.episodes(dump)
    let isPrioritized = dump["_sum_segment"] != nil
    evictedCount = try Self.counter("_num_episodes_evicted", dump)
    addedCount = try Self.counter("_num_timesteps_added", dump)
    let order = try DumpSteps(
      dump["_indices"], episodes: episodes, evicted: evictedCount, width: isPrioritized ? 3 : 2)
    let first = max(0, addedCount - order.rows.count)
    var numbers = [Int64](repeating: -1, count: episodes.reduce(0) { $0 + $1.length + 1 })
    for (position, row) in order.rows.enumerated() { numbers[row] = Int64(first + position) }
    stepNumbers = numbers
    nextStep = first + order.rows.count
    priorities = isPrioritized ? try DumpPriorities(dump, leaves: order.leaves ?? []) : nil
    columns = try DumpColumns(episodes)
    records = Self.records(episodes, numbers)
    self.episodes = episodes
  }

  private static func episodes(_ dump: MessagePackValue) throws(DumpProblem) -> [RLlibEpisode] {
    var episodes: [RLlibEpisode] = []
    var ids = Set<[UInt8]>()
    for (number, value) in (dump["episodes"]?.elements ?? []).enumerated() {
      let episode = try RLlibEpisode(value, number: number)
      guard ids.insert(Array(episode.id.utf8)).inserted else {
        throw DumpProblem("the episode \(quoted(episode.id)) stands in it twice")
      }
      episodes.append(episode)
    }
    return episodes
  }

  private static func counter(_ key: String, _ dump: MessagePackValue) throws(DumpProblem) -> Int {
    guard let value = dump[key]?.integer, (0..<maximumCount).contains(value) else {
      throw DumpProblem("\(key) is \(dump[key]?.shortDescription ?? "missing"), expected a count")
    }
    return value
  }

  /// Above every counter, so that sums of a few of them do not overflow.
  static let maximumCount = 1 << 60

  /// The episodes with a lane each: the first one that was free when the episode began.
  private static func records(_ episodes: [RLlibEpisode], _ numbers: [Int64]) -> [EpisodeRecord] {
    var records: [EpisodeRecord] = []
    var lanes = FreeLanes(count: episodes.count)
    var nextRow = 0
    for episode in episodes {
      let steps = numbers[nextRow..<nextRow + episode.length]
      let lane = lanes.first(freeAt: steps.first ?? .max)
      if !(episode.isTerminated || episode.isTruncated) {
        lanes.setBusy(lane, until: .max)
      } else if let last = steps.last {
        lanes.setBusy(lane, until: last)
      }
      records.append(
        EpisodeRecord(
          id: episode.id, lane: lane, firstRow: nextRow, length: episode.length, startTime: episode.startTime,
          isTerminated: episode.isTerminated, isTruncated: episode.isTruncated))
      nextRow += episode.length + 1
    }
    return records
  }

  /// What was not understood, in a line each.
  var notUnderstood: [String] {
    var lines = columns.left.map { "\(printable($0.name)): \($0.reason); kept as it is" }
    let unknown = Set(episodes.flatMap(\.unknownKeys)).sorted()
    lines += unknown.map { "the key \(printable($0)) of episodes; kept as it is" }
    let withInfos = episodes.count { $0.hasInfos }
    if withInfos > 0 { lines.append("infos of \(withInfos) episodes; kept as they are") }
    lines += (dump.entries ?? []).compactMap { entry in
      let name = entry.key.string ?? entry.key.shortDescription
      return DumpSkeleton.knownKeys.contains(name) ? nil : "the key \(printable(name)); kept as it is"
    }
    lines += columns.columns.filter(\.differsFromSpace).map {
      "\(printable($0.schema.name)): the file's numbers do not fit the dtype of its space; kept as \($0.schema.dataType)"
    }
    return lines
  }
}
