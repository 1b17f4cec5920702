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
