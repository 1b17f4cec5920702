internal import MessagePack
internal import ReplayBuffers
internal import StateTree

/// Puts a dump together from rows, episodes, counters, priorities and skeletons. Trusts none of them.
struct DumpWriting<Contents: BufferContents> {
  private let contents: Contents
  private let state: StateReader
  private let kept: StateReader
  private let table: EpisodeTable

  init(_ contents: Contents) throws {
    self.contents = contents
    state = try StateReader(contents.state())
    kept = try state.reader("rllib")
    table = try EpisodeTable(state: state.reader("episodes"))
    guard table.rowCount == contents.rowCount else {
      throw StateTreeError.invalidValue(
        path: "episodes", found: "\(table.rowCount) rows", expected: "\(contents.rowCount)")
    }
    for episode in table.episodes where !(0..<1 << 48).contains(episode.startTime) {
      throw StateTreeError.invalidValue(path: "episodes/t_started", found: "\(episode.startTime)", expected: "a step")
    }
  }

  func value() throws -> MessagePackValue {
    let skeleton = try Self.objects(kept, "skeleton")
    guard skeleton.count == 1 else { throw Self.invalid("skeleton", "\(skeleton.count) objects", "one") }
    let added = try count("num_timesteps_added")
    let evicted = try count("num_episodes_evicted")
    var changes: ValueChanges = [
      Self.change("episodes", .array(try episodes())), Self.change("_num_episodes_evicted", .int(Int64(evicted))),
      Self.change("_num_timesteps_added", .int(Int64(added))),
      Self.change("_num_timesteps", .int(Int64(table.stepCount))),
      Self.change("sampled_timesteps", .int(Int64(try state.count("sampled_timesteps")))),
      Self.change("episode_id_to_index", DumpSkeleton.idIndex(table.episodes, evicted: evicted)),
    ]
    changes += try ordered(evicted: evicted)
    return try skeleton[0].fillingPlaceholders(changes)
  }

  private static func change(
    _ key: String, _ value: MessagePackValue
  ) -> (path: ArraySlice<ValuePath.Step>, value: MessagePackValue) {
    ([.key(key)], value)
  }

  private func count(_ key: StateKey) throws -> Int {
    let value = try state.count(key)
    guard value < DumpParts.maximumCount else {
      throw StateTreeError.invalidValue(path: key.string, found: "\(value)", expected: "a count")
    }
    return value
  }

  /// `_indices` and everything of the priorities, in the order in which the steps came.
  private func ordered(evicted: Int) throws -> ValueChanges {
    var numbers: [Int64] = []
    numbers.reserveCapacity(table.rowCount)
    try contents.forEachBatch { numbers += $0.steps }
    let leaves: [Int64]? = kept.map["leaves"] == nil ? nil : try kept.vector("leaves")
    guard leaves == nil || leaves?.count == table.stepCount, numbers.count == table.rowCount else {
      throw Self.invalid("leaves", "\(leaves?.count ?? 0)", "\(table.stepCount)")
    }
    var steps: [(number: Int64, episode: Int, time: Int, position: Int)] = []
    steps.reserveCapacity(table.stepCount)
    for (index, episode) in table.episodes.enumerated() {
      for time in 0..<episode.length { steps.append((numbers[episode.firstRow + time], index, time, steps.count)) }
    }
    steps.sort { $0.number < $1.number }
    var indices: [Int64] = []
    for step in steps {
      indices += [Int64(evicted + step.episode), Int64(step.time)]
      if let leaves { indices.append(leaves[step.position]) }
    }
    let list =
      steps.isEmpty
      ? MessagePackValue.array([])
      : .packed(PackedList(shape: [steps.count, leaves == nil ? 2 : 3], elements: .int64(indices)))
    guard let leaves else { return [Self.change("_indices", list)] }
    return [Self.change("_indices", list)] + (try priorities(steps.map(\.position), leaves))
  }

