internal import StateTree

/// The counters that decide when DQN does what.
struct DQNClock: Equatable {
  /// The lifetime step that epsilon is taken at; refreshed at the end of an iteration, as in RLlib.
  var epsilonStep = 0
  /// The lifetime step of the last move of the target network.
  var lastTargetUpdate = 0
  /// The insertions from which on it learns: after a restore without the buffer, when it is filled again.
  ///
  /// RLlib learns at once from whatever few steps there are.
  var refillUntil = 0

  var state: StateValue {
    [
      "epsilon_step": .integer(epsilonStep), "last_target_update_ts": .integer(lastTargetUpdate),
      "refill_until": .integer(refillUntil),
    ]
  }

  init() {}

  init(_ reader: StateReader) throws(StateTreeError) {
    epsilonStep = try reader.counter("epsilon_step")
    lastTargetUpdate = try reader.counter("last_target_update_ts")
    refillUntil = try reader.counter("refill_until")
  }
}
