/// How the items of several modules belong together.
public enum ReplayMode: String, Sendable, Hashable, CaseIterable {
  /// Each module has steps of its agents drawn for itself.
  case independent
  /// All modules have the steps that their agents took in the same drawn environment steps.
  case synchronized
}

/// The items of one module in a sample.
public struct ModuleSample: Sendable, Equatable {
  /// The module.
  public var module: String
  /// The transitions, B of them. Their `steps` are the module's own step numbers, for `updatePriorities`.
  public var items: EpisodeSample
  /// The agent that took each step.
  /// - Shape: `[B]`
  public var agents: [String]
  /// The multi-agent episode of each step.
  /// - Shape: `[B]`
  public var episodes: [String]
  /// When the agent acted, in its episode.
  /// - Shape: `[B]`
  /// - Units: environment steps from the beginning of the episode.
  public var environmentTimes: [Int]
  /// The global number of the environment step in which the agent acted; nil if that step itself was evicted before
  /// the agent's step was complete.
  /// - Shape: `[B]`
  public var environmentSteps: [Int?]

  /// How many items there are, B.
  public var count: Int { items.count }
}

/// A sample of n-step transitions for every module asked for.
public struct MultiAgentSample: Sendable, Equatable {
  /// The modules' items, in the order in which the modules were asked for.
  public var modules: [ModuleSample]

  /// The items of a module, or nil if it was not asked for.
  public subscript(module: String) -> ModuleSample? {
    modules.first { $0.module.utf8.elementsEqual(module.utf8) }
  }

  /// How many items all modules have together.
  public var count: Int { modules.reduce(0) { $0 + $1.count } }
}

/// How much went through a multi-agent buffer.
public struct MultiAgentCounters: Sendable, Hashable {
  /// Multi-agent episodes held, those under way included.
  public var episodes: Int
  /// Stored multi-agent episodes ever evicted.
  public var evictedEpisodes: Int
  /// Environment steps held: what the capacity counts.
  public var environmentSteps: Int
  /// Environment steps ever added.
  public var insertionCount: Int
  /// Agent steps held, over all modules.
  public var agentSteps: Int
  /// Agent steps ever added, over all modules.
  public var agentInsertionCount: Int
  /// Items ever asked for, counted once for all modules, as RLlib does; each module's own counters have its items.
  public var sampledCount: Int
}
