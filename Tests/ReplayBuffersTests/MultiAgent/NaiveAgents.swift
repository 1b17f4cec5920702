import StateTree

@testable import ReplayBuffers

/// Multi-agent episodes in plain arrays: what the buffers must agree with.
struct NaiveAgents {
  struct Step {
    let time: Int
    let number: Int
    var priority: Double
  }

  struct Part {
    let agent: String
    let module: String
    var start = 0
    var steps: [Step] = []
    var isTerminated = false
    var isTruncated = false
  }

  struct Episode {
    let id: String
    let start: Int
    var steps: [Int] = []
    var parts: [Part] = []
  }

  struct Place {
    let episode: Int
    let part: Int
    let index: Int
  }

  let capacity: Int
  var episodes: [Episode] = []
  var nextStep = 0
  var nextOfModule: [String: Int] = [:]
  var maximum: [String: Double] = [:]
  var evicted = 0
  var evictedParts: [String: Int] = [:]

  var stepCount: Int { episodes.reduce(0) { $0 + $1.steps.count } }
  var firstStep: Int { episodes.first?.steps[0] ?? nextStep }
  var parts: [Part] { episodes.flatMap(\.parts) }

  mutating func add(_ fragment: MultiAgentEpisodeFragment, starting: [StateKey: Double] = [:]) {
    if !episodes.contains(where: { $0.id == fragment.id }) {
      guard fragment.length > 0 else { return }
      episodes.append(Episode(id: fragment.id, start: fragment.startTime))
    }
    guard let index = episodes.firstIndex(where: { $0.id == fragment.id }) else { return }
    episodes[index].steps += nextStep..<nextStep + fragment.length
    nextStep += fragment.length
    for agent in fragment.agents { add(agent, to: index, starting[StateKey(agent.module)]) }
    if fragment.isDone { finish(index, fragment) }
    while stepCount > capacity, episodes.count > 1 {
      for part in episodes.removeFirst().parts where !part.steps.isEmpty { evictedParts[part.module, default: 0] += 1 }
      evicted += 1
    }
  }

  private mutating func add(_ agent: AgentFragment, to index: Int, _ priority: Double?) {
    if !episodes[index].parts.contains(where: { $0.agent == agent.agent }) {
      episodes[index].parts.append(Part(agent: agent.agent, module: agent.module))
    }
    for part in episodes[index].parts.indices where episodes[index].parts[part].agent == agent.agent {
      if episodes[index].parts[part].steps.isEmpty { episodes[index].parts[part].start = agent.startTime }
      for time in agent.environmentTimes {
        let number = nextOfModule[agent.module, default: 0]
        nextOfModule[agent.module] = number + 1
        episodes[index].parts[part].steps.append(
          Step(time: time, number: number, priority: priority ?? maximum[agent.module, default: 1]))
      }
      guard !episodes[index].parts[part].steps.isEmpty else { continue }
      episodes[index].parts[part].isTerminated = agent.isTerminated
      episodes[index].parts[part].isTruncated = agent.isTruncated
    }
  }

  private mutating func finish(_ index: Int, _ fragment: MultiAgentEpisodeFragment) {
    let end = episodes[index].start + episodes[index].steps.count
    for (position, part) in episodes[index].parts.enumerated() where !part.isTerminated && !part.isTruncated {
      let isLast = part.steps.last?.time == end - 1
      episodes[index].parts[position].isTerminated = isLast && fragment.isTerminated
      episodes[index].parts[position].isTruncated = !isLast || fragment.isTruncated
    }
  }

  func locate(_ number: Int, _ module: String) -> Place? {
    for (episode, stored) in episodes.enumerated() {
      for (part, agent) in stored.parts.enumerated() where agent.module == module {
        if let index = agent.steps.firstIndex(where: { $0.number == number }) {
          return Place(episode: episode, part: part, index: index)
        }
      }
    }
    return nil
  }

  /// The stored steps of a module, part by part in the order in which these got their first steps.
  func steps(_ module: String) -> [Step] {
    parts.filter { $0.module == module && !$0.steps.isEmpty }.sorted { $0.steps[0].number < $1.steps[0].number }
      .flatMap(\.steps)
  }

