internal import Environments
public import StateTree

extension EnvRunner: Checkpointable {
  /// Environments, episodes under way, generator, counters, and the states of its callbacks.
  public var state: StateValue {
    [
      "environment_steps": .integer(environmentSteps), "begun_episodes": .integer(begunEpisodes),
      "name_tag": .string(nameTag),
      "needs_initial_reset": .bool(needsInitialReset), "was_seeded": .bool(wasSeeded), "generator": generator.state,
      "environments": .array(slots.map(\.environment.state)),
      "episodes": .array(needsInitialReset ? [] : slots.map(\.episode.state)),
      "finished": .array(
        finished.map { ["total_reward": .double($0.totalReward), "length": .integer($0.length)] }),
      "callbacks": callbacks.state, "metrics": metrics.state,
    ]
  }

  /// Becomes what the state was taken from, or stays as it was.
  ///
  /// Environments that cannot be put back where they stood (`inexactBecause`) begin anew with the next sample, seeded by
  /// the runner's generator: their episodes under way are truncated, and what a callback kept in them is lost.
  /// - Throws: `StateTreeError`, `TrainingError`, and what environments and callbacks throw.
  public mutating func restore(from state: StateValue) throws {
    var runner = self
    let reader = try StateReader(state)
    runner.environmentSteps = try reader.counter("environment_steps")
    runner.begunEpisodes = try reader.counter("begun_episodes")
    runner.nameTag = try reader.string("name_tag")
    runner.needsInitialReset = try reader.bool("needs_initial_reset")
    runner.wasSeeded = reader.map["was_seeded"] == nil ? !runner.needsInitialReset : try reader.bool("was_seeded")
    runner.generator = try PCG64(state: reader.reader("generator"))
    try runner.restoreEnvironments(reader)
    try runner.restoreEpisodes(reader)
    _ = try runner.callbacks.restore(from: reader.value("callbacks"))
    if let saved = reader.map["metrics"] { try runner.metrics.restore(from: saved) }
    try runner.checkInvariants()
    self = runner
  }

  private mutating func restoreEnvironments(_ reader: StateReader) throws {
    let states = try reader.array("environments")
    guard states.count == slots.count else {
      throw StateTreeError.invalidValue(
        path: (reader.path / "environments").description, found: "\(states.count) environments",
        expected: "\(slots.count), as num_envs_per_env_runner says")
    }
    for (index, state) in states.enumerated() { try slots[index].environment.restore(from: state) }
    // What was never reset needs no other seed than its first.
    interrupted = wasSeeded ? Set(slots.indices.filter { slots[$0].environment.inexactBecause != nil }) : []
  }

  private mutating func restoreEpisodes(_ reader: StateReader) throws {
    let states = try reader.array("episodes")
    guard states.count == (needsInitialReset ? 0 : slots.count) else {
      throw TrainingError.brokenInvariant("\(states.count) episodes in \(slots.count) environments")
    }
    for (index, state) in states.enumerated() {
      var episode = RunningEpisode(id: "", form)
      try episode.restore(from: StateReader(state, at: reader.path / "episodes" / index))
      slots[index].episode = episode
    }
    finished = try reader.array("finished").enumerated().map { index, state in
      let reader = try StateReader(state, at: reader.path / "finished" / index)
      return FinishedEpisode(totalReward: try reader.double("total_reward"), length: try reader.counter("length"))
    }
  }

  /// Checks generator, environments and episodes.
  /// - Throws: `TrainingError.brokenInvariant`, and what parts throw.
  public func checkInvariants() throws {
    try generator.checkInvariants()
    for slot in slots {
      try slot.episode.checkInvariants()
      try slot.environment.checkInvariants()
    }
  }

  /// The runner's next random words and where its environments stand, for the proof that a restored run goes on as it
  /// would have.
  public var nextDraws: StateValue {
    var generator = generator
    let words = (0..<8).map { _ in generator.next() }
    return ["words": .tensor(Tensor(vector: words)), "environments": .array(slots.map(\.environment.state))]
  }
}
