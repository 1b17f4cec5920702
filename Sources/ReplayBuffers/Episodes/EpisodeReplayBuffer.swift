public import StateTree

/// Episodes, each observation once, of which steps are sampled evenly.
///
/// Every environment has a lane of its own, so fragments of several episodes may come in any order. Capacity counts
/// steps; what goes are whole episodes, oldest first step first, after each fragment, as long as another one remains.
/// - Source: RLlib's `EpisodeReplayBuffer` with `sample_episodes=True`. Deviations: an n-step return is shortened at the
///   end of its episode, with the flags of that end and the number of steps that it really sums, where RLlib loses the
///   flags and may never return; a fragment without steps begins no episode; the generator is part of the state.
public struct EpisodeReplayBuffer: Sendable {
  /// The name of this kind of buffer in files.
  public static let kind = "EpisodeReplayBuffer"

  var store: EpisodeStore
  var generator: PCG64

  /// An empty buffer.
  /// - Parameter capacity: The most steps held, at least 1; one episode may be longer. Nothing is allocated beforehand.
  /// - Parameter schema: The columns: `obs` or parts of it, `obs/...`, `actions`, `rewards` (one real number a step) and
  ///   any others.
  /// - Parameter seed: The seed of the buffer's own generator.
  /// - Throws: `ReplayBufferError.invalidSchema` if one of the three is missing.
  public init(capacity: Int, schema: BufferSchema, seed: UInt64) throws(ReplayBufferError) {
    store = try EpisodeStore(capacity: capacity, schema: schema)
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
  /// - Throws: `ReplayBufferError`: `.missingColumn`, `.unknownColumn`, `.columnMismatch` for columns that are not the
  ///   schema's; `.wrongStartTime`, `.differentBoundary`, `.finishedEpisode` if it does not continue its episode;
  ///   `.tooManyOpenEpisodes`. Nothing is changed then.
  /// - Complexity: O(steps added + episodes evicted)
  @discardableResult
  public mutating func add(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> Range<Int> {
    let added = try store.add(fragment)
    while store.isOverfull { store.evictOldest() }
    return added
  }

  /// Draws steps evenly, with replacement, each with its n-step return.
  /// - Parameter nStep: How many steps a return sums; fewer where the stored episode ends before.
  /// - Parameter gamma: The discount from one step to the next.
  /// - Parameter shortReturns: What becomes of returns for which the stored episode ends before n steps.
  /// - Parameter stacking: How many observations make one of the sample, by the name of their column, such as
  ///   `["obs": 4]`: the one of the time and those before it in the same episode, oldest first, with zeros before the
  ///   first stored one.
  /// - Throws: `ReplayBufferError`: `.emptyBuffer`, `.unknownColumn` if what is to be stacked are no observations,
  ///   `.noEpisodeLongEnough` if short returns are excluded and there are no others. Nothing is changed then.
  /// - Complexity: O(`count` times n); with holes in the window, the expected draws rise by their share. O(steps) more if
  ///   short returns are excluded and almost all are short.
  /// - Source: RLlib's `sample` with `sample_episodes=True`; stacks as its `connectors/common/frame_stacking.py` makes
  ///   them, but along an axis of their own before those of the observation: `[k, H, W]`. `[k, C, H, W]` holds the bytes
  ///   of `[k * C, H, W]`, which stable-baselines3's `VecFrameStack` gives, with the same zeros.
  public mutating func sample(
    count: Int, nStep: NStep = .fixed(1), gamma: Double = 0.99, shortReturns: ShortReturns = .kept,
    stacking: [StateKey: Int] = [:]
  ) throws(ReplayBufferError) -> EpisodeSample {
    precondition(count >= 0, "a count of items, found \(count)")
    try store.columns.check(stacking: stacking)
    let picks = try store.picks(
      count, nStep: nStep, shortReturns, using: &generator, drawing: { store.drawStep(using: &$0) }, weight: { _ in 1 })
    store.sampledCount += count
    let weights = [Float](repeating: 1, count: count)
    return store.sample(picks, gamma: gamma, weights: weights, stacking: stacking)
  }
}

extension EpisodeReplayBuffer: SavableBuffer {
  /// The buffer at this moment, to be read while this one goes on.
  /// - Complexity: O(chunks + episodes); no row is copied.
  public func snapshot() -> BufferSnapshot {
    store.snapshot(kind: Self.kind, adding: ["generator": generator.state])
  }

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing: capacity and seed.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults = BufferDefaults()) throws {
    let saved = try BufferStateReader(contents, kind: Self.kind, layout: .episodes, defaults: defaults)
    generator = try saved.generator()
    store = try EpisodeLoader.store(of: contents, saved)
    while store.isOverfull { store.evictOldest() }
    try checkInvariants()
  }

  /// Checks that episodes, lanes, index and counters agree.
  /// - Throws: `ReplayBufferError.brokenInvariant`.
  /// - Complexity: O(steps)
  public func checkInvariants() throws {
    try store.checkInvariants()
    try generator.checkInvariants()
  }
}
