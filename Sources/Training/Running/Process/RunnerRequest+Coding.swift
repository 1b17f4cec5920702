internal import StateTree

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
