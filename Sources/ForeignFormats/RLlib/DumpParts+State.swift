internal import MessagePack
internal import ReplayBuffers
internal import StateTree

extension DumpParts {
  /// The state of the buffer; what RLlib does not save (capacity, alpha, random state) is nil.
  func state(_ table: EpisodeTable) -> StateValue {
    let numbers = stepNumbers.filter { $0 >= 0 }
    var state: StateMap = [
      "capacity": nil, "num_timesteps": .int(Int64(numbers.count)), "num_timesteps_added": .int(Int64(addedCount)),
      "num_episodes_evicted": .int(Int64(evictedCount)),
      "sampled_timesteps": .int(Int64(sampledCount ?? 0)),
      "first_step": .int(numbers.min() ?? Int64(nextStep)), "next_step": .int(Int64(nextStep)),
      "generator": nil, "episodes": table.state,
    ]
    if let priorities {
      state["alpha"] = .nil
      state["max_priority"] = maximumPriority.map(StateValue.double) ?? .nil
      state["priorities"] = .tensor(Tensor(vector: byRow(priorities.priorities)))
    }
    state["rllib"] = .map(kept)
    return .map(state)
  }

  /// RLlib keeps the type of what it is given: a weight may be an integer.
  private var maximumPriority: Double? {
    dump["_max_priority"].flatMap { value in value.double ?? value.integer.flatMap(Double.init(exactly:)) }
  }

  /// Numbers in the order of `_indices`, put into the order of the rows that are steps.
  private func byRow<Scalar>(_ values: [Scalar]) -> [Scalar] {
    let base = Int64(nextStep - values.count)
    return stepNumbers.filter { $0 >= 0 }.map { values[Int($0 - base)] }
  }

  /// What only RLlib needs to go on from the dump.
  private var kept: StateMap {
    let skeleton = DumpSkeleton(self)
    var kept: StateMap = [
      "format": "rllib-episode-replay-buffer", "skeleton": .bytes(Self.bytes(skeleton.whole)),
      "episode_skeletons": .bytes(skeleton.episodes.flatMap(Self.bytes)),
      "episode_skeleton": .tensor(Tensor(vector: skeleton.numbers)),
      "start_time": .tensor(Tensor(vector: episodes.map { $0.startClock ?? .nan })),
      "last_step_time": .tensor(Tensor(vector: episodes.map { $0.endClock ?? .nan })),
      "columns": .array(columns.columns.map(describe)),
      "not_understood": .array(notUnderstood.map { .string($0) }),
    ]
    if let priorities {
      kept["tree_capacity"] = .int(Int64(priorities.capacity))
      kept["leaves"] = .tensor(Tensor(vector: byRow(priorities.leaves)))
      if let free = DumpSkeleton.integers(dump["_free_nodes"]) { kept["free_nodes"] = .tensor(Tensor(vector: free)) }
      if let highest = dump["_max_idx"]?.integer { kept["max_idx"] = .int(Int64(highest)) }
    }
    return kept
  }

  /// Where a column's lists lie in an episode, and how they held the numbers: one word, or one for each episode.
  private func describe(_ column: DumpColumns.Column) -> StateValue {
    let words = column.encodings.map { $0?.rawValue ?? "kept" }
    let isUniform = Set(words).count <= 1
    return [
      "name": .string(column.schema.name),
      "path": .array(
        (column.path ?? []).map { step in
          switch step {
          case .key(let name): .string(name)
          case .index(let index): .int(Int64(index))
          }
        }),
      "encoding": isUniform ? .string(words.first ?? "empty") : .array(words.map { .string($0) }),
    ]
  }

  private static func bytes(_ value: MessagePackValue) -> [UInt8] {
    // A value that was read nests no deeper than can be written.
    (try? MessagePackWriter.bytes(of: value)) ?? []
  }
}