  /// The agents' steps at an environment step.
  func acted(_ step: Int) -> [(module: String, step: Step)] {
    guard let episode = episodes.first(where: { $0.steps.contains(step) }),
      let offset = episode.steps.firstIndex(of: step)
    else { return [] }
    return episode.parts.flatMap { part in
      part.steps.filter { $0.time == episode.start + offset }.map { (part.module, $0) }
    }
  }

  /// The environment steps in which all of the modules acted.
  func common(_ modules: [String]) -> [Int] {
    episodes.flatMap(\.steps).filter { step in
      let acted = Set(acted(step).map(\.module))
      return modules.allSatisfy(acted.contains)
    }
  }

  /// What an environment step weighs with an alpha of 1.
  func weight(_ step: Int) -> Double { acted(step).reduce(0) { $0 + $1.step.priority } }
}

extension NaiveAgents {
  func draw(_ module: String, using generator: inout PCG64) -> Int {
    let numbers = steps(module).map(\.number)
    let window = Int64(numbers.min() ?? 0)..<Int64(nextOfModule[module, default: 0])
    for _ in 0..<64 {
      let step = Int(generator.integers(in: window))
      if numbers.contains(step) { return step }
    }
    return numbers[Int(generator.integers(in: 0..<Int64(numbers.count)))]
  }

  func drawByPriority(_ module: String, treeSize: Int, using generator: inout PCG64) -> Int {
    let weights = Dictionary(uniqueKeysWithValues: steps(module).map { ($0.number, $0.priority) })
    return Self.pick(weights, treeSize: treeSize, using: &generator)
  }

  /// Priorities in tests are small integers and alpha is 1, so that sums in any order are exact.
  private static func pick(_ weights: [Int: Double], treeSize: Int, using generator: inout PCG64) -> Int {
    var rest = generator.random() * weights.values.reduce(0, +)
    let ordered = weights.keys.sorted { $0 % treeSize < $1 % treeSize }
    for step in ordered {
      if weights[step, default: 0] > rest { return step }
      rest -= weights[step, default: 0]
    }
    return ordered[ordered.count - 1]
  }

  /// Draws environment steps that modules share, each followed by how many steps to sum.
  func drawCommon(
    _ count: Int, _ modules: [String], _ nStep: NStep, treeSize: Int?, using generator: inout PCG64
  ) -> [(step: Int, nStep: Int)] {
    let common = common(modules)
    let weights = Dictionary(
      uniqueKeysWithValues: episodes.flatMap(\.steps).map { ($0, weight($0)) }.filter { $0.1 > 0 })
    var isSearching = true
    return (0..<count).map { _ in
      for _ in 0..<64 where isSearching {
        let step =
          treeSize.map { Self.pick(weights, treeSize: $0, using: &generator) }
          ?? Int(generator.integers(in: Int64(firstStep)..<Int64(nextStep)))
        if common.contains(step) { return (step, nStep.next(using: &generator)) }
      }
      isSearching = false
      guard treeSize != nil else {
        return (common[Int(generator.integers(in: 0..<Int64(common.count)))], nStep.next(using: &generator))
      }
      var rest = generator.random() * common.reduce(0) { $0 + weights[$1, default: 0] }
      let found = common.first { step in
        defer { rest -= weights[step, default: 0] }
        return weights[step, default: 0] > rest
      }
      return (found ?? common[common.count - 1], nStep.next(using: &generator))
    }
  }

  /// Whether the items are what these episodes say of their steps.
  func explains(_ sample: ModuleSample, asked: [Int], gamma: Double) -> Bool {
    guard asked.count == sample.count else { return false }
    return sample.items.steps.indices.allSatisfy { index in
      guard let place = locate(sample.items.steps[index], sample.module) else { return false }
      let episode = episodes[place.episode]
      let part = episode.parts[place.part]
      let count = min(asked[index], part.steps.count - place.index)
      let isEnd = place.index + count == part.steps.count
      let time = part.steps[place.index].time
      let data = AgentData(episode: episode.id, agent: part.agent, module: part.module)
      return sample.agents[index] == part.agent && sample.episodes[index] == episode.id
        && sample.environmentTimes[index] == time
        && sample.environmentSteps[index] == (time < episode.start ? nil : episode.steps[time - episode.start])
        && sample.items.isTerminated[index] == (isEnd && part.isTerminated)
        && sample.items.isTruncated[index] == (isEnd && part.isTruncated)
        && data.explains(sample.items, index, time: part.start + place.index, count: count, gamma: gamma)
    }
  }
}
