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

  init(_ dump: MessagePackValue) throws(DumpProblem) {
    self.dump = dump
    var episodes: [RLlibEpisode] = []
    for (number, value) in (dump["episodes"]?.elements ?? []).enumerated() {
      episodes.append(try RLlibEpisode(value, number: number))
    }
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

  private static func counter(_ key: String, _ dump: MessagePackValue) throws(DumpProblem) -> Int {
    guard let value = dump[key]?.integer, (0..<(1 << 60)).contains(value) else {
      throw DumpProblem("\(key) is \(dump[key]?.shortDescription ?? "missing"), expected a count")
    }
    return value
  }

  /// The episodes with a lane each: the first one that was free when the episode began.
  private static func records(_ episodes: [RLlibEpisode], _ numbers: [Int64]) -> [EpisodeRecord] {
    var records: [EpisodeRecord] = []
    var lanes: [(isOpen: Bool, lastStep: Int64)] = []
    var nextRow = 0
    for episode in episodes {
      let steps = numbers[nextRow..<nextRow + episode.length]
      let begins = steps.first ?? Int64.max
      let isOpen = !(episode.isTerminated || episode.isTruncated)
      let lane = lanes.firstIndex { !$0.isOpen && $0.lastStep < begins } ?? lanes.count
      if lane == lanes.count { lanes.append((false, -1)) }
      lanes[lane] = (isOpen, steps.last ?? lanes[lane].lastStep)
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
    var lines = columns.left.map { "\($0.name): \($0.reason); kept as it is" }
    let unknown = Set(episodes.flatMap(\.unknownKeys)).sorted()
    lines += unknown.map { "the key \($0) of episodes; kept as it is" }
    let withInfos = episodes.count { $0.hasInfos }
    if withInfos > 0 { lines.append("infos of \(withInfos) episodes; kept as they are") }
    lines += (dump.entries ?? []).compactMap { entry in
      let name = entry.key.string ?? entry.key.shortDescription
      return DumpSkeleton.knownKeys.contains(name) ? nil : "the key \(name); kept as it is"
    }
    lines += columns.columns.filter(\.differsFromSpace).map {
      "\($0.schema.name): the file's numbers do not fit the dtype of its space; kept as \($0.schema.dataType)"
    }
    return lines
  }
}

extension RLlibEpisode {
  /// Whether any info is not an empty map.
  var hasInfos: Bool {
    guard let data = value["infos"]?["data"] else { return false }
    if case .packed(let list) = data, case .emptyMaps = list.elements { return false }
    return data != .array([])
  }
}
