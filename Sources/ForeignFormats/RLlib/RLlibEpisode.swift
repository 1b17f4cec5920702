internal import MessagePack

/// One episode of a dump: its facts, its lists of numbers, and everything else as it stands.
/// - Source: `ray/rllib/env/single_agent_episode.py`, `get_state`.
struct RLlibEpisode {
  /// A list of numbers that becomes a part of a column.
  struct Leaf {
    /// The column: `obs`, `actions`, `rewards`, or the name of an extra model output; parts of a nested space with `/`.
    let column: String
    /// Whether it has one entry more than the episode has steps.
    let isObservation: Bool
    /// Where it lies in the episode's map.
    let path: [ValuePath.Step]
    /// The numbers of the steps stored, lookback left out.
    let block: NumberBlock
    /// The space that is stored beside it.
    let space: RLlibSpace?
    /// How many entries before the first step were stored too.
    let lookback: Int
  }

  let id: String
  let isTerminated: Bool
  let isTruncated: Bool
  let startTime: Int
  let length: Int
  let startClock: Double?
  let endClock: Double?
  /// The lists of numbers, in the order of the map.
  private(set) var leaves: [Leaf] = []
  /// Lists that are not rectangular lists of numbers, by name.
  private(set) var notNumbers: [String] = []
  /// Keys that RLlib 2.60 does not write.
  private(set) var unknownKeys: [String] = []
  /// The episode's map.
  let value: MessagePackValue

  private static let knownKeys: Set<String> = [
    "id_", "agent_id", "module_id", "multi_agent_episode_id", "observations", "actions", "rewards", "infos",
    "extra_model_outputs", "is_terminated", "is_truncated", "t_started", "t", "_observation_space", "_action_space",
    "_start_time", "_last_step_time", "custom_data",
  ]

  /// The episode in a map, or why it is none.
  init(_ value: MessagePackValue, number: Int) throws(DumpProblem) {
    guard let id = value["id_"]?.string, case .bool(let terminated)? = value["is_terminated"],
      case .bool(let truncated)? = value["is_truncated"], let start = value["t_started"]?.integer,
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
    try takeBuffer("observations", column: "obs", isObservation: true)
    try takeBuffer("actions", column: "actions")
    try takeBuffer("rewards", column: "rewards")
    for entry in value["extra_model_outputs"]?.entries ?? [] {
      guard let name = entry.key.string else { continue }
      try take(entry.value, at: [.key("extra_model_outputs"), .key(name)], column: Self.columnName(name))
    }
    guard leaves.contains(where: \.isObservation) else {
      throw DumpProblem("episode \(id) has no observations that are numbers")
    }
  }

  /// An extra output's own name, unless it is that of a column every buffer has.
  private static func columnName(_ name: String) -> String {
    ["obs", "actions", "rewards"].contains(name) ? "extra_model_outputs/\(name)" : name
  }

  private mutating func takeBuffer(_ key: String, column: String, isObservation: Bool = false) throws(DumpProblem) {
    guard let buffer = value[key] else { throw DumpProblem("episode \(id) has no \(key)") }
    try take(buffer, at: [.key(key)], column: column, isObservation: isObservation)
  }

  /// Takes the data of one `InfiniteLookbackBuffer`.
  private mutating func take(
    _ buffer: MessagePackValue, at path: [ValuePath.Step], column: String, isObservation: Bool = false
  ) throws(DumpProblem) {
    guard let data = buffer["data"] else { throw DumpProblem("\(column) of episode \(id) has no data") }
    let lookback = buffer["lookback"]?.integer ?? 0
    guard lookback >= 0 else { throw DumpProblem("\(column) of episode \(id) has a lookback of \(lookback)") }
    let source = LeafSource(
      column: column, path: path + [.key("data")], isObservation: isObservation, lookback: lookback)
    try take(data, from: source, space: RLlibSpace(buffer["space"]))
  }

  private struct LeafSource {
    var column: String
    var path: [ValuePath.Step]
    let isObservation: Bool
    let lookback: Int

    func part(_ name: String, _ step: ValuePath.Step) -> LeafSource {
      var part = self
      part.column += "/" + name
      part.path.append(step)
      return part
    }
  }

  private mutating func take(
    _ data: MessagePackValue, from source: LeafSource, space: RLlibSpace?
  ) throws(DumpProblem) {
    if let entries = data.entries {
      var spaces: [String: RLlibSpace] = [:]
      if case .dictionary(let parts)? = space { for part in parts { spaces[part.name] = part.space } }
      for entry in entries {
        guard let name = entry.key.string else { continue }
        try take(entry.value, from: source.part(name, .key(name)), space: spaces[name])
      }
      return
    }
    if case .tuple(let spaces)? = space, let parts = data.elements, parts.count == spaces.count {
      for (index, part) in parts.enumerated() {
        try take(part, from: source.part("\(index)", .index(index)), space: spaces[index])
      }
      return
    }
    guard let block = NumberBlock(data) else { return notNumbers.append(source.column) }
    try append(block, source, space)
  }

  private mutating func append(_ block: NumberBlock, _ source: LeafSource, _ space: RLlibSpace?) throws(DumpProblem) {
    let expected = length + (source.isObservation ? 1 : 0)
    guard block.rowCount == expected + source.lookback else {
      throw DumpProblem(
        "\(source.column) of episode \(id) has \(block.rowCount) entries, "
          + "expected \(expected) for \(length) steps and \(source.lookback) of lookback")
    }
    leaves.append(
      Leaf(
        column: source.column, isObservation: source.isObservation, path: source.path,
        block: block.dropFirst(source.lookback), space: space, lookback: source.lookback))
  }
}

/// What contradicts itself in a dump.
struct DumpProblem: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

extension MessagePackValue {
  /// A number of either precision.
  var double: Double? {
    switch self {
    case .float64(let value): value
    case .float32(let value): Double(value)
    default: nil
    }
  }
}
