public import ReplayBuffers
public import StateTree

/// A replay buffer of one's own around one that ships: everything is the base's but what the type says otherwise, such as
/// which fragments it takes or which steps it draws.
///
/// Its files are those of the base, which every tool reads; what it keeps beside the base is not saved. Give it to DQN by
/// `DQNConfig.ownReplayBuffer`.
public protocol WrappingBuffer: EpisodeBuffer {
  /// The buffer it stands around.
  associatedtype Base: EpisodeBuffer
  /// The buffer it stands around.
  var base: Base { get set }
  /// Stands around a buffer.
  init(base: Base)
}

extension WrappingBuffer {
  /// The base's, so that its files are the base's.
  public static var kind: String { Base.kind }
  /// The base's columns.
  public var schema: BufferSchema { base.schema }
  /// The base's capacity.
  public var capacity: Int { base.capacity }
  /// How many steps the base holds.
  public var count: Int { base.count }
  /// How much went through the base.
  public var counters: EpisodeCounters { base.counters }
  /// The base at this moment.
  public func snapshot() -> BufferSnapshot { base.snapshot() }
  /// The base's next draws.
  public func nextDraws(_ count: Int) -> StateValue? { base.nextDraws(count) }
  /// Checks the base.
  public func checkInvariants() throws { try base.checkInvariants() }

  /// Stands around a base with the given contents.
  /// - Throws: `ReplayBufferError`, and what reading the contents throws.
  public init(contents: some BufferContents, defaults: BufferDefaults) throws {
    self.init(base: try Base(contents: contents, defaults: defaults))
  }

  /// Adds a fragment to the base.
  @discardableResult
  public mutating func add(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> Range<Int> {
    try base.add(fragment)
  }

  /// Draws steps of the base.
  public mutating func sample(
    count: Int, nStep: NStep, gamma: Double, correcting beta: Double
  ) throws(ReplayBufferError) -> EpisodeSample {
    try base.sample(count: count, nStep: nStep, gamma: gamma, correcting: beta)
  }

  /// Gives steps of the base new priorities.
  public mutating func setPriorities(_ steps: [Int], _ priorities: [Double]) throws(ReplayBufferError) {
    try base.setPriorities(steps, priorities)
  }
}
