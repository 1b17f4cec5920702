internal import StateTree

extension EpisodeStore {
  /// Checks that episodes, lanes, index and counters agree.
  /// - Throws: `ReplayBufferError.brokenInvariant` with the first contradiction.
  /// - Complexity: O(steps)
  func checkInvariants() throws(ReplayBufferError) {
    try require(!isOverfull, "\(stepCount) steps of a capacity of \(capacity)")
    let gone = episodes.positions.filter { episodes[$0].isGone }
    try require(gone.count == goneCount, "\(goneCount) episodes gone")
    try require(gone.isEmpty || gone.first != episodes.positions.first, "the oldest episode is gone")
    try require(episodeOfID.count == episodes.positions.count - goneCount, "\(episodeOfID.count) ids")
    try require(insertionCount >= stepCount && sampledCount >= 0, "\(insertionCount) steps added")
    try require(layout.rowsPerChunk > 0, "chunks without rows")
    var ends = lanes.map(\.log.rows.lowerBound)
    var open = Set<Int>()
    var total = 0
    var previousFirst = -1
    for number in episodes.positions {
      let episode = episodes[number]
      try require(episode.firstStep > previousFirst, "episode \(number) out of order")
      try require(episode.length > 0 || episode.isGone, "episode \(number) is empty")
      try require(ends[episode.lane] == episode.firstRow, "episode \(number) begins at row \(episode.firstRow)")
      try require(!open.contains(episode.lane), "episode \(number) follows one under way")
      if !episode.isGone { try check(episode, number) }
      previousFirst = episode.firstStep
      ends[episode.lane] += episode.laneRows
      total += episode.length
      if !episode.isDone, !episode.isGone { open.insert(episode.lane) }
    }
    try require(total == stepCount, "\(stepCount) steps counted, \(total) stored")
    try checkWindow()
    for (index, lane) in lanes.enumerated() {
      try require((lane.held != nil) == open.contains(index), "lane \(index) holds an observation for nobody")
      try require(ends[index] == lane.log.rows.upperBound, "lane \(index) has rows of nobody")
      try require(lane.log.chunkCount <= lane.log.rows.count / layout.rowsPerChunk + 2, "lane \(index) keeps chunks")
    }
  }

  private func check(_ episode: Episode, _ number: Int) throws(ReplayBufferError) {
    try require(episodeOfID[StateKey(episode.id)] == number, "the id of episode \(number)")
    let stored = stepNumbers(of: number)
    try require(stored.first == episode.firstStep, "the first step of episode \(number)")
    for (time, step) in stored.enumerated() {
      try require(steps.positions.contains(step), "step \(step) outside \(steps.positions)")
      try require(steps[step]?.episode == number && steps[step]?.time == time, "step \(step) of episode \(number)")
    }
  }

  /// The window begins with the oldest stored step, and everything in it is stored or of an evicted episode.
  private func checkWindow() throws(ReplayBufferError) {
    let first = episodes.positions.isEmpty ? nextStep : episodes[episodes.positions.lowerBound].firstStep
    try require(steps.positions.lowerBound == first, "the window \(steps.positions), expected from \(first)")
  }

  private func require(_ holds: Bool, _ text: @autoclosure () -> String) throws(ReplayBufferError) {
    guard holds else { throw .brokenInvariant(text()) }
  }
}
