internal import StateTree

/// Builds a store of multi-agent episodes from contents, whose every claim it checks: they come from files.
struct MultiAgentLoader {
  private(set) var store: MultiAgentStore
  /// The state of each module's contents, by its position in the store.
  private(set) var modules: [BufferStateReader] = []

  /// The store that `contents` describe.
  /// - Parameter moduleKind: The kind of buffer whose contents those of each module are.
  /// - Throws: `ReplayBufferError` for what no multi-agent buffer can be, and what reading throws.
  init(_ contents: some MultiAgentBufferContents, _ saved: BufferStateReader, moduleKind: String) throws {
    store = try MultiAgentStore(
      capacity: saved.capacity(), firstEpisode: saved.count("num_episodes_evicted"),
      firstStep: saved.countIfPresent("next_step") ?? 0)
    for id in contents.modules { try load(id, contents.contents(ofModule: id), kind: moduleKind) }
    for record in try MultiAgentRecord.records(saved, modules: store.moduleIDs) { try begin(record) }
    try checkOwners()
    try finish(saved)
  }

  private mutating func load(_ id: String, _ contents: some BufferContents, kind: String) throws {
    let defaults = BufferDefaults(capacity: BufferStateReader.largestCount)
    let saved = try BufferStateReader(contents, kind: kind, layout: .episodes, defaults: defaults)
    guard !saved.has("capacity") else {
      throw ReplayBufferError.invalidContents("the module \(id) has a capacity of its own")
    }
    guard contents.schema.columns.last == AgentFragment.timeColumn else {
      throw ReplayBufferError.invalidSchema(
        "its last column is not \"env_t\", which every module of a multi-agent buffer has")
    }
    try store.addModule(id, store: EpisodeLoader.store(of: contents, saved))
    modules.append(saved)
    let index = store.modules.count - 1
    store.modules[index].owners.extend(to: store.modules[index].store.episodes.positions.upperBound)
  }

  private mutating func begin(_ record: MultiAgentRecord) throws(ReplayBufferError) {
    let number = store.episodes.positions.upperBound
    guard (0...BufferStateReader.largestCount).contains(record.startTime), !record.steps.isEmpty,
      store.episodeOfID.updateValue(number, forKey: StateKey(record.id)) == nil
    else {
      throw .invalidEpisodes("episode \(record.id) stands twice, has no step, or starts at time \(record.startTime)")
    }
    var episode = MultiAgentStore.Episode(
      id: record.id, startTime: record.startTime, isTerminated: record.isTerminated, isTruncated: record.isTruncated)
    try take(record.steps, of: number, record.id)
    episode.runs = StepRuns(times: record.startTime..<record.startTime + record.steps.count, numbers: record.steps)
    for (position, agent) in record.agents.enumerated() {
      guard episode.part(of: agent.name) == nil else {
        throw .invalidEpisodes("agent \(agent.name) stands in episode \(record.id) twice")
      }
      let owner = MultiAgentStore.Owner(episode: number, part: position)
      episode.parts.append(try part(of: agent.name, module: agent.module, in: episode, owner))
    }
    store.episodes.append(episode)
  }

  /// Enters the environment steps of an episode into the index.
  private mutating func take(_ steps: [Int], of number: Int, _ id: String) throws(ReplayBufferError) {
    if store.episodes.positions.isEmpty, (0...BufferStateReader.largestCount).contains(steps[0]) {
      store.steps = StepIndex(startingAt: steps[0])
    } else if let last = store.episodes.positions.last, store.episodes[last].runs.runs[0].number >= steps[0] {
      throw .invalidEpisodes("episode \(id) begins with step \(steps[0]), not after the episode before it")
    }
    let start = store.steps.positions.lowerBound
    var last = -1
    for (time, step) in steps.enumerated() {
      guard step >= start, step > last, step - start < PriorityTree.largestSpan else {
        throw .invalidEpisodes("episode \(id) has the impossible step number \(step)")
      }
      store.steps.extend(to: step + 1)
      guard store.steps.episode(of: step) == nil else { throw .invalidEpisodes("environment step \(step) stands twice") }
      store.steps.enter(step, episode: number, time: time)
      last = step
    }
    store.stepCount += steps.count
  }

  /// An agent's part, found in its module by its name.
  private mutating func part(
    of agent: String, module id: String, in episode: MultiAgentStore.Episode, _ owner: MultiAgentStore.Owner
  ) throws(ReplayBufferError) -> MultiAgentStore.Part {
    let module = try store.index(ofModule: id)
    var part = MultiAgentStore.Part(agent: agent, module: module)
    let rows = store.modules[module].store
    let name = AgentFragment.episodeID(agent: agent, in: episode.id)
    guard let number = rows.episodeOfID[StateKey(name)] else { return part }
    store.modules[module].owners[number] = owner
    part.number = number
    let times = rows.times(of: rows.episodes[number])
    try Self.check(times, of: name, in: episode)
    guard !episode.isDone || rows.episodes[number].isDone else {
      throw .invalidEpisodes("\(name) of the module \(id) goes on and its episode has ended")
    }
    part.runs = StepRuns(times: times, numbers: rows.stepNumbers(of: number))
    return part
  }

  private static func check(
    _ times: [Int], of name: String, in episode: MultiAgentStore.Episode
  ) throws(ReplayBufferError) {
    var last = -1
    for (index, time) in times.enumerated() {
      let first = index == 0 ? 0 : max(last + 1, episode.startTime)
      guard time >= first, time < episode.endTime else {
        throw .invalidContents(
          "step \(index) of \(name) was at time \(time), expected from \(first) and before \(episode.endTime)")
      }
      last = time
    }
  }

  private func checkOwners() throws(ReplayBufferError) {
    for module in store.modules {
      for number in module.store.episodes.positions where module.owners[number] == .nobody {
        let name = module.store.episodes[number].id
        throw .invalidEpisodes("\(name) of the module \(module.id) is no agent's of any episode")
      }
    }
  }

  private mutating func finish(_ saved: BufferStateReader) throws(ReplayBufferError) {
    let counters = try saved.counters(stored: store.stepCount, window: store.steps.positions)
    store.steps.extend(to: counters.nextStep)
    (store.insertionCount, store.sampledCount) = (counters.insertionCount, counters.sampledCount)
  }
}
