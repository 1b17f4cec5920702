internal import StateTree

/// What a runner's process is told first: which runner it is, and of what run.
struct RunnerGreeting: Sendable {
  /// The version of the messages; a process that speaks another one is refused.
  static let currentProtocol = 1

  /// The configuration as `params.json` has it.
  var config: StateMap
  /// Which runner it is to be.
  var facts: RunnerFacts
  /// The run's seed.
  var seed: UInt64
  /// How often a runner of this index was made before.
  var incarnation: Int
}

extension RunnerGreeting {
  /// The greeting as a message.
  var state: StateValue {
    [
      "call": "hello", "protocol": .integer(Self.currentProtocol), "config": .map(config),
      "index": .integer(facts.index), "is_evaluating": .bool(facts.isEvaluating), "seed": seed.configState,
      "incarnation": .integer(incarnation),
    ]
  }

  /// The greeting that a message is.
  /// - Throws: `StateTreeError` for what is none, and for another protocol.
  init(_ state: StateValue) throws(StateTreeError) {
    let reader = try StateReader(state)
    let spoken = try reader.int("protocol")
    guard try reader.string("call") == "hello", spoken == Self.currentProtocol else {
      throw .invalidValue(path: "protocol", found: "\(spoken)", expected: "\(Self.currentProtocol)")
    }
    guard let seed = UInt64(configState: try reader.value("seed")) else {
      throw .wrongType(path: "seed", expected: UInt64.expectation, found: try reader.value("seed").typeName)
    }
    self.init(
      config: try reader.reader("config").map,
      facts: RunnerFacts(index: try reader.count("index"), isEvaluating: try reader.bool("is_evaluating")), seed: seed,
      incarnation: try reader.counter("incarnation"))
  }
}

extension RunnerRequest {
  /// The request as a message.
  var state: StateValue {
    switch self {
    case .sample(let size, let weights, let exploring):
      var map: StateMap = ["call": "sample", "exploring": .bool(exploring)]
      switch size {
      case .steps(let count): map["steps"] = .integer(count)
      case .episodes(let count): map["episodes"] = .integer(count)
      }
      if let weights { map["weights"] = weights }
      return .map(map)
    case .state: return ["call": "state"]
    case .restore(let state): return ["call": "restore", "state": state]
    case .rename(let count): return ["call": "rename", "since": .integer(count)]
    }
  }

  /// The request that a message is.
  /// - Throws: `StateTreeError`.
  init(_ state: StateValue) throws(StateTreeError) {
    let reader = try StateReader(state)
    let call = try reader.string("call")
    switch call {
    case "sample":
      let size = reader.map["steps"] == nil
        ? SampleSize.episodes(try reader.counter("episodes")) : .steps(try reader.counter("steps"))
      self = .sample(size, weights: reader.map["weights"], exploring: try reader.bool("exploring"))
    case "state": self = .state
    case "restore": self = .restore(try reader.value("state"))
    case "rename": self = .rename(since: try reader.counter("since"))
    default: throw .invalidValue(path: "call", found: call, expected: "sample, state, restore or rename")
    }
  }
}
