import ArgumentParser
import RLBuf
import SystemPackage

/// The callbacks that the command line can give.
///
/// What joins dumps and reports restores is not among them: `restore` does both.
enum ShippedCallback: String, CaseIterable {
  case dumpReplayBuffer = "dump-replay-buffer"
  case saveCheckpoint = "save-checkpoint"
  case logAcrobotAngle = "log-acrobot-angle"
  case visitHeatMap = "visit-heat-map"
  case traceEvents = "trace-events"

  /// The name in `params.json`.
  var registeredName: String {
    switch self {
    case .dumpReplayBuffer: DumpReplayBuffer.registeredName
    case .saveCheckpoint: SaveCheckpoint.registeredName
    case .logAcrobotAngle: LogAcrobotAngle.registeredName
    case .visitHeatMap: VisitHeatMap.registeredName
    case .traceEvents: TraceEvents.registeredName
    }
  }

  /// What it can be told.
  var options: [CallbackOption] {
    switch self {
    case .dumpReplayBuffer: [.every(isRequired: true), .directory, .keepLast, .whenBusy]
    case .saveCheckpoint: [.every(isRequired: true), .directory, .replayBuffer, .whenBusy]
    case .logAcrobotAngle: []
    case .visitHeatMap: [.every(isRequired: false), .directory]
    case .traceEvents: [.events]
    }
  }

  /// For messages.
  var example: String {
    switch self {
    case .dumpReplayBuffer: "dump-replay-buffer:every=2,keep=5"
    case .saveCheckpoint: "save-checkpoint:every=10,replay_buffer=omit"
    case .logAcrobotAngle: "log-acrobot-angle"
    case .visitHeatMap: "visit-heat-map:every=5"
    case .traceEvents: "trace-events:events=on_train_result+on_episode_end"
    }
  }

  /// The settings that are not left to the callback.
  func defaults(in experiment: FilePath) -> StateMap {
    switch self {
    case .dumpReplayBuffer: ["to": .string(ExperimentLayout(experiment).dumps.string)]
    case .saveCheckpoint:
      ["to": .string(experiment.string), "replay_buffer": .string(BufferInclusion.include.rawValue)]
    case .logAcrobotAngle, .visitHeatMap, .traceEvents: [:]
    }
  }
}

/// A setting of a callback, as the command line has it.
struct CallbackOption {
  let key: String
  /// The key in `params.json`.
  let setting: String
  let placeholder: String
  var isRequired = false
  /// The value in `params.json`.
  let read: (String) throws -> StateValue

  static func every(isRequired: Bool) -> CallbackOption {
    CallbackOption(key: "every", setting: "every", placeholder: "period", isRequired: isRequired) {
      try StateValue(encoding: Every(parsing: $0))
    }
  }
  static var directory: CallbackOption {
    CallbackOption(key: "to", setting: "to", placeholder: "directory") { .string($0) }
  }
  static var keepLast: CallbackOption {
    CallbackOption(key: "keep", setting: "keep_last", placeholder: "count") { text in
      guard let count = Int(text), count > 0 else {
        throw ValidationError("keep is how many of the newest dumps stay, 1 or more")
      }
      return .integer(count)
    }
  }
  static var whenBusy: CallbackOption {
    CallbackOption(key: "when_busy", setting: "when_busy", placeholder: "wait|skip|replace") {
      .string(try BusyPolicy(parsing: $0).rawValue)
    }
  }
  static var replayBuffer: CallbackOption {
    CallbackOption(key: "replay_buffer", setting: "replay_buffer", placeholder: "include|omit") { text in
      guard BufferInclusion(rawValue: text) != nil else { throw ValidationError("replay_buffer is include or omit") }
      return .string(text)
    }
  }
  static var events: CallbackOption {
    CallbackOption(key: "events", setting: "events", placeholder: "event+event") { text in
      .array(
        try text.split(separator: "+", omittingEmptySubsequences: false).map(String.init).map { name in
          let names = CallbackEvent.allCases.map(\.rawValue)
          guard names.contains(name) else {
            let nearest = NearestName.of(name, in: names)
            throw ValidationError(
              "there is no event \"\(TerminalText.escaped(name))\"; "
                + (nearest.map { "did you mean \"\($0)\"?" } ?? "there are \(names.joined(separator: ", "))"))
          }
          return .string(name)
        })
    }
  }
}
