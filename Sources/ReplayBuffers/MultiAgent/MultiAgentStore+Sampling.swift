internal import StateTree

extension MultiAgentStore {
  /// One drawn environment step and how many steps its returns should sum.
  struct CommonPick {
    let step: Int
    let nStep: Int
    let weight: Float
  }

  /// The positions of the modules to sample: those asked for, or all that hold a step, ordered by their names.
  /// - Throws: `ReplayBufferError.emptyBuffer`, `.unknownModule`, `.emptyModule`, `.invalidModules`.
  func modulesToSample(_ ids: [String]?) throws(ReplayBufferError) -> [Int] {
    guard let ids else {
      let filled = modulesInOrder.filter { modules[$0].store.stepCount > 0 }
      guard !filled.isEmpty else { throw .emptyBuffer }
      return filled
    }
    guard !ids.isEmpty, Set(ids.map { StateKey($0) }).count == ids.count else { throw .invalidModules(ids) }
    var positions: [Int] = []
    for id in ids {
      let position = try index(ofModule: id)
      guard modules[position].store.stepCount > 0 else { throw .emptyModule(id) }
      positions.append(position)
    }
    return positions
  }

  /// Counts what was sampled.
  mutating func count(_ sample: MultiAgentSample, asked count: Int) {
    sampledCount += count
    for items in sample.modules {
      guard let position = try? index(ofModule: items.module) else { continue }
      modules[position].store.sampledCount += items.count
    }
  }

  // MARK: Environment steps that modules share

  /// The agents' steps in an environment step, in the order of its episode's agents.
  func agentSteps(in step: Int) -> [(module: Int, step: Int)] {
    guard let (number, time) = stored(step) else { return [] }
    return episodes[number].parts.compactMap { part in part.runs.number(at: time).map { (part.module, $0) } }
  }

  /// Whether an agent of each of the modules acted in an environment step.
  func isCommon(_ step: Int, of modules: [Int]) -> Bool {
    guard let (number, time) = stored(step) else { return false }
    let parts = episodes[number].parts
    return modules.allSatisfy { module in
      parts.contains { $0.module == module && $0.runs.number(at: time) != nil }
    }
  }

  /// All environment steps in which an agent of each of the modules acted, episode by episode.
  /// - Complexity: O(environment steps times agents)
  func commonSteps(of modules: [Int]) -> [Int] {
    episodes.positions.flatMap { number in episodes[number].runs.numbers.filter { isCommon($0, of: modules) } }
  }

  /// The environment steps of stored steps of a module; nil for one whose own was evicted.
  func environmentSteps(ofModule module: Int, _ steps: [Int]) -> [Int?] {
    steps.map { step in
      let owner = owner(of: step, module)
      let episode = episodes[owner.episode]
      return episode.parts[owner.part].runs.time(of: step).flatMap { episode.runs.number(at: $0) }
    }
  }

  /// Whose a module's stored step is.
  private func owner(of step: Int, _ module: Int) -> Owner {
    guard let number = modules[module].store.steps.episode(of: step) else {
      preconditionFailure("step \(step) is not stored")
    }
    return modules[module].owners[number]
  }

  // MARK: Items

  /// The items of one module.
  func sample(_ module: Int, _ picks: [EpisodeStore.Pick], gamma: Double, weights: [Float]) -> ModuleSample {
    let (id, store) = (modules[module].id, modules[module].store)
    var items = store.sample(picks, gamma: gamma, weights: weights)
    let times = items.extraColumns.removeValue(forKey: StateKey(AgentFragment.timeColumn.name))?.integers() ?? []
    let found = picks.map { owner(of: $0.step, module) }
    return ModuleSample(
      module: id, items: items, agents: found.map { episodes[$0.episode].parts[$0.part].agent },
      episodes: found.map { episodes[$0.episode].id }, environmentTimes: times.map(Int.init),
      environmentSteps: zip(found, times).map { episodes[$0.episode].runs.number(at: Int($1)) })
  }

  /// The items of all agents of the modules in drawn environment steps.
  func sample(_ modules: [Int], _ picks: [CommonPick], gamma: Double) -> MultiAgentSample {
    var items: [Int: (picks: [EpisodeStore.Pick], weights: [Float])] = [:]
    for pick in picks {
      for (module, step) in agentSteps(in: pick.step) {
        items[module, default: ([], [])].picks.append(EpisodeStore.Pick(step: step, nStep: pick.nStep))
        items[module, default: ([], [])].weights.append(pick.weight)
      }
    }
    return MultiAgentSample(
      modules: modules.map { module in
        let (picks, weights) = items[module] ?? ([], [])
        return sample(module, picks, gamma: gamma, weights: weights)
      })
  }
}
