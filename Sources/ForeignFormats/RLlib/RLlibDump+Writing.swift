public import MessagePack
public import ReplayBuffers
internal import StateTree

extension RLlibDump {
  /// The dump that RLlib would load again, from the contents of a file that was converted from one.
  ///
  /// Converting a dump and making it again gives the same bytes.
  /// - Throws: `StateTreeError.missingKey` for contents that did not come from RLlib, or what is wrong with them.
  public static func value(of contents: some BufferContents) throws -> MessagePackValue {
    try DumpWriting(contents).value()
  }
}

/// Puts a dump together from rows, episodes, counters, priorities and skeletons.
private struct DumpWriting<Contents: BufferContents> {
  private let contents: Contents
  private let state: StateReader
  private let kept: StateReader
  private let table: EpisodeTable

  init(_ contents: Contents) throws {
    self.contents = contents
    state = try StateReader(contents.state())
    kept = try state.reader("rllib")
    table = try EpisodeTable(state: state.reader("episodes"))
  }

  func value() throws -> MessagePackValue {
    let skeleton = try Self.value(try kept.value("skeleton"), "rllib/skeleton")
    let added = try state.count("num_timesteps_added")
    let evicted = try state.count("num_episodes_evicted")
    var changes: [(key: String, value: MessagePackValue)] = [
      ("episodes", .array(try episodes())), ("_num_episodes_evicted", .int(Int64(evicted))),
      ("_num_timesteps_added", .int(Int64(added))), ("_num_timesteps", .int(Int64(table.stepCount))),
      ("sampled_timesteps", .int(Int64(try state.count("sampled_timesteps")))),
      ("episode_id_to_index", DumpSkeleton.idIndex(table.episodes, evicted: evicted)),
    ]
    changes += try ordered(evicted: evicted)
    return skeleton.replacing(
      changes.filter { skeleton[$0.key] == .placeholder }.map { ([.key($0.key)][...], $0.value) })
  }

  /// `_indices` and everything of the priorities, in the order in which the steps came.
  private func ordered(evicted: Int) throws -> [(key: String, value: MessagePackValue)] {
    var numbers: [Int64] = []
    try contents.forEachBatch { numbers += $0.steps }
    let leaves: [Int64]? = kept.map["leaves"] == nil ? nil : try kept.vector("leaves")
    var steps: [(number: Int64, episode: Int, time: Int, position: Int)] = []
    for (index, episode) in table.episodes.enumerated() {
      for time in 0..<episode.length { steps.append((numbers[episode.firstRow + time], index, time, steps.count)) }
    }
    guard leaves == nil || leaves?.count == steps.count else {
      throw StateTreeError.invalidValue(path: "rllib/leaves", found: "\(leaves?.count ?? 0)", expected: "\(steps.count)")
    }
    steps.sort { $0.number < $1.number }
    let width = leaves == nil ? 2 : 3
    let indices = steps.flatMap { step in
      [Int64(evicted + step.episode), Int64(step.time)] + (leaves.map { [$0[step.position]] } ?? [])
    }
    let list = steps.isEmpty
      ? MessagePackValue.array([]) : .packed(PackedList(shape: [steps.count, width], elements: .int64(indices)))
    guard let leaves else { return [("_indices", list)] }
    return [("_indices", list)] + (try priorities(steps.map(\.position), leaves))
  }

  private func priorities(_ order: [Int], _ leaves: [Int64]) throws -> [(key: String, value: MessagePackValue)] {
    let values: [Double] = try state.vector("priorities")
    let capacity = try kept.count("tree_capacity")
    guard values.count == leaves.count, capacity > 0, capacity <= 1 << 40,
      leaves.allSatisfy({ (0..<Int64(capacity)).contains($0) })
    else { throw StateTreeError.invalidValue(path: "rllib/leaves", found: "others", expected: "a leaf for each priority") }
    let pairs = zip(leaves, values).map { (leaf: Int($0), value: $1) }
    let free: [Int64] = kept.map["free_nodes"] == nil ? [] : try kept.vector("free_nodes")
    return [
      ("_sum_segment", Self.list(DumpPriorities.sums(capacity, pairs).values)),
      ("_min_segment", Self.list(DumpPriorities.minima(capacity, pairs).values)),
      ("_tree_idx_to_sample_idx", DumpPriorities.sampleIndices(order.map { leaves[$0] })),
      ("_free_nodes", free.isEmpty ? .array([]) : .packed(PackedList(shape: [free.count], elements: .int64(free)))),
      ("_max_priority", state.map["max_priority"].flatMap(Self.number) ?? .nil),
      ("_max_idx", kept.map["max_idx"].flatMap(Self.number) ?? .nil),
    ]
  }

  private static func list(_ values: [Double]) -> MessagePackValue {
    .packed(PackedList(shape: [values.count], elements: .float64(values)))
  }

