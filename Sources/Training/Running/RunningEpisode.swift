internal import Environments
internal import ReplayBuffers
public import StateTree

/// An episode as a runner plays it: totals over all of it, and the steps not yet handed over.
public struct RunningEpisode: Sendable {
  /// Its name: the runner's index and how many episodes the runner began before, such as `0-17`.
  /// After a restore without the replay buffer's past there is a tag between them, as in `0@40000-17`.
  public internal(set) var id: String
  /// The steps taken.
  public internal(set) var length = 0
  /// The sum of the rewards, not discounted. RLlib's `get_return()` covers the last fragment only.
  public internal(set) var totalReward = 0.0
  /// The reward of the last step.
  public internal(set) var lastReward = 0.0
  /// Whether the environment ended it.
  public internal(set) var isTerminated = false
  /// Whether it was cut off.
  public internal(set) var isTruncated = false
  /// Whether the environment was reset for it, so that there is an observation.
  public internal(set) var isReset = false
  /// Whatever callbacks want to keep with the episode; saved with the run.
  public var customData = StateMap()

  /// The time at which the steps not yet handed over begin.
  var fragmentStart = 0
  /// The observations of those steps and the one behind them, row-major.
  var observations: [UInt8] = []
  var actions: [UInt8] = []
  var rewards: [Float] = []
  /// What else is kept with those steps, by the form's extra columns, row-major.
  var extras: [[UInt8]]
  let form: EpisodeForm

  init(id: String, _ form: EpisodeForm) {
    self.id = id
    self.form = form
    extras = [[UInt8]](repeating: [], count: form.extras.count)
  }

  /// Whether it is over.
  public var isDone: Bool { isTerminated || isTruncated }
  /// What results say of it when it is over.
  var finished: FinishedEpisode { FinishedEpisode(totalReward: totalReward, length: length) }
  /// The steps not yet handed over.
  public var pendingSteps: Int { rewards.count }

  /// The last observation, nil before the reset.
  public var lastObservation: Tensor? {
    guard isReset else { return nil }
    return try? Tensor(form.observation.dataType, shape: form.observation.shape, bytes: Array(lastObservationBytes))
  }

  /// The bytes of the last observation.
  var lastObservationBytes: ArraySlice<UInt8> { observations.suffix(form.observation.rowBytes) }

  mutating func reset(to observation: Tensor) throws(TrainingError) {
    try check(observation)
    observations.append(contentsOf: observation.bytes)
    isReset = true
  }

  /// Adds a step that was taken.
  /// - Parameter row: Which row of the chosen actions is this episode's.
  mutating func add(_ step: EnvironmentStep, _ chosen: ChosenActions, row: Int) throws(TrainingError) {
    try check(step.observation)
    observations.append(contentsOf: step.observation.bytes)
    actions.append(row: row, of: chosen.actions, bytes: form.action.rowBytes)
    for (index, column) in form.extras.enumerated() {
      extras[index].append(row: row, of: chosen.extras[index], bytes: column.rowBytes)
    }
    rewards.append(Float(step.reward))
    length += 1
    totalReward += step.reward
    lastReward = step.reward
    isTerminated = step.isTerminated
    isTruncated = step.isTruncated
  }

  private func check(_ observation: Tensor) throws(TrainingError) {
    let space = form.observation
    guard observation.dataType == space.dataType, observation.shape == space.shape else {
      throw .unsuitableEnvironment(
        id, reason: "it gave an observation \(observation.summary), its space is \(space.dataType) \(space.shape)")
    }
  }

  /// Hands the steps over and keeps the last observation, with which the next fragment begins.
  mutating func takeFragment() throws(StateTreeError) -> EpisodeFragment {
    var fragment = EpisodeFragment(
      id: id, startTime: fragmentStart, observations: try form.observation.tensor(observations, rewards.count + 1),
      actions: try form.action.tensor(actions, rewards.count), rewards: Tensor(vector: rewards),
      isTerminated: isTerminated, isTruncated: isTruncated)
    for (column, bytes) in zip(form.extras, extras) {
      fragment.extraColumns[StateKey(column.name)] = try column.tensor(bytes, rewards.count)
    }
    fragmentStart = length
    observations.removeFirst(observations.count - form.observation.rowBytes)
    actions.removeAll(keepingCapacity: true)
    rewards.removeAll(keepingCapacity: true)
    for index in extras.indices { extras[index].removeAll(keepingCapacity: true) }
    return fragment
  }
}

extension RunningEpisode {
  /// Everything; the shapes are the environment's.
  var state: StateValue {
    var state: StateMap = [
      "id": .string(id), "length": .integer(length), "total_reward": .double(totalReward),
      "last_reward": .double(lastReward), "is_terminated": .bool(isTerminated), "is_truncated": .bool(isTruncated),
      "is_reset": .bool(isReset), "custom_data": .map(customData), "fragment_start": .integer(fragmentStart),
      "observations": .bytes(observations), "actions": .bytes(actions), "rewards": .tensor(Tensor(vector: rewards)),
    ]
    if !extras.isEmpty { state["extras"] = .array(extras.map(StateValue.bytes)) }
    return .map(state)
  }

  /// Becomes what the state was taken from.
  /// - Throws: `StateTreeError`, `TrainingError.brokenInvariant`.
  mutating func restore(from state: StateReader) throws {
    id = try state.string("id")
    length = try state.counter("length")
    totalReward = try state.double("total_reward")
    lastReward = try state.double("last_reward")
    isTerminated = try state.bool("is_terminated")
    isTruncated = try state.bool("is_truncated")
    isReset = try state.bool("is_reset")
    customData = try state.reader("custom_data").map
    fragmentStart = try state.counter("fragment_start")
    observations = try Self.bytes("observations", state)
    actions = try Self.bytes("actions", state)
    rewards = try state.vector("rewards")
    if !form.extras.isEmpty {
      extras = try state.array("extras").map { element in
        guard case .bytes(let bytes) = element else {
          throw StateTreeError.wrongType(path: (state.path / "extras").description, expected: "bytes", found: element.typeName)
        }
        return bytes
      }
    }
    try checkInvariants()
  }

  private static func bytes(_ key: StateKey, _ state: StateReader) throws -> [UInt8] {
    guard case .bytes(let bytes) = try state.value(key) else {
      throw StateTreeError.wrongType(path: (state.path / key).description, expected: "bytes", found: "another type")
    }
    return bytes
  }

  /// Checks that observations, actions and rewards are as many as they must be.
  /// - Throws: `TrainingError.brokenInvariant`.
  func checkInvariants() throws {
    let rows = isReset ? rewards.count + 1 : 0
    guard observations.count == rows * form.observation.rowBytes,
      actions.count == rewards.count * form.action.rowBytes, extras.count == form.extras.count,
      zip(form.extras, extras).allSatisfy({ $0.rowBytes * rewards.count == $1.count }),
      fragmentStart <= length, length - fragmentStart == rewards.count, isReset || length == 0
    else {
      throw TrainingError.brokenInvariant(
        "episode \(id) of \(length) steps has \(rewards.count) from \(fragmentStart) with \(observations.count) bytes")
    }
  }
}
