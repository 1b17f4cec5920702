internal import StateTree

extension EpisodeStore {
  /// Forgets the oldest episode; if it is still under way, what comes later of it begins a stored episode of its own.
  mutating func evictOldest() { evict(episodes.positions.lowerBound) }

  /// Forgets an episode. The rows of one that is not the oldest stay, as nobody's, until all older ones are forgotten.
  /// - Precondition: The episode is stored.
  /// - Complexity: O(1)
  mutating func evict(_ number: Int) {
    let episode = episodes[number]
    precondition(!episode.isGone, "episode \(number) is stored")
    episodeOfID[StateKey(episode.id)] = nil
    stepCount -= episode.length
    if !episode.isDone { lanes[episode.lane].held = nil }
    episodes[number].goneRows = episode.laneRows
    episodes[number].length = 0
    goneCount += 1
    dropOldestGone()
  }

  /// Lets the rows and numbers go that no stored episode needs.
  private mutating func dropOldestGone() {
    while let oldest = episodes.positions.first, episodes[oldest].isGone {
      let episode = episodes[oldest]
      lanes[episode.lane].log.drop(below: episode.firstRow + episode.laneRows)
      episodes.drop(below: oldest + 1)
      goneCount -= 1
    }
    steps.drop(below: episodes.positions.first.map { episodes[$0].firstStep } ?? nextStep)
  }
}
