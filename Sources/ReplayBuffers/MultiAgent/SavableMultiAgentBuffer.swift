public import StateTree

/// A multi-agent buffer that gives its contents away while it goes on, and that can be made from contents again.
public protocol SavableMultiAgentBuffer: Checkpointable {
  /// The name of this kind of buffer in files.
  static var kind: String { get }
  /// The most environment steps held.
  var capacity: Int { get }
  /// How many environment steps are held.
  var count: Int { get }
  /// The modules.
  var modules: [String] { get }
  /// The columns of a module's agents' steps.
  /// - Throws: `ReplayBufferError.unknownModule`.
  func schema(ofModule id: String) throws(ReplayBufferError) -> BufferSchema

  /// The buffer at this moment, to be read while this one goes on.
  func snapshot() -> MultiAgentBufferSnapshot

  /// A buffer with the given contents, read module by module and batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  init(contents: some MultiAgentBufferContents, defaults: BufferDefaults) throws
}

extension SavableMultiAgentBuffer {
  /// The whole buffer in one value.
  /// - Complexity: O(rows)
  public var state: StateValue { snapshot().selfContainedState }

  /// Becomes what `state` was taken from, or stays as it was.
  /// - Throws: `ReplayBufferError` for another capacity or other columns of a module that it knows, and for what no buffer
  ///   of this kind can be.
  public mutating func restore(from state: StateValue) throws {
    try restore(from: MultiAgentStateContents(state))
  }

  /// Becomes what `contents` describe, as far as its own capacity allows, or stays as it was.
  /// - Parameter rule: What to do if the contents were saved with another capacity; refuse by default.
  /// - Parameter defaults: What is taken where the contents say nothing.
  /// - Returns: what is different from what was saved.
  /// - Throws: `ReplayBufferError.differentCapacity`; `.differentSchema` if a module that it knows has other columns
  ///   there; what `init(contents:defaults:)` throws.
  @discardableResult
  public mutating func restore(
    from contents: some MultiAgentBufferContents, capacity rule: BufferAdaptation.CapacityRule = .refuse,
    defaults: BufferDefaults = BufferDefaults()
  ) throws -> AdaptationReport {
    for module in modules where contents.modules.contains(where: { StateKey($0) == StateKey(module) }) {
      let (expected, saved) = (try schema(ofModule: module), try contents.contents(ofModule: module).schema)
      guard saved.columns.filter({ $0 != AgentFragment.timeColumn }) == expected.columns else {
        throw ReplayBufferError.differentSchema(saved: saved.description, expected: expected.description)
      }
    }
    let adapted = try AdaptedState(
      contents.state(), capacity: capacity, rule, possible: Set(BufferAdaptation.CapacityRule.allCases))
    let restored = try Self(contents: AdaptedAgentContents(base: contents, adapted: adapted), defaults: defaults)
    guard restored.capacity == capacity else {
      throw ReplayBufferError.differentCapacity(saved: restored.capacity, capacity: capacity)
    }
    self = restored
    return adapted.report(count: count, capacity: capacity)
  }
}

/// Contents as a buffer of another capacity sees them.
private struct AdaptedAgentContents<Base: MultiAgentBufferContents>: MultiAgentBufferContents {
  let base: Base
  let adapted: AdaptedState

  var kind: String { base.kind }
  var modules: [String] { base.modules }
  func state() -> StateValue { adapted.state }
  func contents(ofModule id: String) throws -> Base.ModuleContents { try base.contents(ofModule: id) }
}
