internal import ReplayBuffers
internal import StateTree

extension RunnerReply {
  /// The answer as a message.
  var state: StateValue {
    switch self {
    case .sample(let sample):
      [
        "reply": "sample", "fragments": .array(sample.fragments.map(\.message)),
        "returns": .tensor(Tensor(vector: sample.finished.map(\.totalReward))),
        "lengths": .tensor(Tensor(vector: sample.finished.map { Int64($0.length) })), "metrics": sample.metrics.state,
        "steps": .integer(sample.steps),
      ]
    case .state(let state, let draws): ["reply": "state", "state": state, "next_draws": draws]
    case .done: ["reply": "done"]
    }
  }

  /// The answer that a message is.
  /// - Throws: `StateTreeError`, `MetricsError`.
  init(_ reader: StateReader) throws {
    let reply = try reader.string("reply")
    switch reply {
    case "sample": self = .sample(try RunnerSample(reader))
    case "state": self = .state(try reader.value("state"), nextDraws: try reader.value("next_draws"))
    case "done": self = .done
    default:
      throw StateTreeError.invalidValue(path: "reply", found: reply, expected: "sample, state, done or error")
    }
  }
}

extension RunnerSample {
  fileprivate init(_ reader: StateReader) throws {
    let fragments = try reader.array("fragments").enumerated().map { index, state in
      try EpisodeFragment(message: StateReader(state, at: reader.path / "fragments" / index))
    }
    let returns: [Double] = try reader.vector("returns")
    let lengths: [Int64] = try reader.vector("lengths")
    guard returns.count == lengths.count else {
      throw StateTreeError.invalidValue(
        path: "lengths", found: "\(lengths.count) lengths", expected: "one for each of \(returns.count) returns")
    }
    self.init(
      fragments: fragments,
      finished: zip(returns, lengths).map { FinishedEpisode(totalReward: $0, length: Int($1)) },
      metrics: try ReducedMetrics(reader.value("metrics")), steps: try reader.counter("steps"))
  }
}

extension EpisodeFragment {
  /// The fragment as it travels from a runner's process.
  fileprivate var message: StateValue {
    [
      "id": .string(id), "start": .integer(startTime), "observations": Self.message(observationParts),
      "actions": .tensor(actions), "rewards": .tensor(rewards), "extras": Self.message(extraColumns),
      "is_terminated": .bool(isTerminated), "is_truncated": .bool(isTruncated),
    ]
  }

  fileprivate init(message reader: StateReader) throws(StateTreeError) {
    self.init(
      id: try reader.string("id"), startTime: try reader.counter("start"),
      observationParts: try Self.columns("observations", reader), actions: try reader.tensor("actions"),
      rewards: try reader.tensor("rewards"), extraColumns: try Self.columns("extras", reader),
      isTerminated: try reader.bool("is_terminated"), isTruncated: try reader.bool("is_truncated"))
  }

  private static func message(_ columns: [StateKey: Tensor]) -> StateValue {
    .map(StateMap(columns.sorted { $0.key.string < $1.key.string }.map { ($0.key, .tensor($0.value)) }))
  }

  private static func columns(
    _ key: StateKey, _ reader: StateReader
  ) throws(StateTreeError) -> [StateKey: Tensor] {
    let reader = try reader.reader(key)
    var columns: [StateKey: Tensor] = [:]
    for key in reader.map.keys { columns[key] = try reader.tensor(key) }
    return columns
  }
}
