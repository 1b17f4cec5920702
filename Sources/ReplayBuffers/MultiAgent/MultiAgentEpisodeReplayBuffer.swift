public import StateTree

/// Multi-agent episodes of which the agents' steps are sampled evenly, module by module.
///
/// Every agent belongs to a module, the policy that decides for it, for as long as its episode lasts. Agents may come,
/// go, and act in some environment steps only. Fragments of several episodes may come in any order. Capacity counts
/// environment steps; what goes are whole episodes with all their agents' steps, oldest first step first, after each
/// fragment, as long as another one remains.
/// - Source: RLlib's `MultiAgentEpisodeReplayBuffer`. Deviations: modules are declared with their columns; an n-step
///   return is shortened at the end of its agent's episode, with the number of steps that it really sums, where RLlib
///   draws again, for ever if no episode is long enough; synchronized items have `weights` and `nSteps`, which RLlib
///   leaves empty, their returns sum the agent's own steps, and every environment step drawn has an agent of each module;
///   `mode` is one of two, where RLlib takes any other text as "synchronized"; the generator is part of the state.
public struct MultiAgentEpisodeReplayBuffer: Sendable {
  /// The name of this kind of buffer in files.
  public static let kind = "MultiAgentEpisodeReplayBuffer"

  var store: MultiAgentStore
  var generator: PCG64

  /// An empty buffer.
  /// - Parameter capacity: The most environment steps held, at least 1; one episode may be longer. Nothing is allocated
  ///   beforehand.
  /// - Parameter modules: The columns of the modules known now, as `addModule` takes them.
  /// - Parameter seed: The seed of the buffer's own generator.
  /// - Throws: `ReplayBufferError.invalidSchema`.
  public init(
    capacity: Int, modules: [StateKey: BufferSchema] = [:], seed: UInt64
  ) throws(ReplayBufferError) {
    store = MultiAgentStore(capacity: capacity)
    generator = PCG64(seed: seed)
    for (id, schema) in modules.sorted(by: { $0.key < $1.key }) { try store.addModule(id.string, schema: schema) }
  }

  /// Declares a module, before the first fragment of one of its agents.
  /// - Parameter schema: The columns of its agents' steps: `obs`, `actions`, `rewards` (one real number a step) and any
  ///   others but `env_t`, which the buffer keeps itself.
  /// - Throws: `ReplayBufferError.knownModule`, `.invalidSchema`.
  public mutating func addModule(_ id: String, schema: BufferSchema) throws(ReplayBufferError) {
    try store.addModule(id, schema: schema)
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

  /// Adds a fragment to the episode of its id, or begins a stored episode with it; then old episodes go.
  ///
  /// An episode that ends also ends for the agents that have not ended for themselves: as the episode does for those who
  /// acted in its last environment step, cut off at their last observation for the others.
  /// - Returns: the numbers of its environment steps.
  /// - Throws: `ReplayBufferError`: `.unknownModule`; `.changedModule`; `.missingColumn`, `.unknownColumn`,
  ///   `.columnMismatch` for columns that are not the module's; `.wrongStartTime`, `.differentBoundary`,
  ///   `.finishedEpisode` if the episode or the part of an agent, named `episode/agent`, is not continued;
  ///   `.invalidFragment` for an agent twice or times that cannot be; `.tooManyOpenEpisodes`. Nothing is changed then.
  /// - Complexity: O(steps added + steps evicted)
  @discardableResult
  public mutating func add(_ fragment: MultiAgentEpisodeFragment) throws(ReplayBufferError) -> Range<Int> {
    let added = try store.add(fragment)
    while store.isOverfull { store.evictOldest() }
    return added.steps
  }

  /// Draws steps evenly, with replacement, each with its n-step return.
  /// - Parameter count: How many items each module gets; in synchronized mode, how many environment steps are drawn, of
  ///   which a module gets an item for each of its agents that acted.
  /// - Parameter mode: Whether modules draw for themselves or share environment steps.
  /// - Parameter modules: The modules to sample; nil for all that hold a step.
  /// - Parameter nStep: How many of an agent's steps a return sums; fewer where its stored part ends before.
  /// - Parameter gamma: The discount from one step of an agent to its next.
  /// - Throws: `ReplayBufferError.emptyBuffer`, `.unknownModule`, `.emptyModule`, `.invalidModules`, `.noCommonStep`.
  ///   Nothing is changed then.
  /// - Complexity: O(items times n) when most environment steps have all modules; where few have, a synchronized sample
  ///   looks at every environment step once.
  public mutating func sample(
    count: Int, mode: ReplayMode = .independent, modules: [String]? = nil, nStep: NStep = .fixed(1),
    gamma: Double = 0.99
  ) throws(ReplayBufferError) -> MultiAgentSample {
    precondition(count >= 0, "a count of items, found \(count)")
    let positions = try store.modulesToSample(modules)
    let sample =
      switch mode {
      case .independent: independentSample(count, positions, nStep, gamma)
      case .synchronized: try synchronizedSample(count, positions, nStep, gamma)
      }
    store.count(sample, asked: count)
    return sample
  }

  private mutating func independentSample(
    _ count: Int, _ modules: [Int], _ nStep: NStep, _ gamma: Double
  ) -> MultiAgentSample {
    MultiAgentSample(
      modules: modules.map { module in
        let picks = (0..<count).map { _ in
          let step = store.modules[module].store.drawStep(using: &generator)
          return EpisodeStore.Pick(step: step, nStep: nStep.next(using: &generator))
        }
        return store.sample(module, picks, gamma: gamma, weights: [Float](repeating: 1, count: count))
      })
  }

  private mutating func synchronizedSample(
    _ count: Int, _ modules: [Int], _ nStep: NStep, _ gamma: Double
  ) throws(ReplayBufferError) -> MultiAgentSample {
    var draw = CommonStepDraw(store, modules: modules)
    var drawing = generator
    var picks: [MultiAgentStore.CommonPick] = []
    for _ in 0..<count {
      let step = try draw.next(using: &drawing)
      picks.append(MultiAgentStore.CommonPick(step: step, nStep: nStep.next(using: &drawing), weight: 1))
    }
    generator = drawing
    return store.sample(modules, picks, gamma: gamma)
  }
}
