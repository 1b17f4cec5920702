public import Environments
public import StateTree

/// An environment whose steps take a given time at least, as a simulator's do: it computes, it does not sleep.
public struct Slow<Base: Environment>: Environment {
  /// What is slowed down.
  public var base: Base
  /// What a step takes at least.
  public let stepDuration: Duration

  /// Slows an environment down.
  public init(_ base: Base, stepDuration: Duration) { (self.base, self.stepDuration) = (base, stepDuration) }

  public var observationSpace: Space { base.observationSpace }
  public var actionSpace: Space { base.actionSpace }
  public var inexactBecause: String? { base.inexactBecause }

  public mutating func reset(seed: UInt64?) throws -> Tensor { try base.reset(seed: seed) }

  public mutating func step(_ action: Tensor) throws -> EnvironmentStep {
    let end = ContinuousClock.now + stepDuration
    let step = try base.step(action)
    while ContinuousClock.now < end {}
    return step
  }

  public var state: StateValue { base.state }
  public mutating func restore(from state: StateValue) throws { try base.restore(from: state) }
  public func checkInvariants() throws { try base.checkInvariants() }
}
