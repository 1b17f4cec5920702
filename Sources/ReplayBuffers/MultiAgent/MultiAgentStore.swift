internal import StateTree

/// Multi-agent episodes: a table of them by environment steps, and for each module a store of its agents' parts.
///
/// An agent's part of an episode is an episode of its module's store, whose rows know when the agent acted. From that
/// column the table keeps, for every part, which of the module's steps belongs to which time in the episode.
struct MultiAgentStore: Sendable {
  /// One module's agents' parts.
  struct Module: Sendable {
    let id: String
    var store: EpisodeStore
    /// Whose part each episode of the store is, by its number there.
    var owners: PagedWindow<Owner>
  }

  /// A part of a multi-agent episode.
  struct Owner: Sendable, Equatable {
    /// The number of the multi-agent episode.
    var episode: Int
    /// The position among its parts.
    var part: Int

    static let nobody = Owner(episode: -1, part: -1)
  }

  /// An agent in an episode.
  struct Part: Sendable, Equatable {
    let agent: String
    /// The position of its module among all modules.
    let module: Int
    /// The number of its episode in the module's store; nil before its first step.
    var number: Int?
    /// Which of the module's steps it took at which times of the multi-agent episode.
    var runs = StepRuns()
  }

  /// A multi-agent episode.
  struct Episode: Sendable {
    var id: String
    var startTime: Int
    var isTerminated = false
    var isTruncated = false
    /// The numbers of its environment steps.
    var runs = StepRuns()
    /// Its agents, in the order in which they were first handed over.
    var parts: [Part] = []

    var isDone: Bool { isTerminated || isTruncated }
    /// The time behind its last environment step.
    var endTime: Int { runs.lastTime.map { $0 + 1 } ?? startTime }
    var length: Int { endTime - startTime }

    /// The position of an agent's part.
    func part(of agent: String) -> Int? { parts.firstIndex { $0.agent.utf8.elementsEqual(agent.utf8) } }
  }

  /// The most environment steps held, except by a single episode.
  let capacity: Int
  /// The modules in the order in which they were declared; what depends on their order goes by `modulesInOrder`.
  var modules: [Module] = []
  var moduleOfID: [StateKey: Int] = [:]
  /// The episodes in the order in which they were begun, numbered over the lifetime of the buffer.
  var episodes: PagedWindow<Episode>
  var episodeOfID: [StateKey: Int] = [:]
  /// Whose environment step each number is, from the oldest stored one to the next.
  var steps: StepIndex
  var stepCount = 0
  var insertionCount = 0
  var sampledCount = 0

  /// A store without modules.
  init(capacity: Int, firstEpisode: Int = 0, firstStep: Int = 0) {
    precondition(capacity > 0, "a capacity of at least 1, found \(capacity)")
    self.capacity = capacity
    episodes = PagedWindow(startingAt: firstEpisode, filler: Episode(id: "", startTime: 0), pageShift: 8)
    steps = StepIndex(startingAt: firstStep)
  }

  /// The number that the next environment step gets.
  var nextStep: Int { steps.positions.upperBound }
  /// Whether whole episodes have to go.
  var isOverfull: Bool { stepCount > capacity && episodes.positions.count > 1 }

  var counters: MultiAgentCounters {
    MultiAgentCounters(
      episodes: episodes.positions.count, evictedEpisodes: episodes.positions.lowerBound, environmentSteps: stepCount,
      insertionCount: insertionCount, agentSteps: modules.reduce(0) { $0 + $1.store.stepCount },
      agentInsertionCount: modules.reduce(0) { $0 + $1.store.insertionCount }, sampledCount: sampledCount)
  }

  /// The number and time of the episode of an environment step, or nil if it is not stored.
  func stored(_ step: Int) -> (episode: Int, time: Int)? {
    guard let entry = steps[step], entry.episode >= episodes.positions.lowerBound else { return nil }
    return (entry.episode, episodes[entry.episode].startTime + entry.time)
  }

  /// The numbers of the steps of the oldest episode, and of its agents, by the positions of their modules.
  func oldestSteps() -> (steps: [Int], agentSteps: [(module: Int, steps: [Int])]) {
    let episode = episodes[episodes.positions.lowerBound]
    return (episode.runs.numbers, episode.parts.map { ($0.module, $0.runs.numbers) })
  }

  /// Forgets the oldest episode with all its agents' parts; what comes later of it begins a stored episode of its own.
  mutating func evictOldest() {
    let number = episodes.positions.lowerBound
    let episode = episodes[number]
    episodeOfID[StateKey(episode.id)] = nil
    stepCount -= episode.length
    for part in episode.parts {
      guard let partNumber = part.number else { continue }
      modules[part.module].store.evict(partNumber)
      modules[part.module].owners.drop(below: modules[part.module].store.episodes.positions.lowerBound)
    }
    episodes.drop(below: number + 1)
    steps.drop(below: episodes.positions.first.flatMap { episodes[$0].runs.runs.first?.number } ?? nextStep)
  }
}
