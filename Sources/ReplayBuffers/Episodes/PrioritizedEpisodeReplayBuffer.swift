public import StateTree

/// Episodes of which steps are sampled in proportion to a power of their priorities.
///
/// Storage, capacity and eviction are those of `EpisodeReplayBuffer`. A new step gets the largest priority seen, so that
/// it is sampled soon; after a gradient step `updatePriorities` says how surprising each sampled step was.
/// - Source: Schaul et al. 2016, "Prioritized Experience Replay", proportional variant; RLlib's
///   `PrioritizedEpisodeReplayBuffer`. Deviations: an n-step return is shortened at the end of its episode, unless short
///   returns are excluded, where RLlib draws again, for ever if no episode is long enough.
public struct PrioritizedEpisodeReplayBuffer: Sendable {
  /// The name of this kind of buffer in files.
  public static let kind = "PrioritizedEpisodeReplayBuffer"

  var store: EpisodeStore
  var priorities: Priorities
  var generator: PCG64

  /// An empty buffer.
  /// - Parameter capacity: The most steps held, at least 1; one episode may be longer. Nothing is allocated beforehand.
  /// - Parameter alpha: How strongly priorities act; RLlib's DQN takes 0.6.
  /// - Parameter schema: The columns: `obs` or parts of it, `obs/...`, `actions`, `rewards` (one real number a step) and
  ///   any others.
  /// - Parameter seed: The seed of the buffer's own generator.
  /// - Throws: `ReplayBufferError.invalidSchema` if one of the three is missing.
  /// - Precondition: `alpha` is finite and not negative.
  public init(
    capacity: Int, alpha: Double = 0.6, schema: BufferSchema, seed: UInt64
  ) throws(ReplayBufferError) {
    store = try EpisodeStore(capacity: capacity, schema: schema)
    priorities = Priorities(alpha: alpha)
    generator = PCG64(seed: seed)
  }

  /// The columns.
  public var schema: BufferSchema { store.columns.schema }
  /// The most steps held.
  /// - Units: steps.
  public var capacity: Int { store.capacity }
  /// How strongly priorities act, from 0 (not at all) to 1.
  public var alpha: Double { priorities.alpha }
  /// The largest priority ever given, before it is raised to `alpha`; new steps get it.
  public var maximumPriority: Double { priorities.maximum }
  /// How many steps are held.
  public var count: Int { store.stepCount }
  /// The window of step numbers, from the oldest step held to the next; those of evicted episodes are holes in it.
  public var steps: Range<Int> { store.steps.positions }
  /// How much went through the buffer.
  public var counters: EpisodeCounters { store.counters }

  /// Adds a fragment to the episode of its id, or begins a stored episode with it; then old episodes go.
  /// - Returns: the numbers of its steps.
  /// - Throws: what `EpisodeReplayBuffer.add` throws. Nothing is changed then.
  /// - Complexity: O((steps added + steps evicted) times log steps)
  @discardableResult
  public mutating func add(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> Range<Int> {
    let added = try store.add(fragment)
    priorities.add(added)
    evict()
    return added
  }

  /// Lets old episodes go while there are too many steps.
  mutating func evict() {
    while store.isOverfull {
      priorities.remove(store.oldestSteps())
      store.evictOldest()
      priorities.tree.advance(to: store.steps.positions.lowerBound)
    }
  }

  /// Draws steps in proportion to their priorities to the power of `alpha`, each with its n-step return and the weight
  /// that corrects for having been preferred.
  /// - Parameter nStep: How many steps a return sums; fewer where the stored episode ends before.
  /// - Parameter gamma: The discount from one step to the next.
  /// - Parameter beta: How much of the preference the weights correct, from 0 to 1; RLlib's DQN takes 0.4.
  /// - Parameter shortReturns: What becomes of returns for which the stored episode ends before n steps.
  /// - Parameter stacking: How many observations make one of the sample, by the name of their column, such as
  ///   `["obs": 4]`: the one of the time and those before it in the same episode, oldest first, with zeros before the
  ///   first stored one.
  /// - Throws: what `EpisodeReplayBuffer.sample` throws. Nothing is changed then.
  /// - Complexity: O(`count` times (log steps + n)); O(steps) more if short returns are excluded and almost all are short.
  /// - Source: Schaul et al. 2016, equation 1 and section 3.4; RLlib's `sample` of the class of this name.
  public mutating func sample(
    count: Int, nStep: NStep = .fixed(1), gamma: Double = 0.99, beta: Double = 0.4,
    shortReturns: ShortReturns = .kept, stacking: [StateKey: Int] = [:]
  ) throws(ReplayBufferError) -> EpisodeSample {
    precondition(count >= 0 && beta >= 0, "a count and a beta of 0 or more, found \(count) and \(beta)")
    try store.columns.check(stacking: stacking)
    let picks = try picks(count, nStep: nStep, shortReturns)
    store.sampledCount += count
    let weights = priorities.tree.weights(picks.map(\.step), of: self.count, beta: beta)
    return store.sample(picks, gamma: gamma, weights: weights, stacking: stacking)
  }

  private mutating func picks(
    _ count: Int, nStep: NStep, _ shortReturns: ShortReturns
  ) throws(ReplayBufferError) -> [EpisodeStore.Pick] {
    guard case .kept = shortReturns else {
      return try store.fullPicks(
        count, nStep: nStep, using: &generator, drawing: { priorities.drawStep(using: &$0) },
        weight: { priorities.tree[$0] })
    }
    guard self.count > 0 else { throw .emptyBuffer }
    var (steps, nSteps) = ([Int](repeating: 0, count: count), [Int](repeating: 0, count: count))
    priorities.draw(&steps, using: &generator) { nSteps[$1] = nStep.next(using: &$0) }
    return zip(steps, nSteps).map { EpisodeStore.Pick(step: $0, nStep: $1) }
  }

  /// Gives sampled steps new priorities, such as the absolute TD errors; of a step given twice the last one holds.
  ///
  /// Steps that were evicted since they were sampled are ignored. Priorities below 1e-12 are raised to it.
  /// - Returns: how many steps were ignored.
  /// - Throws: `ReplayBufferError.unequalCounts`, `.unknownStep` for a number that was never given, `.invalidPriority`
  ///   for one that is not finite. Nothing is changed then.
  /// - Complexity: O(steps times log `count`)
  @discardableResult
  public mutating func updatePriorities(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) -> Int {
    try self.priorities.update(steps, priorities)
  }
}
