internal import StateTree

extension MultiAgentStore {
  /// What a fragment changed.
  struct Added {
    /// The new environment steps.
    var steps: Range<Int>
    /// The new steps of each agent, by the positions of the modules.
    var agentSteps: [(module: Int, steps: Range<Int>)] = []
    /// The environment steps in which an agent is now known to have acted: new ones, and those whose agents' next
    /// observation came only now.
    var actedSteps: Set<Int> = []
  }

  /// Adds a fragment to its episode, or begins a stored episode with it.
  /// - Throws: `ReplayBufferError`; nothing is changed then.
  mutating func add(_ fragment: MultiAgentEpisodeFragment) throws(ReplayBufferError) -> Added {
    let known = episodeOfID[StateKey(fragment.id)]
    let parts = try check(fragment, continues: known)
    // A runner that has only reset its environment has nothing to store yet.
    guard fragment.length > 0 || known != nil else { return Added(steps: nextStep..<nextStep) }
    let number = known ?? begin(fragment)
    var added = Added(steps: appendSteps(of: fragment, to: number))
    for part in parts { try add(part, to: number, &added) }
    if fragment.isDone { finish(number, isTerminated: fragment.isTerminated, isTruncated: fragment.isTruncated) }
    return added
  }

  private mutating func begin(_ fragment: MultiAgentEpisodeFragment) -> Int {
    let number = episodes.positions.upperBound
    episodes.append(Episode(id: fragment.id, startTime: fragment.startTime))
    episodeOfID[StateKey(fragment.id)] = number
    return number
  }

  private mutating func appendSteps(of fragment: MultiAgentEpisodeFragment, to number: Int) -> Range<Int> {
    let added = nextStep..<nextStep + fragment.length
    let time = fragment.startTime - episodes[number].startTime
    for offset in 0..<added.count { steps.append(episode: number, time: time + offset) }
    episodes[number].runs.append(
      StepRuns.Run(time: fragment.startTime, number: added.lowerBound, count: added.count))
    stepCount += added.count
    insertionCount += added.count
    return added
  }

  private mutating func add(_ part: CheckedPart, to number: Int, _ added: inout Added) throws(ReplayBufferError) {
    let position = episodes[number].part(of: part.agent) ?? episodes[number].parts.count
    if position == episodes[number].parts.count {
      episodes[number].parts.append(Part(agent: part.agent, module: part.module))
    }
    let steps = try modules[part.module].store.add(part.fragment, checked: part.columns)
    guard !steps.isEmpty else { return }
    if episodes[number].parts[position].number == nil {
      episodes[number].parts[position].number = modules[part.module].store.episodes.positions.upperBound - 1
      modules[part.module].owners.append(Owner(episode: number, part: position))
    }
    episodes[number].parts[position].runs.append(times: part.times, firstNumber: steps.lowerBound)
    added.agentSteps.append((part.module, steps))
    added.actedSteps.formUnion(part.times.compactMap { episodes[number].runs.number(at: $0) })
  }

  /// Ends an episode for all its agents that have not ended for themselves.
  ///
  /// Who acted in the last environment step ends as the episode does. For the others their last observation is not the
  /// end: they are cut off there, so that what they learn goes on from its value.
  private mutating func finish(_ number: Int, isTerminated: Bool, isTruncated: Bool) {
    episodes[number].isTerminated = isTerminated
    episodes[number].isTruncated = isTruncated
    let lastTime = episodes[number].endTime - 1
    for part in episodes[number].parts {
      guard let partNumber = part.number, !modules[part.module].store.episodes[partNumber].isDone else { continue }
      let isLast = part.runs.lastTime == lastTime
      modules[part.module].store.close(
        partNumber, isTerminated: isLast && isTerminated, isTruncated: !isLast || isTruncated)
    }
  }
}

extension EpisodeStore {
  /// Ends an episode under way behind its last row.
  mutating func close(_ number: Int, isTerminated: Bool, isTruncated: Bool) {
    guard let held = lanes[episodes[number].lane].held else { preconditionFailure("episode \(number) is under way") }
    end(number, isTerminated: isTerminated, isTruncated: isTruncated, observation: held)
  }
}
