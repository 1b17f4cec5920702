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
  var observationType = DataType.float32
  var observationShape: [Int] = []

  init(id: String, observationType: DataType, observationShape: [Int]) {
    self.id = id
    self.observationType = observationType
    self.observationShape = observationShape
  }

  /// Whether it is over.
  public var isDone: Bool { isTerminated || isTruncated }
  /// The steps not yet handed over.
  public var pendingSteps: Int { rewards.count }

  private var observationBytes: Int { observationShape.reduce(observationType.itemBytes, *) }

  /// The last observation, nil before the reset.
  public var lastObservation: Tensor? {
    guard isReset else { return nil }
    return try? Tensor(observationType, shape: observationShape, bytes: Array(observations.suffix(observationBytes)))
  }

  /// The bytes of the last observation.
  var lastObservationBytes: ArraySlice<UInt8> { observations.suffix(observationBytes) }

  mutating func reset(to observation: Tensor) throws(TrainingError) {
    try check(observation)
    observations.append(contentsOf: observation.bytes)
    isReset = true
  }

  mutating func add(
    _ observation: Tensor, action: Int64, reward: Double, isTerminated: Bool, isTruncated: Bool
  ) throws(TrainingError) {
    try check(observation)
    observations.append(contentsOf: observation.bytes)
    var bits = UInt64(bitPattern: action)
    for _ in 0..<8 {
      actions.append(UInt8(truncatingIfNeeded: bits))
      bits >>= 8
    }
    rewards.append(Float(reward))
    length += 1
    totalReward += reward
    lastReward = reward
    self.isTerminated = isTerminated
    self.isTruncated = isTruncated
  }

  private func check(_ observation: Tensor) throws(TrainingError) {
    guard observation.dataType == observationType, observation.shape == observationShape else {
      throw .unsuitableEnvironment(
        id, reason: "it gave an observation \(observation.summary), its space is \(observationType) \(observationShape)"
      )
    }
  }

  /// Hands the steps over and keeps the last observation, with which the next fragment begins.
  mutating func takeFragment() throws(StateTreeError) -> EpisodeFragment {
    let fragment = EpisodeFragment(
      id: id, startTime: fragmentStart,
      observations: try Tensor(observationType, shape: [rewards.count + 1] + observationShape, bytes: observations),
      actions: try Tensor(.int64, shape: [rewards.count], bytes: actions), rewards: Tensor(vector: rewards),
      isTerminated: isTerminated, isTruncated: isTruncated)
    fragmentStart = length
    observations.removeFirst(observations.count - observationBytes)
    actions.removeAll(keepingCapacity: true)
    rewards.removeAll(keepingCapacity: true)
    return fragment
  }
}

extension RunningEpisode {
  /// Everything; the shapes are the environment's.
  var state: StateValue {
    [
      "id": .string(id), "length": .integer(length), "total_reward": .double(totalReward),
      "last_reward": .double(lastReward), "is_terminated": .bool(isTerminated), "is_truncated": .bool(isTruncated),
      "is_reset": .bool(isReset), "custom_data": .map(customData), "fragment_start": .integer(fragmentStart),
      "observations": .bytes(observations), "actions": .bytes(actions), "rewards": .tensor(Tensor(vector: rewards)),
    ]
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
    guard observations.count == rows * observationBytes, actions.count == rewards.count * 8,
      fragmentStart <= length, length - fragmentStart == rewards.count, isReset || length == 0
    else {
      throw TrainingError.brokenInvariant(
        "episode \(id) of \(length) steps has \(rewards.count) from \(fragmentStart) with \(observations.count) bytes")
    }
  }
}
