internal import StateTree

extension MultiAgentStore {
  /// An agent's fragment that was found to fit.
  struct CheckedPart {
    let agent: String
    let module: Int
    let fragment: EpisodeFragment
    let columns: [Tensor]
    let times: [Int]
  }

  /// Checks a fragment and all its agents before anything is changed.
  func check(
    _ fragment: MultiAgentEpisodeFragment, continues number: Int?
  ) throws(ReplayBufferError) -> [CheckedPart] {
    let largest = BufferStateReader.largestCount
    guard (0...largest).contains(fragment.startTime) else {
      throw .wrongStartTime(episode: fragment.id, expected: nil, found: fragment.startTime)
    }
    guard (0...largest).contains(fragment.length) else {
      throw .invalidFragment(episode: fragment.id, "its length is \(fragment.length), expected 0 to 2^60")
    }
    let episode = number.map { episodes[$0] }
    if let episode {
      guard !episode.isDone else { throw .finishedEpisode(fragment.id) }
      guard fragment.startTime == episode.endTime else {
        throw .wrongStartTime(episode: fragment.id, expected: episode.endTime, found: fragment.startTime)
      }
    }
    var agents = Set<StateKey>()
    var parts: [CheckedPart] = []
    for agent in fragment.agents {
      guard agents.insert(StateKey(agent.agent)).inserted else {
        throw .invalidFragment(episode: fragment.id, "agent \(agent.agent) stands in it twice; give each agent once")
      }
      parts.append(try check(agent, in: fragment, of: episode))
    }
    try checkLanes(for: parts)
    return parts
  }

  private func check(
    _ agent: AgentFragment, in fragment: MultiAgentEpisodeFragment, of episode: Episode?
  ) throws(ReplayBufferError) -> CheckedPart {
    let module = try index(ofModule: agent.module)
    let part = episode.flatMap { episode in episode.part(of: agent.agent).map { episode.parts[$0] } }
    if let part, part.module != module {
      throw .changedModule(
        agent: agent.agent, episode: fragment.id, expected: modules[part.module].id, found: agent.module)
    }
    try checkTimes(of: agent, in: fragment, after: part?.runs.lastTime ?? -1)
    let piece = try agent.episodeFragment(in: fragment.id)
    let columns = try modules[module].store.check(piece)
    return CheckedPart(
      agent: agent.agent, module: module, fragment: piece, columns: columns, times: agent.environmentTimes)
  }

  private func checkTimes(
    of agent: AgentFragment, in fragment: MultiAgentEpisodeFragment, after last: Int
  ) throws(ReplayBufferError) {
    var last = last
    for (index, time) in agent.environmentTimes.enumerated() {
      let first = index == 0 ? last + 1 : max(last + 1, fragment.startTime)
      guard fragment.length > 0, time >= first, time < fragment.times.upperBound else {
        throw .invalidFragment(
          episode: fragment.id,
          "step \(index) of agent \(agent.agent) is at time \(time), expected one of "
            + "\(first)..<\(fragment.times.upperBound); times of an agent go up and end with the fragment, and only its first "
            + "step may have begun before it")
      }
      last = time
    }
  }

  /// Checks that every agent that is new to its episode will find a lane.
  private func checkLanes(for parts: [CheckedPart]) throws(ReplayBufferError) {
    var begun: [Int: Int] = [:]
    for part in parts where part.fragment.length > 0 {
      let store = modules[part.module].store
      guard store.episodeOfID[StateKey(part.fragment.id)] == nil else { continue }
      begun[part.module, default: 0] += 1
      guard begun[part.module, default: 0] <= store.freeLaneCount else {
        throw .tooManyOpenEpisodes(limit: EpisodeStore.largestLaneCount)
      }
    }
  }
}
