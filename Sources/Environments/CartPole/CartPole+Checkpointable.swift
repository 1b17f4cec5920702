public import StateTree

extension CartPole: Checkpointable {
  /// Physics in double precision, steps of the episode, where the episode stands, and the generator, nil before the
  /// first reset.
  public var state: StateValue {
    progress.state(beside: [
      "environment": .string(Self.id), "physics": .tensor(Tensor(vector: physics.numbers)),
    ])
  }

  /// Goes on where `state` was taken, with the same bits, or stays as it was.
  /// - Throws: `EnvironmentError.state` naming what is missing or of another environment, `.brokenInvariant` for a
  ///   state that CartPole-v1 cannot have.
  public mutating func restore(from state: StateValue) throws(EnvironmentError) {
    var restored = CartPole()
    do throws(StateTreeError) {
      let reader = try StateReader(state, at: [StateKey(Self.id)])
      try reader.checkEnvironment(Self.id)
      restored.physics = Physics(numbers: try reader.numbers("physics", count: 4))
      restored.progress = try EpisodeProgress(reader)
    } catch {
      throw .state(error)
    }
    try restored.checkInvariants()
    self = restored
  }

  /// Checks that steps can have led here.
  /// - Throws: `EnvironmentError.brokenInvariant`.
  public func checkInvariants() throws(EnvironmentError) {
    guard physics.numbers.allSatisfy(\.isFinite) else {
      throw .brokenInvariant(environment: Self.id, reason: "the physics are not finite: \(physics.numbers)")
    }
    try progress.checkInvariants(
      of: Self.id, limit: Self.maximumEpisodeSteps, isTerminal: physics.isOutOfBounds, isUntouched: self == CartPole())
  }
}
