internal import Glibc
internal import StateTree

/// Episodes of which steps are sampled in proportion to a power of their priorities.
///
/// Storage, capacity and eviction are those of `EpisodeReplayBuffer`. A new step gets the largest priority seen, so that
/// it is sampled soon; after a gradient step `updatePriorities` says how surprising each sampled step was.
/// - Source: Schaul et al. 2016, "Prioritized Experience Replay", proportional variant; RLlib's
///   `PrioritizedEpisodeReplayBuffer`. Deviation: an n-step return is shortened at the end of its episode where RLlib
///   draws again, for ever if no episode is long enough.
public struct PrioritizedEpisodeReplayBuffer: Sendable {
  /// The name of this kind of buffer in files.
  public static let kind = "PrioritizedEpisodeReplayBuffer"
  /// What smaller priorities are raised to, so that every step can be sampled.
  public static let smallestPriority = 1e-12

  /// How strongly priorities act, from 0 (not at all) to 1.
  public let alpha: Double
  /// The largest priority ever given, before it is raised to `alpha`; new steps get it.
  public internal(set) var maximumPriority = 1.0
  var store: EpisodeStore
  var tree: PriorityTree
  var generator: PCG64

  /// An empty buffer.
  /// - Parameter capacity: The most steps held, at least 1; one episode may be longer. Nothing is allocated beforehand.
  /// - Parameter alpha: How strongly priorities act; RLlib's DQN takes 0.6.
  /// - Parameter schema: The columns: `obs`, `actions`, `rewards` (one real number a step) and any others.
  /// - Parameter seed: The seed of the buffer's own generator.
  /// - Throws: `ReplayBufferError.invalidSchema` if one of the three is missing.
  /// - Precondition: `alpha` is finite and not negative.
  public init(
    capacity: Int, alpha: Double = 0.6, schema: BufferSchema, seed: UInt64
  ) throws(ReplayBufferError) {
    precondition(alpha >= 0 && alpha.isFinite, "an alpha of 0 or more, found \(alpha)")
    self.alpha = alpha
    store = try EpisodeStore(capacity: capacity, schema: schema)
    tree = PriorityTree()
    generator = PCG64(seed: seed)
  }

  /// The columns.
  public var schema: BufferSchema { store.columns.schema }
  /// The most steps held.
  /// - Units: steps.
  public var capacity: Int { store.capacity }
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
    tree.extend(to: added.upperBound)
    let leaf = leaf(ofPriority: maximumPriority)
    for step in added { tree.set(step, leaf) }
    evict()
    return added
  }

  /// Lets old episodes go while there are too many steps.
  mutating func evict() {
    while store.isOverfull {
      for step in store.oldestSteps() { tree.set(step, 0) }
      store.evictOldest()
      tree.advance(to: store.steps.positions.lowerBound)
    }
  }

  /// The priority to the power of `alpha`, kept where sums stay finite and above 0.
  private func leaf(ofPriority priority: Double) -> Double {
    min(max(pow(priority, alpha), PriorityTree.leaves.lowerBound), PriorityTree.leaves.upperBound)
  }

  /// Draws steps in proportion to their priorities to the power of `alpha`, each with its n-step return and the weight
  /// that corrects for having been preferred.
  /// - Parameter nStep: How many steps a return sums; fewer where the stored episode ends before.
  /// - Parameter gamma: The discount from one step to the next.
  /// - Parameter beta: How much of the preference the weights correct, from 0 to 1; RLlib's DQN takes 0.4.
  /// - Throws: `ReplayBufferError.emptyBuffer`.
  /// - Complexity: O(`count` times (log steps + n))
  /// - Source: Schaul et al. 2016, equation 1 and section 3.4; RLlib's `sample` of the class of this name.
  public mutating func sample(
    count: Int, nStep: NStep = .fixed(1), gamma: Double = 0.99, beta: Double = 0.4
  ) throws(ReplayBufferError) -> EpisodeSample {
    precondition(count >= 0 && beta >= 0, "a count and a beta of 0 or more, found \(count) and \(beta)")
    guard self.count > 0 else { throw .emptyBuffer }
    let total = tree.sum
    var picks: [EpisodeStore.Pick] = []
    picks.reserveCapacity(count)
    for _ in 0..<count {
      let step = tree.step(atPrefix: generator.random() * total)
      picks.append(EpisodeStore.Pick(step: step, nStep: nStep.next(using: &generator)))
    }
    store.sampledCount += count
    return store.sample(picks, gamma: gamma, weights: weights(picks.map(\.step), beta: beta))
  }

  /// The importance weights of steps, divided by the largest that any stored step has: (p N)^-beta / (p_min N)^-beta.
  private func weights(_ steps: [Int], beta: Double) -> [Float] {
    let scale = Double(count)
    let total = tree.sum
    func weight(_ leaf: Double) -> Double { pow(max(leaf / total * scale, .leastNormalMagnitude), -beta) }
    let largest = weight(tree.minimum)
    return steps.map { Float(weight(tree[$0]) / largest) }
  }

  /// Gives sampled steps new priorities, such as the absolute TD errors; of a step given twice the last one holds.
  ///
  /// Steps that were evicted since they were sampled are ignored. Priorities below `smallestPriority` are raised to it.
  /// - Returns: how many steps were ignored.
  /// - Throws: `ReplayBufferError.unequalCounts`, `.unknownStep` for a number that was never given, `.invalidPriority`
  ///   for one that is not finite. Nothing is changed then.
  /// - Complexity: O(steps times log `count`)
  @discardableResult
  public mutating func updatePriorities(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) -> Int {
    guard steps.count == priorities.count else {
      throw .unequalCounts(steps: steps.count, priorities: priorities.count)
    }
    for (step, priority) in zip(steps, priorities) {
      guard step >= 0, step < self.steps.upperBound else { throw .unknownStep(step, next: self.steps.upperBound) }
      guard priority.isFinite else { throw .invalidPriority(step: step, priority: priority) }
    }
    var ignored = 0
    for (step, priority) in zip(steps, priorities) {
      guard store.isStored(step) else {
        ignored += 1
        continue
      }
      let raised = max(priority, Self.smallestPriority)
      tree.set(step, leaf(ofPriority: raised))
      maximumPriority = max(maximumPriority, raised)
    }
    return ignored
  }
}
