internal import MessagePack

/// One episode of a dump: its facts, its lists of numbers, and everything else as it stands.
/// - Source: `ray/rllib/env/single_agent_episode.py`, `get_state`.
struct RLlibEpisode {
  let id: String
  let isTerminated: Bool
  let isTruncated: Bool
  let startTime: Int
  let length: Int
  let startClock: Double?
  let endClock: Double?
  /// What it holds for each of its steps.
  let lists: EpisodeLists
  /// Keys that RLlib 2.60 does not write.
  let unknownKeys: [String]
  /// The episode's map.
  let value: MessagePackValue

  private static let knownKeys: Set<String> = [
    "id_", "agent_id", "module_id", "multi_agent_episode_id", "observations", "actions", "rewards", "infos",
    "extra_model_outputs", "is_terminated", "is_truncated", "t_started", "t", "_observation_space", "_action_space",
    "_start_time", "_last_step_time", "custom_data",
  ]

  /// The episode in a map, or why it is none.
  init(_ value: MessagePackValue, number: Int) throws(DumpProblem) {
    guard let id = value["id_"]?.string, let terminated = value["is_terminated"]?.flag,
      let truncated = value["is_truncated"]?.flag, let start = value["t_started"]?.integer,
      let end = value["t"]?.integer, start >= 0, end >= start, end < 1 << 48
    else { throw DumpProblem("episode number \(number) lacks id_, t_started, t, is_terminated or is_truncated") }
    self.value = value
    self.id = id
    (isTerminated, isTruncated, startTime, length) = (terminated, truncated, start, end - start)
    startClock = value["_start_time"]?.double
    endClock = value["_last_step_time"]?.double
    unknownKeys = (value.entries ?? []).compactMap { entry in
      let name = entry.key.string ?? entry.key.shortDescription
      return Self.knownKeys.contains(name) ? nil : name
    }
    lists = try Self.lists(value, id: id, length: length)
  }

  private static func lists(
    _ value: MessagePackValue, id: String, length: Int
  ) throws(DumpProblem) -> EpisodeLists {
    var lists = EpisodeLists(id: id, length: length)
    for (key, column) in [("observations", "obs"), ("actions", "actions"), ("rewards", "rewards")] {
      try lists.take(value[key], at: [.key(key)], column: column)
    }
    for entry in value["extra_model_outputs"]?.entries ?? [] {
      guard let name = entry.key.string else {
        lists.leave("extra_model_outputs", "it has the key \(entry.key.shortDescription), which is no text")
        continue
      }
      try lists.take(entry.value, at: [.key("extra_model_outputs"), .key(name)], column: columnName(name))
    }
    // Without this a dump of a few bytes could claim any number of rows.
    guard length == 0 || !lists.leaves.isEmpty else {
      throw DumpProblem("episode \(quoted(id)) has no list of numbers for any of its \(length) steps")
    }
    return lists
  }

  /// An extra output's own name, unless the columns that every buffer has go by it.
  private static func columnName(_ name: String) -> String {
    let first = name.prefix { $0 != "/" }
    let reserved = ["", "obs", "actions", "rewards", "extra_model_outputs"]
    return reserved.contains(String(first)) ? "extra_model_outputs/\(name)" : name
  }

  /// Whether any info is not an empty map.
  var hasInfos: Bool {
    guard let data = value["infos"]?["data"] else { return false }
    if case .packed(let list) = data, case .emptyMaps = list.elements { return false }
    return data != .array([])
  }

  /// Whether there is one empty info for every observation, as almost every environment gives.
  var infosAreEmptyMaps: Bool {
    guard case .packed(let list)? = value["infos"]?["data"], case .emptyMaps(let count) = list.elements else {
      return false
    }
    return list.shape == [count] && count == length + 1
  }
}

/// What contradicts itself in a dump.
struct DumpProblem: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// A name from a file as messages show it: in quotes, short, without control characters.
func quoted(_ name: String) -> String { MessagePackValue.string(name).shortDescription }

extension MessagePackValue {
  /// A number of either precision.
  var double: Double? {
    switch self {
    case .float64(let value): value
    case .float32(let value): Double(value)
    default: nil
    }
  }

  /// A truth value, also as 0 or 1.
  var flag: Bool? {
    switch self {
    case .bool(let value): value
    case .int(0): false
    case .int(1): true
    default: nil
    }
  }
}