  private func priorities(_ order: [Int], _ leaves: [Int64]) throws -> ValueChanges {
    let values: [Double] = try state.vector("priorities")
    let free: [Int64] = kept.map["free_nodes"] == nil ? [] : try kept.vector("free_nodes")
    let freeList =
      free.isEmpty
      ? MessagePackValue.array([]) : .packed(PackedList(shape: [free.count], elements: .int64(free)))
    var changes: ValueChanges = [
      Self.change("_tree_idx_to_sample_idx", DumpPriorities.sampleIndices(order.map { leaves[$0] })),
      Self.change("_free_nodes", freeList),
      Self.change("_max_priority", state.map["max_priority"].flatMap(Self.number) ?? .nil),
      Self.change("_max_idx", kept.map["max_idx"].flatMap(Self.number) ?? .nil),
    ]
    let capacity = try kept.count("tree_capacity")
    // Larger trees are kept as they are.
    guard capacity <= DumpPriorities.maximumCapacity else { return changes }
    guard values.count == leaves.count, capacity > 0, capacity & (capacity - 1) == 0,
      leaves.allSatisfy({ (0..<Int64(capacity)).contains($0) })
    else { throw Self.invalid("leaves", "others", "a leaf for each priority, in a tree of a power of two") }
    // RLlib's trees have a leaf for each step and each free node; a file cannot ask for more than it shows.
    guard capacity <= max(1 << 16, 2 * (leaves.count + free.count) + (try skeletonBytes)) else {
      throw Self.invalid("tree_capacity", "\(capacity)", "a leaf for each step and free node")
    }
    let pairs = zip(leaves, values).map { (leaf: Int($0), value: $1) }
    changes.append(Self.change("_sum_segment", Self.list(DumpPriorities.sums(capacity, pairs).values)))
    changes.append(Self.change("_min_segment", Self.list(DumpPriorities.minima(capacity, pairs).values)))
    return changes
  }

  /// The size of the skeleton, in which free nodes stay that are no plain list.
  private var skeletonBytes: Int {
    get throws { if case .bytes(let bytes) = try kept.value("skeleton") { bytes.count } else { 0 } }
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

  /// The MessagePack objects that stand one behind the other in bytes of the state.
  private static func objects(_ reader: StateReader, _ key: StateKey) throws -> [MessagePackValue] {
    let stored = try reader.value(key)
    guard case .bytes(let bytes) = stored else {
      throw StateTreeError.wrongType(path: (reader.path / key).description, expected: "bytes", found: stored.typeName)
    }
    // They were read within the limits of a whole dump.
    let limits = MessagePackLimits.forOwn(bytes)
    var objects: [MessagePackValue] = []
    var packed = MessagePackReader(bytes, limits: limits)
    while let object = try packed.next() { objects.append(object) }
    return objects
  }

  private func episodes() throws -> [MessagePackValue] {
    let skeletons = try Self.objects(kept, "episode_skeletons")
    let numbers: [Int64] = try kept.vector("episode_skeleton")
    let (starts, ends): ([Double], [Double]) = (try kept.vector("start_time"), try kept.vector("last_step_time"))
    let columns = try kept.array("columns").map { try WrittenColumn($0, contents.schema) }
    guard [numbers.count, starts.count, ends.count].allSatisfy({ $0 == table.episodes.count }),
      numbers.allSatisfy({ (0..<Int64(skeletons.count)).contains($0) })
    else { throw Self.invalid("episode_skeleton", "other counts", "one for each of \(table.episodes.count) episodes") }
    return try table.episodes.enumerated().map { index, episode in
      var changes = facts(episode, start: starts[index], end: ends[index])
      let rows = try contents.rows(episode.rows)
      changes += try columns.compactMap { try $0.change(episode, number: index, rows) }
      return try skeletons[Int(numbers[index])].fillingPlaceholders(changes)
    }
  }

  private func facts(_ episode: EpisodeRecord, start: Double, end: Double) -> ValueChanges {
    let infos = PackedList(shape: [episode.length + 1], elements: .emptyMaps(episode.length + 1))
    return [
      Self.change("id_", .string(episode.id)), Self.change("is_terminated", .bool(episode.isTerminated)),
      Self.change("is_truncated", .bool(episode.isTruncated)), Self.change("t_started", .int(Int64(episode.startTime))),
      Self.change("t", .int(Int64(episode.startTime + episode.length))), Self.change("_start_time", .float64(start)),
      Self.change("_last_step_time", .float64(end)), ([.key("infos"), .key("data")], .packed(infos)),
    ]
  }

  private static func invalid(_ key: String, _ found: String, _ expected: String) -> StateTreeError {
    .invalidValue(path: "rllib/\(key)", found: found, expected: expected)
  }
}

extension MessagePackValue {
  /// The tree with values where placeholders stand; other places stay as they are.
  fileprivate func fillingPlaceholders(_ changes: ValueChanges) throws -> MessagePackValue {
    var filled: ValueChanges = []
    for (path, change) in changes {
      guard let place = value(at: path), Placeholder.isPlaceholder(place) else { continue }
      filled.append((path, try Placeholder.fill(place, with: change)))
    }
    return replacing(filled)
  }
}
