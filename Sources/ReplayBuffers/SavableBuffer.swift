public import StateTree

/// A replay buffer that gives its contents away while it goes on, and that can be made from contents again.
public protocol SavableBuffer: Checkpointable {
  /// The name of this kind of buffer in files.
  static var kind: String { get }

  /// The buffer at this moment, to be read while this one goes on.
  func snapshot() -> BufferSnapshot

  /// A buffer with the given contents, read batch by batch.
  /// - Parameter defaults: What is taken where the contents say nothing.
  /// - Throws: `ReplayBufferError` for contents of another kind, without a setting, or that no buffer can have; and what
  ///   reading the contents throws.
  init(contents: some BufferContents, defaults: BufferDefaults) throws
}

extension SavableBuffer {
  /// The whole buffer in one value.
  /// - Complexity: O(rows)
  public var state: StateValue { snapshot().selfContainedState }

  /// Becomes what `state` was taken from, or stays as it was.
  /// - Throws: `ReplayBufferError` for what no buffer of this kind can be.
  public mutating func restore(from state: StateValue) throws {
    self = try Self(contents: StateContents(state), defaults: BufferDefaults())
  }
}
