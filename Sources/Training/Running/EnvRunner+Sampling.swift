internal import Environments
public import ReplayBuffers
public import StateTree

extension EnvRunner {
  /// Chooses an action for each environment from the observations of all of them.
  ///
  /// It gets the runner's generator, and how many steps were taken since the sample began. Where an environment is about
  /// to be reset its observation is zeros, and what is chosen for it is not used.
  public typealias Choice = (_ observations: Tensor, inout PCG64, _ stepsTaken: Int) throws -> ChosenActions

  /// Samples steps or episodes.
  /// - Returns: the fragments of episodes that ended, then those of episodes under way.
  /// - Throws: what environments, `choose` and callbacks throw; the runner is then half way and must not go on.
  public mutating func sample(_ size: SampleSize, choosing choose: Choice) throws -> [EpisodeFragment] {
    var samples: [EpisodeFragment] = []
    var taken = 0
    switch size {
    case .steps(let wanted):
      if needsInitialReset { try resetAll() }
      try giveUpInterrupted(&samples)
      while taken < wanted { taken += try round(&samples, after: taken, choose) { _ in true } }
      for index in slots.indices where slots[index].episode.pendingSteps > 0 {
        samples.append(try slots[index].episode.takeFragment())
      }
    case .episodes(let wanted):
      guard wanted > 0 else { break }
      try resetAll()
      while samples.count < wanted { taken += try round(&samples, after: taken, choose) { $0 < wanted } }
      // What is under way is dropped, and the next sample begins anew.
      needsInitialReset = true
    }
    environmentSteps += taken
    return try sampleEnd(samples)
  }

  /// Steps every environment once, or resets it where its episode is over.
  /// - Parameter goesOn: Whether events are due after so many episodes of the sample.
  /// - Returns: the steps taken.
  private mutating func round(
    _ samples: inout [EpisodeFragment], after taken: Int, _ choose: Choice, while goesOn: (Int) -> Bool
  ) throws -> Int {
    var chosen: ChosenActions?
    if slots.contains(where: \.episode.isReset) {
      chosen = try choose(observations(), &generator, taken)
      try check(chosen)
    }
    var wasReset = [Bool](repeating: false, count: slots.count)
    var steps = 0
    for index in slots.indices {
      if let chosen, slots[index].episode.isReset {
        try step(index, chosen)
        steps += 1
      } else {
        let observation = try slots[index].environment.reset(seed: seedOfReset(index))
        try slots[index].episode.reset(to: observation)
        wasReset[index] = true
      }
    }
    for index in slots.indices where goesOn(samples.count) {
      try fire(wasReset[index] ? .onEpisodeStart : .onEpisodeStep, index)
      guard slots[index].episode.isDone else { continue }
      try fire(.onEpisodeEnd, index)
      finished.append(slots[index].episode.finished)
      samples.append(try slots[index].episode.takeFragment())
      try begin(index)
    }
    return steps
  }

  /// All environments at the beginning of a run or of an evaluation: created for all, reset for all, start for all.
  private mutating func resetAll() throws {
    for index in slots.indices { try begin(index) }
    for index in slots.indices {
      let observation = try slots[index].environment.reset(seed: seedOfReset(index))
      try slots[index].episode.reset(to: observation)
    }
    wasSeeded = true
    for index in slots.indices { try fire(.onEpisodeStart, index) }
    needsInitialReset = false
  }

  /// An environment is seeded once in its life and then goes on with its own generator, unless that could not be restored.
  private mutating func seedOfReset(_ index: Int) -> UInt64? {
    guard wasSeeded else { return seed &+ UInt64(index) }
    return interrupted.remove(index) == nil ? nil : UInt64(generator.nextUInt32())
  }

  /// Truncates the episodes under way in environments that were not restored where they stood, so that no replay buffer
  /// waits for the rest, and begins others. As where a quota of episodes is full, there is no `onEpisodeEnd`.
  private mutating func giveUpInterrupted(_ samples: inout [EpisodeFragment]) throws {
    for index in interrupted.sorted() where slots[index].episode.isReset {
      if slots[index].episode.length > 0 {
        slots[index].episode.isTruncated = true
        samples.append(try slots[index].episode.takeFragment())
      }
      try begin(index)
    }
  }

  private mutating func begin(_ index: Int) throws {
    slots[index].episode = RunningEpisode(id: nextName(), form)
    try fire(.onEpisodeCreated, index)
  }

  private mutating func step(_ index: Int, _ chosen: ChosenActions) throws {
    let actions = chosen.forEnvironments ?? chosen.actions
    let action = try slots.count == 1
      ? actions.reshaped(form.action.shape) : actions.rows(index..<index + 1).reshaped(form.action.shape)
    let step = try slots[index].environment.step(action)
    try slots[index].episode.add(step, chosen, row: index)
  }

  /// Throws unless there is an action and everything that is kept with it for every environment.
  private func check(_ chosen: ChosenActions?) throws(TrainingError) {
    guard let chosen else { return }
    let columns = [form.action, form.action] + form.extras
    let tensors = [chosen.actions, chosen.forEnvironments ?? chosen.actions] + chosen.extras
    guard tensors.count == columns.count,
      zip(tensors, columns).allSatisfy({ $0.dataType == $1.dataType && $0.shape == [slots.count] + $1.shape })
    else {
      throw .brokenInvariant(
        "a policy chose \(tensors.map(\.summary)) for \(slots.count) environments with \(columns.map(\.name))")
    }
  }

  /// The observations of all environments; zeros where one is about to be reset.
  /// - Shape: `[environments] + observation shape`
  private func observations() throws -> Tensor {
    let rowBytes = form.observation.rowBytes
    var bytes: [UInt8] = []
    bytes.reserveCapacity(rowBytes * slots.count)
    for slot in slots {
      if slot.episode.isReset {
        bytes.append(contentsOf: slot.episode.lastObservationBytes)
      } else {
        bytes.append(contentsOf: repeatElement(0, count: rowBytes))
      }
    }
    return try form.observation.tensor(bytes, slots.count)
  }

  private mutating func fire(_ event: CallbackEvent, _ slot: Int) throws {
    guard callsCallbacks else { return }
    let closures = callbacks.closures
    swap(&metrics, &slots[slot].metricsLogger)
    defer { swap(&metrics, &slots[slot].metricsLogger) }
    switch event {
    case .onEpisodeCreated:
      try callbacks.fire(event, &slots[slot], closures.onEpisodeCreated) { try $0.onEpisodeCreated(&$1) }
    case .onEpisodeStart:
      try callbacks.fire(event, &slots[slot], closures.onEpisodeStart) { try $0.onEpisodeStart(&$1) }
    case .onEpisodeStep:
      try callbacks.fire(event, &slots[slot], closures.onEpisodeStep) { try $0.onEpisodeStep(&$1) }
    default: try callbacks.fire(event, &slots[slot], closures.onEpisodeEnd) { try $0.onEpisodeEnd(&$1) }
    }
  }

  private mutating func sampleEnd(_ samples: [EpisodeFragment]) throws -> [EpisodeFragment] {
    guard callsCallbacks else { return samples }
    var context = SampleContext(runner: facts, samples: samples, metricsLogger: metrics)
    defer { metrics = context.metricsLogger }
    try callbacks.fire(.onSampleEnd, &context, callbacks.closures.onSampleEnd) { try $0.onSampleEnd(&$1) }
    return context.samples
  }
}
