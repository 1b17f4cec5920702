internal import StateTree

extension MultiAgentStore {
  /// Checks that episodes, modules, indices and counters agree.
  /// - Throws: `ReplayBufferError.brokenInvariant` with the first contradiction.
  /// - Complexity: O(environment steps + agents' steps)
  func checkInvariants() throws(ReplayBufferError) {
    try require(!isOverfull, "\(stepCount) environment steps of a capacity of \(capacity)")
    try require(episodeOfID.count == episodes.positions.count, "\(episodeOfID.count) ids")
    try require(insertionCount >= stepCount && sampledCount >= 0, "\(insertionCount) environment steps added")
    var owned = [Int](repeating: 0, count: modules.count)
    var total = 0
    var previousFirst = -1
    for number in episodes.positions {
      let first = episodes[number].runs.runs.first?.number ?? -1
      try require(first > previousFirst, "episode \(number) out of order or empty")
      try check(number)
      for part in episodes[number].parts where part.number != nil { owned[part.module] += 1 }
      total += episodes[number].length
      previousFirst = first
    }
    try require(total == stepCount, "\(stepCount) environment steps counted, \(total) stored")
    let first = episodes.positions.first.flatMap { episodes[$0].runs.runs.first?.number } ?? nextStep
    try require(steps.positions.lowerBound == first, "the window \(steps.positions), expected from \(first)")
    for (index, module) in modules.enumerated() {
      try module.store.checkInvariants()
      try require(try self.index(ofModule: module.id) == index, "the position of the module \(module.id)")
      try require(module.store.counters.episodes == owned[index], "episodes of nobody in the module \(module.id)")
      try require(module.owners.positions == module.store.episodes.positions, "owners of the module \(module.id)")
    }
  }

  private func check(_ number: Int) throws(ReplayBufferError) {
    let episode = episodes[number]
    try require(episodeOfID[StateKey(episode.id)] == number, "the id of episode \(number)")
    let numbers = episode.runs.numbers
    try require(numbers.count == episode.length, "environment steps missing in episode \(number)")
    for (time, step) in numbers.enumerated() {
      try require(steps.positions.contains(step), "environment step \(step) outside \(steps.positions)")
      try require(
        steps[step]?.episode == number && steps[step]?.time == time
          && episode.runs.number(at: episode.startTime + time) == step, "environment step \(step) of episode \(number)")
    }
    for (position, part) in episode.parts.enumerated() {
      try require(episode.part(of: part.agent) == position, "agent \(part.agent) stands in episode \(number) twice")
      if let partNumber = part.number {
        try check(part, partNumber, Owner(episode: number, part: position))
      } else {
        try require(part.runs.count == 0, "steps of agent \(part.agent), who has none, in episode \(number)")
      }
    }
  }

  private func check(_ part: Part, _ number: Int, _ owner: Owner) throws(ReplayBufferError) {
    let episode = episodes[owner.episode]
    let (store, name) = (modules[part.module].store, AgentFragment.episodeID(agent: part.agent, in: episode.id))
    try require(modules[part.module].owners[number] == owner, "\(name) is another agent's")
    let stored = store.episodes[number]
    try require(StateKey(stored.id) == StateKey(name) && !stored.isGone, "\(name) is not stored")
    try require(!episode.isDone || stored.isDone, "\(name) goes on and its episode has ended")
    let times = store.times(of: stored)
    try require(part.runs == StepRuns(times: times, numbers: store.stepNumbers(of: number)), "the steps of \(name)")
    try require(times.dropFirst().allSatisfy { $0 >= episode.startTime }, "\(name) acted before it")
    try require((part.runs.lastTime ?? 0) < episode.endTime, "\(name) acted behind its end")
  }

  private func require(
    _ holds: @autoclosure () throws(ReplayBufferError) -> Bool, _ text: @autoclosure () -> String
  ) throws(ReplayBufferError) {
    guard try holds() else { throw .brokenInvariant(text()) }
  }
}
