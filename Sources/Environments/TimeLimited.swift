public import StateTree

/// An environment whose episodes are truncated after so many steps.
///
/// ```swift
/// try catalogue.add("Corridor-v0") { TimeLimited(Corridor(length: 10), maximumEpisodeSteps: 200) }
/// ```
/// The environments of this module have limits of their own, as Gymnasium's registry gives them.
/// - Source: Gymnasium 1.2, `TimeLimit` in `wrappers/common.py`; unlike there, a step after the limit is an error.
public struct TimeLimited<Base: Environment>: Environment {
  /// The environment that is limited.
  public internal(set) var base: Base
  /// The steps after which an episode is truncated.
  public let maximumEpisodeSteps: Int
  /// Steps taken since the last reset.
  public internal(set) var episodeSteps = 0

  /// Limits an environment before its first reset.
  /// - Precondition: `maximumEpisodeSteps` is at least 1.
  public init(_ base: Base, maximumEpisodeSteps: Int) {
    precondition(maximumEpisodeSteps >= 1, "an episode has at least 1 step, found \(maximumEpisodeSteps)")
    (self.base, self.maximumEpisodeSteps) = (base, maximumEpisodeSteps)
  }

  /// That of the environment.
  public var observationSpace: Space { base.observationSpace }

  /// That of the environment.
  public var actionSpace: Space { base.actionSpace }

  /// That of the environment.
  public var inexactBecause: String? { base.inexactBecause }

  /// Begins an episode; one under way is abandoned.
  /// - Throws: what the environment throws.
  public mutating func reset(seed: UInt64?) throws -> Tensor {
    let observation = try base.reset(seed: seed)
    episodeSteps = 0
    return observation
  }

  /// Takes one action, and truncates the episode with the last step that is allowed.
  /// - Throws: `EnvironmentError.episodeEnded` after the limit, and what the environment throws.
  public mutating func step(_ action: Tensor) throws -> EnvironmentStep {
    guard episodeSteps < maximumEpisodeSteps else {
      throw EnvironmentError.episodeEnded(environment: "\(Base.self)", steps: episodeSteps)
    }
    var step = try base.step(action)
    episodeSteps += 1
    if episodeSteps == maximumEpisodeSteps { step.isTruncated = true }
    return step
  }
}

extension TimeLimited: Checkpointable {
  /// The steps of the episode and the state of the environment.
  public var state: StateValue { ["episode_steps": .int(Int64(episodeSteps)), "base": base.state] }

  /// Goes on where `state` was taken, or stays as it was.
  /// - Throws: `EnvironmentError.state`, `.brokenInvariant`, and what the environment throws.
  public mutating func restore(from state: StateValue) throws {
    var restored = self
    let base: StateValue
    do throws(StateTreeError) {
      let reader = try StateReader(state, at: ["time_limited"])
      restored.episodeSteps = try reader.count("episode_steps")
      base = try reader.value("base")
    } catch {
      throw EnvironmentError.state(error)
    }
    try restored.checkLimit()
    try restored.base.restore(from: base)
    self = restored
  }

  /// Checks that the episode is within its limit, and the environment.
  /// - Throws: `EnvironmentError.brokenInvariant`, and what the environment throws.
  public func checkInvariants() throws {
    try checkLimit()
    try base.checkInvariants()
  }

  private func checkLimit() throws(EnvironmentError) {
    guard episodeSteps <= maximumEpisodeSteps else {
      throw .brokenInvariant(
        environment: "\(Base.self)",
        reason: "\(episodeSteps) steps in an episode, expected at most \(maximumEpisodeSteps)")
    }
  }
}
