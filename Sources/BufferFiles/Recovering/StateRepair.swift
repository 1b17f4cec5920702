internal import ReplayBuffers
internal import StateTree

/// Makes the state of a buffer good after a loss, so that it agrees with the rows that are left.
///
/// What is known is kept. What a loader needs and nobody knows gets a neutral value, and capacity, alpha and random state
/// are left out, for whoever loads the buffer to give. Everything that changes is noted.
/// - Source: `Format.md`, "Recovery".
struct StateRepair {
  /// The state so far.
  private(set) var state: StateMap
  /// What is not as it was, in order.
  private(set) var repairs: [RecoveryReport.Repair] = []

  private let kind: BufferKind
  private let name: String
  private let rows: RemainingRows
  private let areRowsLost: Bool

  /// - Parameters:
  ///   - state: What is left of the state.
  ///   - name: The kind of buffer.
  ///   - areRowsLost: Whether there were rows that are not left.
  init(_ state: StateMap, of name: String, _ rows: RemainingRows, areRowsLost: Bool) {
    (self.state, self.name, self.rows, self.areRowsLost) = (state, name, rows, areRowsLost)
    kind = BufferKind(name)
  }

  /// Makes everything good.
  /// - Parameter partial: Priorities of which some are lost.
  mutating func repair(_ partial: StateSalvage.PartialPriorities?) {
    if let episodes = rows.episodes, let table = try? EpisodeTable(episodes) { repairEpisodes(table) }
    repairPriorities(partial)
    if areRowsLost, state["rllib"] != nil {
      state["rllib"] = nil
      repairs.append(.init(name: "rllib", reason: "left out, because the dump it belongs to had other rows"))
    }
    switch kind {
    case .episodes: repairEpisodeCounters()
    case .ring: repairRing()
    case .mix: repairMix()
    case .queue: repairQueue()
    case .reservoir: repairReservoir()
    case .unknown: break
    }
  }

  private mutating func repairEpisodes(_ table: EpisodeTable) {
    let had = state["episodes"] != nil
    state["episodes"] = table.state
    if !had {
      repairs.append(
        .init(name: "episodes", reason: "made anew from the rows: other ids, all in lane 0 and from time 0"))
    }
    if rows.unknownEndCount > 0 {
      repairs.append(
        .init(
          name: "episodes", reason: "nothing says how \(rows.unknownEndCount) of them ended: they count as truncated"))
    }
  }

  private mutating func repairEpisodeCounters() {
    let next = max(count("next_step") ?? 0, rows.steps.upperBound)
    set("num_timesteps", rows.stepCount)
    set("num_timesteps_added", max(count("num_timesteps_added") ?? next, rows.stepCount))
    fill("num_episodes_evicted", 0)
    fill("sampled_timesteps", 0)
    set("first_step", rows.stepCount > 0 ? rows.steps.lowerBound : next)
    set("next_step", next)
  }

  private mutating func repairRing() {
    let next = rows.rowCount > 0 ? rows.steps.upperBound : count("next_step") ?? 0
    set("num_timesteps", rows.rowCount)
    set("num_timesteps_added", max(count("num_timesteps_added") ?? next, rows.rowCount))
    fill("sampled_timesteps", 0)
    set("first_step", next - rows.rowCount)
    set("next_step", next)
  }

  private mutating func repairMix() {
    repairRing()
    if state["replays"] == nil {
      let isPrioritized = state["priorities"] != nil
      let name = isPrioritized ? PrioritizedReplayBuffer.kind : ReplayBuffer.kind
      state["replays"] = .string(name)
      repairs.append(.init(name: "replays", reason: "lost; now \(name)"))
    }
    if state["replay_ratio"] == nil {
      state["replay_ratio"] = 0.66
      repairs.append(.init(name: "replay_ratio", reason: "lost; now 0.66, as in RLlib"))
    }
    fill("num_timesteps_returned", 0)
    set("next_newest", min(count("next_newest") ?? rows.steps.upperBound, rows.steps.upperBound))
  }

  /// A queue has the numbers of those sampled before its first step.
  private mutating func repairQueue() {
    let first = rows.rowCount > 0 ? rows.steps.lowerBound : count("num_timesteps_added") ?? 0
    set("num_timesteps", rows.rowCount)
    set("sampled_timesteps", first)
    set("num_timesteps_added", first + rows.rowCount)
  }

  /// What is left of a reservoir becomes one that has seen no more than that: with fewer rows, or without the slots, it is
  /// not known which of them were drawn.
  private mutating func repairReservoir() {
    guard rows.newFirstStep != nil else {
      set("num_timesteps", rows.rowCount)
      fill("num_timesteps_added", rows.steps.upperBound)
      return fill("sampled_timesteps", 0)
    }
    set("num_timesteps", rows.rowCount)
    set("num_timesteps_added", rows.rowCount)
    fill("sampled_timesteps", 0)
    state["slots"] = .tensor(Tensor(vector: (0..<rows.rowCount).map { Int64($0) }))
    repairs.append(.init(name: "slots", reason: "made anew: the transitions are numbered from 0 in their order"))
  }
}

extension StateRepair {
  private mutating func repairPriorities(_ partial: StateSalvage.PartialPriorities?) {
    let saved = savedPriorities ?? partial
    guard BufferKind.hasPriorities(name) || saved != nil else { return }
    // What nobody knows is as likely to be drawn as the most surprising step that is known, as a new step would be.
    let largest = saved?.parts.lazy.compactMap { $0.values.max() }.max()
    let neutral = largest ?? 1
    var (leaves, missing): ([Double], Int) = ([], 0)
    leaves.reserveCapacity(rows.stepCount)
    for (stretch, position) in zip(rows.stretches, rows.positions) {
      let count = stretch.source.count - (rows.episodes == nil ? 0 : 1)
      let known = position.flatMap { saved?.values($0..<$0 + count) } ?? [Double?](repeating: nil, count: count)
      missing += known.count { $0 == nil }
      leaves += known.map { $0 ?? neutral }
    }
    state["priorities"] = .tensor(Tensor(vector: leaves))
    if missing > 0 {
      repairs.append(.init(name: "priorities", reason: "lost for \(missing) of \(leaves.count) steps; now \(neutral)"))
    }
    if largest == nil, BufferKind.hasPriorities(name) {
      let before = state["max_priority"]
      state["max_priority"] = 1.0
      if before != 1.0 { repairs.append(.init(name: "max_priority", reason: "now 1, as for a buffer without priorities")) }
    } else if state["max_priority"] == nil, BufferKind.hasPriorities(name) {
      state["max_priority"] = 1.0
      repairs.append(.init(name: "max_priority", reason: "lost; now 1"))
    }
  }

  /// The saved priorities; nil if there are none.
  private var savedPriorities: StateSalvage.PartialPriorities? {
    guard case .tensor(let tensor)? = state["priorities"], tensor.shape.count == 1,
      let values: [Double] = try? tensor.scalars()
    else { return nil }
    return .init(parts: [(0, values)])
  }

  private func count(_ key: StateKey) -> Int? {
    guard case .int(let value)? = state[key], (0...1 << 60).contains(value) else { return nil }
    return Int(value)
  }

  /// Sets a counter, and notes it if it had another value.
  private mutating func set(_ key: StateKey, _ value: Int) {
    let before = count(key)
    guard before != value else { return }
    state[key] = .integer(value)
    let reason = before.map { "\($0) before, now \(value)" } ?? "lost; now \(value)"
    repairs.append(.init(name: key.string, reason: reason))
  }

  private mutating func fill(_ key: StateKey, _ value: Int) {
    if count(key) == nil { set(key, value) }
  }
}
