internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// What is left of a dump when all that lies in rows, episodes, counters and priorities is taken out.
///
/// A skeleton is the dump's own MessagePack with a `Placeholder` where something was taken out. The
/// episodes' skeletons are alike, so that each is stored once.
struct DumpSkeleton {
  static let knownKeys: Set<String> = [
    "episodes", "episode_id_to_index", "_num_episodes_evicted", "_indices", "_num_timesteps", "_num_timesteps_added",
    "sampled_timesteps", "_sum_segment", "_min_segment", "_free_nodes", "_max_priority", "_max_idx",
    "_tree_idx_to_sample_idx", "_last_sampled_indices",
  ]

  /// The dump without what lies elsewhere.
  let whole: MessagePackValue
  /// The different skeletons of episodes.
  let episodes: [MessagePackValue]
  /// Which of them each episode has.
  let numbers: [Int64]

  init(_ parts: DumpParts) {
    whole = parts.dump.replacing(Self.taken(parts).map { ([.key($0)][...], Placeholder.whole) })
    var distinct = DistinctValues()
    numbers = parts.episodes.enumerated().map { number, episode in
      Int64(distinct.number(of: Self.skeleton(episode, number: number, parts.columns.columns)))
    }
    episodes = distinct.values
  }

  /// The keys of the dump whose values can be made again from what lies elsewhere.
  private static func taken(_ parts: DumpParts) -> [String] {
    let dump = parts.dump
    var taken: [String] = ["episodes", "_num_episodes_evicted", "_indices", "_num_timesteps_added"]
    if dump["_num_timesteps"] == .int(Int64(parts.stepNumbers.count { $0 >= 0 })) { taken.append("_num_timesteps") }
    if parts.sampledCount != nil { taken.append("sampled_timesteps") }
    if dump["episode_id_to_index"] == idIndex(parts.records, evicted: parts.evictedCount) {
      taken.append("episode_id_to_index")
    }
    if let priorities = parts.priorities {
      taken += priorities.derived
      if case .float64? = dump["_max_priority"] { taken.append("_max_priority") }
      if dump["_max_idx"]?.integer != nil { taken.append("_max_idx") }
      if integers(dump["_free_nodes"]) != nil { taken.append("_free_nodes") }
    }
    return taken
  }

  private static func skeleton(
    _ episode: RLlibEpisode, number: Int, _ columns: [DumpColumns.Column]
  ) -> MessagePackValue {
    var changes: ValueChanges = ["id_", "t_started", "t"].map { ([.key($0)], Placeholder.whole) }
    for key in ["is_terminated", "is_truncated"] {
      if case .bool? = episode.value[key] { changes.append(([.key(key)], Placeholder.whole)) }
    }
    for key in ["_start_time", "_last_step_time"] {
      if case .float64? = episode.value[key] { changes.append(([.key(key)], Placeholder.whole)) }
    }
    for column in columns where column.encodings[number] != nil {
      if let path = column.path { changes.append((path[...], Placeholder.after(column.lookbacks[number]))) }
    }
    if episode.infosAreEmptyMaps { changes.append(([.key("infos"), .key("data")], Placeholder.whole)) }
    return episode.value.replacing(changes)
  }

  /// What `episode_id_to_index` holds: each id with its absolute index.
  static func idIndex(_ records: [EpisodeRecord], evicted: Int) -> MessagePackValue {
    .array(records.enumerated().map { .array([.string($1.id), .int(Int64(evicted + $0))]) })
  }

  /// The numbers of a flat list of integers; none for an empty one.
  static func integers(_ value: MessagePackValue?) -> [Int64]? {
    if value == .array([]) { return [] }
    guard case .packed(let list)? = value, list.shape.count == 1, case .int64(let numbers) = list.elements else {
      return nil
    }
    return numbers
  }
}

/// Values numbered in the order in which they first come.
private struct DistinctValues {
  private(set) var values: [MessagePackValue] = []
  private var numbers: [MessagePackValue: Int] = [:]

  mutating func number(of value: MessagePackValue) -> Int {
    // Almost always one of the first few; comparing is quicker than hashing.
    if let known = values.prefix(4).firstIndex(of: value) { return known }
    if let known = numbers[value] { return known }
    numbers[value] = values.count
    values.append(value)
    return values.count - 1
  }
}
