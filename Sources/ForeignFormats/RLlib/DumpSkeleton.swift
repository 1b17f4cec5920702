internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// What is left of a dump when all that lies in rows, episodes, counters and priorities is taken out.
///
/// A skeleton is the dump's own MessagePack with `MessagePackValue.placeholder` where something was taken out. The
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
    var taken: [String] = ["episodes", "_num_episodes_evicted", "_indices", "_num_timesteps_added"]
    if parts.dump["_num_timesteps"] == .int(Int64(parts.stepNumbers.count { $0 >= 0 })) { taken.append("_num_timesteps") }
    if parts.dump["sampled_timesteps"]?.integer != nil { taken.append("sampled_timesteps") }
    if parts.dump["episode_id_to_index"] == Self.idIndex(parts.records, evicted: parts.evictedCount) {
      taken.append("episode_id_to_index")
    }
    if let priorities = parts.priorities {
      taken += priorities.derived
      if case .float64? = parts.dump["_max_priority"] { taken.append("_max_priority") }
      if parts.dump["_max_idx"]?.integer != nil { taken.append("_max_idx") }
      if Self.integers(parts.dump["_free_nodes"]) != nil { taken.append("_free_nodes") }
    }
    whole = parts.dump.replacing(taken.map { ([.key($0)][...], .placeholder) })
    var distinct: [MessagePackValue: Int] = [:]
    var episodes: [MessagePackValue] = []
    numbers = parts.episodes.enumerated().map { number, episode in
      let skeleton = Self.skeleton(episode, number: number, parts.columns.columns)
      if let known = distinct[skeleton] { return Int64(known) }
      distinct[skeleton] = episodes.count
      episodes.append(skeleton)
      return Int64(episodes.count - 1)
    }
    self.episodes = episodes
  }

  private static func skeleton(
    _ episode: RLlibEpisode, number: Int, _ columns: [DumpColumns.Column]
  ) -> MessagePackValue {
    var changes: [(path: ArraySlice<ValuePath.Step>, value: MessagePackValue)] = []
    for key in ["id_", "is_terminated", "is_truncated", "t_started", "t"] { changes.append(([.key(key)], .placeholder)) }
    for key in ["_start_time", "_last_step_time"] {
      if case .float64? = episode.value[key] { changes.append(([.key(key)], .placeholder)) }
    }
    for column in columns where column.encodings[number] != nil { changes.append((column.path[...], .placeholder)) }
    if episode.infosAreEmptyMaps { changes.append(([.key("infos"), .key("data")], .placeholder)) }
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

extension RLlibEpisode {
  /// Whether there is one empty info for every observation, as almost every environment gives.
  var infosAreEmptyMaps: Bool {
    guard case .packed(let list)? = value["infos"]?["data"], case .emptyMaps(let count) = list.elements else {
      return false
    }
    return list.shape == [count] && count == length + 1
  }
}
