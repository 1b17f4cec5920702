/// What a buffer takes where the contents that it is loaded from do not say it: dumps of RLlib hold neither.
public struct BufferDefaults: Sendable, Equatable {
  /// The most steps that the buffer holds.
  /// - Units: steps.
  public var capacity: Int?
  /// How strongly priorities act, from 0 (not at all) to 1.
  public var alpha: Double?
  /// The seed of the generator that samples.
  public var seed: UInt64?

  /// Defaults; what is nil must be in the contents.
  public init(capacity: Int? = nil, alpha: Double? = nil, seed: UInt64? = nil) {
    self.capacity = capacity
    self.alpha = alpha
    self.seed = seed
  }
}
