internal import StateTree

/// What environment, callback or policy threw in a runner's process, as it travels.
struct RunnerErrorMessage {
  /// What the error says of itself.
  var text: String
  /// The callback that threw, and the event.
  var callback: (name: String, event: CallbackEvent)?

  /// What has no error of its own.
  init(text: String) { self.text = text }

  /// An error that was thrown here.
  init(_ error: any Error) {
    guard case TrainingError.callback(let name, let event, let underlying) = error else {
      text = "\(error)"
      return
    }
    (text, callback) = ("\(underlying)", (name, event))
  }

  /// The error as a message.
  var state: StateValue {
    var map: StateMap = ["reply": "error", "text": .string(text)]
    if let callback {
      map["callback"] = .string(callback.name)
      map["event"] = .string(callback.event.rawValue)
    }
    return .map(map)
  }

  /// The error that a message tells of.
  /// - Throws: `StateTreeError`.
  init(_ reader: StateReader) throws(StateTreeError) {
    text = try reader.string("text")
    guard reader.map["callback"] != nil, let event = CallbackEvent(rawValue: try reader.string("event")) else { return }
    callback = (try reader.string("callback"), event)
  }

  /// What the run ends with.
  func error(of runner: RunnerFacts) -> TrainingError {
    guard let callback else {
      return .runnerFailed(runner.index, isEvaluating: runner.isEvaluating, reason: text)
    }
    return .callback(name: callback.name, event: callback.event, underlying: TrainingError.thrownElsewhere(text))
  }
}
