internal import StateTree

extension EpisodeStore {
  /// Counters and window as files hold them.
  var settings: StateMap {
    [
      "capacity": .integer(capacity), "num_timesteps": .integer(stepCount),
      "num_timesteps_added": .integer(insertionCount),
      "num_episodes_evicted": .integer(counters.evictedEpisodes), "sampled_timesteps": .integer(sampledCount),
      "first_step": .integer(steps.positions.lowerBound), "next_step": .integer(nextStep),
    ]
  }

  /// The store at this moment as the snapshot of a buffer.
  func snapshot(
    kind: String, adding more: StateMap, priorities: PriorityLeaves? = nil
  ) -> BufferSnapshot {
    BufferSnapshot(
      kind: kind, schema: columns.schema, source: .episodes(EpisodeRows(self)), settings: settings.merging(more),
      priorities: priorities)
  }
}
