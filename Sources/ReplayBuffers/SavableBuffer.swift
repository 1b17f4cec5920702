public import StateTree

/// A replay buffer that gives its contents away while it goes on, and that can be made from contents again.
public protocol SavableBuffer: Checkpointable {
  /// The name of this kind of buffer in files.
  static var kind: String { get }
  /// The columns.
  var schema: BufferSchema { get }
  /// The most steps held.
  /// - Units: steps.
  var capacity: Int { get }
  /// How many steps are held.
  var count: Int { get }

  /// What can be done with contents of another capacity; everything by default.
  static var capacityRules: Set<BufferAdaptation.CapacityRule> { get }

  /// The buffer at this moment, to be read while this one goes on.
  func snapshot() -> BufferSnapshot

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  init(contents: some BufferContents, defaults: BufferDefaults) throws
}

extension SavableBuffer {
  /// What can be done with contents of another capacity: everything.
  public static var capacityRules: Set<BufferAdaptation.CapacityRule> { Set(BufferAdaptation.CapacityRule.allCases) }

  /// The whole buffer in one value.
  /// - Complexity: O(rows)
  public var state: StateValue { snapshot().selfContainedState }

  /// Becomes what `state` was taken from, or stays as it was.
  /// - Throws: `ReplayBufferError` for another capacity or schema, and for what no buffer of this kind can be.
  public mutating func restore(from state: StateValue) throws {
    try restore(from: StateContents(state))
  }

  /// Becomes what `contents` describe, as far as its own capacity and schema allow, or stays as it was.
  /// - Parameter adaptation: What may differ; nothing by default.
  /// - Parameter defaults: What is taken where the contents say nothing, as dumps of RLlib do of capacity and seed.
  /// - Returns: what is different from what was saved.
  /// - Throws: `ReplayBufferError.differentCapacity`, `.differentSchema` where the adaptation does not allow it; what
  ///   `init(contents:defaults:)` throws; `StateTreeError.inexactCast` for a number that a new type cannot hold.
  @discardableResult
  public mutating func restore(
    from contents: some BufferContents, adapting adaptation: BufferAdaptation = BufferAdaptation(),
    defaults: BufferDefaults = BufferDefaults()
  ) throws -> AdaptationReport {
    let adapted = try AdaptedContents(contents, for: self, adaptation)
    let restored = try Self(contents: adapted, defaults: defaults)
    guard restored.capacity == capacity else {
      throw ReplayBufferError.differentCapacity(saved: restored.capacity, capacity: capacity)
    }
    self = restored
    return adapted.report(count: count, capacity: capacity)
  }
}