  private static func number(_ value: StateValue) -> MessagePackValue? {
    switch value {
    case .int(let value): .int(value)
    case .double(let value): .float64(value)
    default: nil
    }
  }

  private static func value(_ stored: StateValue, _ path: String) throws -> MessagePackValue {
    guard case .bytes(let bytes) = stored else {
      throw StateTreeError.wrongType(path: path, expected: "bytes", found: stored.typeName)
    }
    return try MessagePackReader.value(of: bytes)
  }

  private func episodes() throws -> [MessagePackValue] {
    let skeletons = try kept.array("episode_skeletons").map { try Self.value($0, "rllib/episode_skeletons") }
    let numbers: [Int64] = try kept.vector("episode_skeleton")
    let (starts, ends): ([Double], [Double]) = (try kept.vector("start_time"), try kept.vector("last_step_time"))
    let columns = try kept.array("columns").map { try WrittenColumn($0, contents.schema) }
    guard [numbers.count, starts.count, ends.count].allSatisfy({ $0 == table.episodes.count }),
      numbers.allSatisfy({ skeletons.indices.contains(Int($0)) })
    else {
      throw StateTreeError.invalidValue(path: "rllib", found: "other counts", expected: "\(table.episodes.count) episodes")
    }
    return try table.episodes.enumerated().map { index, episode in
      var changes = facts(episode, start: starts[index], end: ends[index])
      let rows = try contents.rows(episode.rows)
      changes += try columns.compactMap { try $0.change(episode, number: index, rows) }
      return skeletons[Int(numbers[index])].fillingPlaceholders(changes)
    }
  }

  private func facts(
    _ episode: EpisodeRecord, start: Double, end: Double
  ) -> [(path: ArraySlice<ValuePath.Step>, value: MessagePackValue)] {
    let infos = PackedList(shape: [episode.length + 1], elements: .emptyMaps(episode.length + 1))
    return [
      ([.key("id_")], .string(episode.id)), ([.key("is_terminated")], .bool(episode.isTerminated)),
      ([.key("is_truncated")], .bool(episode.isTruncated)), ([.key("t_started")], .int(Int64(episode.startTime))),
      ([.key("t")], .int(Int64(episode.startTime + episode.length))), ([.key("_start_time")], .float64(start)),
      ([.key("_last_step_time")], .float64(end)), ([.key("infos"), .key("data")], .packed(infos)),
    ]
  }
}

/// A column on its way back into the lists of episodes.
private struct WrittenColumn {
  let column: Int
  let isObservation: Bool
  let path: [ValuePath.Step]
  let encodings: StateValue

  init(_ value: StateValue, _ schema: BufferSchema) throws {
    let reader = try StateReader(value, at: ["rllib", "columns"])
    let name = try reader.string("name")
    guard let column = schema.index(of: name) else { throw StateTreeError.missingKey(path: "columns/\(name)") }
    self.column = column
    isObservation = name == "obs" || name.hasPrefix("obs/")
    encodings = try reader.value("encoding")
    path = try reader.array("path").map { step in
      switch step {
      case .string(let name): return .key(name)
      case .int(let index): return .index(Int(index))
      default: throw StateTreeError.wrongType(path: "rllib/columns/path", expected: "a step", found: step.typeName)
      }
    }
  }

  /// The list of one episode, or nil if the list itself was kept.
  func change(
    _ episode: EpisodeRecord, number: Int, _ rows: RowBatch
  ) throws -> (path: ArraySlice<ValuePath.Step>, value: MessagePackValue)? {
    var word = encodings
    if case .array(let words) = encodings { word = words.indices.contains(number) ? words[number] : .nil }
    guard case .string(let text) = word, text != "kept" else { return nil }
    let tensor = rows.columns[column].rows(0..<episode.length + (isObservation ? 1 : 0))
    guard let encoding = NumberBlock.Encoding(rawValue: text), let list = NumberBlock.list(tensor, encoding: encoding)
    else { throw StateTreeError.invalidValue(path: "rllib/columns", found: text, expected: "an encoding") }
    return (path[...], list)
  }
}

extension MessagePackValue {
  /// The tree with values where placeholders stand; other places stay as they are.
  fileprivate func fillingPlaceholders(
    _ changes: [(path: ArraySlice<ValuePath.Step>, value: MessagePackValue)]
  ) -> MessagePackValue {
    replacing(changes.filter { value(at: $0.path) == .placeholder })
  }

  private func value(at path: ArraySlice<ValuePath.Step>) -> MessagePackValue? {
    guard let step = path.first else { return self }
    switch step {
    case .key(let name): return self[name]?.value(at: path.dropFirst())
    case .index(let index):
      let elements = elements ?? []
      return elements.indices.contains(index) ? elements[index].value(at: path.dropFirst()) : nil
    }
  }
}
