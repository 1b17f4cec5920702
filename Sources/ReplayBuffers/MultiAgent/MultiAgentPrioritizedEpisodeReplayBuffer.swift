public import StateTree

/// Multi-agent episodes of which the agents' steps are sampled in proportion to a power of their priorities.
///
/// Storage, capacity and eviction are those of `MultiAgentEpisodeReplayBuffer`. Every module has priorities and a largest
/// priority of its own: its losses have their own scale. The priority of an environment step, for synchronized sampling,
/// is not stored but follows from its agents' steps: the sum of what these weigh in their modules. It is sampled as if
/// one of all agents' steps was drawn and the others of its environment step taken along. So `updatePriorities` of a
/// module is felt in both modes, and a new environment step weighs at least as much as any older one of the same agents.
/// - Source: Schaul et al. 2016, "Prioritized Experience Replay", proportional variant; RLlib's
///   `MultiAgentPrioritizedEpisodeReplayBuffer`. Deviations, besides those of `MultiAgentEpisodeReplayBuffer`:
///   `updatePriorities` takes the steps that it is for; RLlib's environment steps keep their first priority for ever,
///   its largest one is never raised, and its synchronized sampling does not look at priorities.
public struct MultiAgentPrioritizedEpisodeReplayBuffer: Sendable {
  /// The name of this kind of buffer in files.
  public static let kind = "MultiAgentPrioritizedEpisodeReplayBuffer"

  /// How strongly priorities act, from 0 (not at all) to 1.
  public let alpha: Double
  var store: MultiAgentStore
  /// The priorities of each module's steps, by its position.
  var priorities: [Priorities] = []
  /// The leaf of each environment step: the sum of its agents' steps' leaves.
  var tree = PriorityTree()
  var generator: PCG64

  /// An empty buffer.
  /// - Parameter capacity: The most environment steps held, at least 1; one episode may be longer. Nothing is allocated
  ///   beforehand.
  /// - Parameter alpha: How strongly priorities act; RLlib's DQN takes 0.6.
  /// - Parameter modules: The columns of the modules known now, as `addModule` takes them.
  /// - Parameter seed: The seed of the buffer's own generator.
  /// - Throws: `ReplayBufferError.invalidSchema`.
  /// - Precondition: `alpha` is finite and not negative.
  public init(
    capacity: Int, alpha: Double = 0.6, modules: [StateKey: BufferSchema] = [:], seed: UInt64
  ) throws(ReplayBufferError) {
    precondition(alpha >= 0 && alpha.isFinite, "an alpha of 0 or more, found \(alpha)")
    self.alpha = alpha
    store = MultiAgentStore(capacity: capacity)
    generator = PCG64(seed: seed)
    for (id, schema) in modules.sorted(by: { $0.key < $1.key }) { try addModule(id.string, schema: schema) }
  }

  /// Declares a module, before the first fragment of one of its agents.
  /// - Parameter schema: The columns of its agents' steps: `obs`, `actions`, `rewards` (one real number a step) and any
  ///   others but `env_t`, which the buffer keeps itself.
  /// - Throws: `ReplayBufferError.knownModule`, `.invalidSchema`.
  public mutating func addModule(_ id: String, schema: BufferSchema) throws(ReplayBufferError) {
    try store.addModule(id, schema: schema)
    priorities.append(Priorities(alpha: alpha))
  }

  /// The modules, ordered by the bytes of their names.
  public var modules: [String] { store.moduleIDs }
  /// The most environment steps held.
  public var capacity: Int { store.capacity }
  /// How many environment steps are held.
  public var count: Int { store.stepCount }
  /// The window of environment step numbers, from the oldest one held to the next; those of evicted episodes are holes.
  public var steps: Range<Int> { store.steps.positions }
  /// How much went through the buffer.
  public var counters: MultiAgentCounters { store.counters }

  /// How much went through the buffer of one module: its agents' parts of episodes and their steps.
  /// - Throws: `ReplayBufferError.unknownModule`.
  public func counters(ofModule id: String) throws(ReplayBufferError) -> EpisodeCounters {
    try store.counters(ofModule: id)
  }

  /// The columns of a module's agents' steps.
  /// - Throws: `ReplayBufferError.unknownModule`.
  public func schema(ofModule id: String) throws(ReplayBufferError) -> BufferSchema {
    try store.schema(ofModule: id)
  }

  /// The largest priority ever given to a step of a module, before it is raised to `alpha`; its new steps get it.
  /// - Throws: `ReplayBufferError.unknownModule`.
  public func maximumPriority(ofModule id: String) throws(ReplayBufferError) -> Double {
    priorities[try store.index(ofModule: id)].maximum
  }

  /// Adds a fragment to the episode of its id, or begins a stored episode with it; then old episodes go.
  /// - Parameter startingPriorities: What the new steps of a module get in place of the largest priority it has seen,
  ///   which stays as it is (`weight`).
  /// - Returns: the numbers of its environment steps.
  /// - Throws: what `MultiAgentEpisodeReplayBuffer.add` throws; `.unknownModule`, `.invalidPriority` for a starting
  ///   priority that is not finite. Nothing is changed then.
  /// - Complexity: O((steps added + steps evicted) times log steps)
  @discardableResult
  public mutating func add(
    _ fragment: MultiAgentEpisodeFragment, startingPriorities: [StateKey: Double] = [:]
  ) throws(ReplayBufferError) -> Range<Int> {
    var starting: [Int: Double] = [:]
    for (id, priority) in startingPriorities.sorted(by: { $0.key < $1.key }) {
      let module = try store.index(ofModule: id.string)
      guard priority.isFinite else {
        throw .invalidPriority(step: store.modules[module].store.nextStep, priority: priority)
      }
      starting[module] = priority
    }
    let added = try store.add(fragment)
    for (module, steps) in added.agentSteps { priorities[module].add(steps, priority: starting[module]) }
    tree.extend(to: added.steps.upperBound)
    refresh(added.actedSteps)
    evict()
    return added.steps
  }

  /// Lets old episodes go while there are too many environment steps.
  mutating func evict() {
    while store.isOverfull {
      let oldest = store.oldestSteps()
      for (module, steps) in oldest.agentSteps { priorities[module].remove(steps) }
      tree.set(oldest.steps) { _ in 0 }
      store.evictOldest()
      for (module, _) in oldest.agentSteps {
        priorities[module].tree.advance(to: store.modules[module].store.steps.positions.lowerBound)
      }
      tree.advance(to: store.steps.positions.lowerBound)
    }
  }

  /// Lets environment steps weigh what their agents' steps weigh.
  mutating func refresh(_ steps: Set<Int>) {
    for step in steps { tree.set(step, leaf(ofEnvironmentStep: step)) }
  }

  /// The sum of the leaves of the agents' steps, in the order of the episode's agents; 0 where nobody acted.
  func leaf(ofEnvironmentStep step: Int) -> Double {
    let sum = store.agentSteps(in: step).reduce(0) { $0 + priorities[$1.module].tree[$1.step] }
    return min(sum, PriorityTree.leaves.upperBound)
  }
}
