public import StateTree

extension CartPole: Checkpointable {
  /// Physics in double precision, steps of the episode, where the episode stands, and the generator, nil before the
  /// first reset.
  public var state: StateValue {
    [
      "environment": .string(Self.id), "physics": .tensor(Tensor(vector: physics.numbers)),
      "episode_steps": .int(Int64(episodeSteps)), "phase": .string(phase.rawValue),
      "generator": generator?.state ?? .nil,
    ]
  }

  /// Goes on where `state` was taken, with the same bits, or stays as it was.
  /// - Throws: `EnvironmentError.state` naming what is missing or of another environment, `.brokenInvariant` for a
  ///   state that CartPole-v1 cannot have.
  public mutating func restore(from state: StateValue) throws(EnvironmentError) {
    var restored = CartPole()
    do throws(StateTreeError) {
      let reader = try StateReader(state, at: ["CartPole-v1"])
      try Self.checkID(reader)
      restored.physics = try Self.physics(reader)
      restored.episodeSteps = try reader.count("episode_steps")
      restored.phase = try Self.phase(reader)
      restored.generator = try Self.generator(reader)
    } catch {
      throw .state(error)
    }
    try restored.checkInvariants()
    self = restored
  }

  /// Checks that steps can have led here.
  /// - Throws: `EnvironmentError.brokenInvariant`.
  public func checkInvariants() throws(EnvironmentError) {
    let isOver = physics.isOutOfBounds || episodeSteps == Self.maximumEpisodeSteps
    guard physics.numbers.allSatisfy(\.isFinite) else { throw broken("the physics are not finite: \(physics.numbers)") }
    guard episodeSteps <= Self.maximumEpisodeSteps else {
      throw broken("\(episodeSteps) steps in an episode, expected at most \(Self.maximumEpisodeSteps)")
    }
    switch phase {
    case .new:
      guard self == CartPole() else { throw broken("steps or draws before the first reset") }
    case .underWay:
      guard !isOver else { throw broken("the episode is under way and past its end") }
    case .ended:
      guard isOver, episodeSteps > 0 else { throw broken("the episode ended without a reason") }
    }
    guard phase == .new || generator != nil else { throw broken("there is an episode and no generator") }
  }

  private func broken(_ reason: String) -> EnvironmentError { .brokenInvariant(environment: Self.id, reason: reason) }
}

extension CartPole {
  private static func checkID(_ reader: StateReader) throws(StateTreeError) {
    let found = try reader.string("environment")
    guard found == id else {
      throw .invalidValue(path: "\(reader.path / "environment")", found: found, expected: id)
    }
  }

  private static func physics(_ reader: StateReader) throws(StateTreeError) -> Physics {
    let numbers: [Double] = try reader.vector("physics")
    guard numbers.count == 4 else {
      throw .invalidValue(path: "\(reader.path / "physics")", found: "\(numbers.count) numbers", expected: "4")
    }
    return Physics(numbers: numbers)
  }

  private static func phase(_ reader: StateReader) throws(StateTreeError) -> Phase {
    let name = try reader.string("phase")
    guard let phase = Phase(rawValue: name) else {
      throw .invalidValue(path: "\(reader.path / "phase")", found: name, expected: "new, under_way or ended")
    }
    return phase
  }

  private static func generator(_ reader: StateReader) throws(StateTreeError) -> PCG64? {
    if case .nil = try reader.value("generator") { return nil }
    return try PCG64(state: reader.reader("generator"))
  }
}
