import ArgumentParser
import RLBuf
import SystemPackage

/// A callback given as `NAME` or `NAME:KEY=VALUE,...`.
struct CallbackArgument {
  private let kind: ShippedCallback
  /// The settings that were given, as `params.json` has them.
  private let settings: StateMap

  /// Whether it is of no use to an algorithm without a replay buffer.
  var needsReplayBuffer: Bool { kind == .dumpReplayBuffer }

  /// Reads `visit-heat-map:every=5,to=pictures`.
  /// - Throws: `ValidationError` that says what is possible.
  init(parsing text: String) throws {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let kind = ShippedCallback(rawValue: parts[0]) else {
      throw ValidationError(Self.unknown("callback", parts[0], among: ShippedCallback.allCases.map(\.rawValue)))
    }
    var settings = StateMap()
    for option in parts.count > 1 ? parts[1].split(separator: ",", omittingEmptySubsequences: false) : [] {
      try Self.read(option, of: kind, into: &settings)
    }
    for option in kind.options where option.isRequired && settings[StateKey(option.setting)] == nil {
      throw ValidationError("\(kind.rawValue) needs \(option.key)=\(option.placeholder), such as \(kind.example)")
    }
    (self.kind, self.settings) = (kind, settings)
  }

  private static func read(_ text: Substring, of kind: ShippedCallback, into settings: inout StateMap) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let option = kind.options.first(where: { $0.key == parts[0] }) else {
      throw ValidationError(unknown("setting of \(kind.rawValue)", parts[0], among: kind.options.map(\.key)))
    }
    guard parts.count == 2, !parts[1].isEmpty else {
      throw ValidationError("give \(option.key)=\(option.placeholder), such as \(kind.example)")
    }
    guard settings[StateKey(option.setting)] == nil else { throw ValidationError("\(option.key) is given twice") }
    settings[StateKey(option.setting)] = try option.read(parts[1])
  }

  private static func unknown(_ what: String, _ name: String, among names: [String]) -> String {
    let possible = names.isEmpty ? "it has none" : "there are \(names.joined(separator: ", "))"
    return "there is no \(what) \"\(TerminalText.escaped(name))\"; "
      + (NearestName.of(name, in: names).map { "did you mean \"\($0)\"?" } ?? possible)
  }

  /// The callback, whose paths lie in the experiment unless others were given.
  /// - Throws: `TrainingError.callbackSettings`.
  func make(in experiment: FilePath, _ registry: CallbackRegistry) throws -> any Callback {
    var settings = kind.defaults(in: experiment)
    for (key, value) in self.settings { settings[key] = value }
    guard let callback = try registry.make(kind.registeredName, .map(settings)) else {
      throw ValidationError("there is no callback \"\(kind.rawValue)\"")
    }
    return callback
  }

  /// Throws if a callback is given twice, or by an option of its own too.
  static func requireOnce(_ callbacks: [CallbackArgument], dumps: Bool, checkpoints: Bool) throws {
    for (index, callback) in callbacks.enumerated() where callbacks[..<index].contains(where: { $0.kind == callback.kind }) {
      throw ValidationError("--callback \(callback.kind.rawValue) is given twice")
    }
    for (kind, isGiven, options) in [
      (ShippedCallback.dumpReplayBuffer, dumps, "--dump-every and --keep-dumps"),
      (.saveCheckpoint, checkpoints, "--checkpoint-every, --checkpoint-buffer and --keep-checkpoints"),
    ] where isGiven && callbacks.contains(where: { $0.kind == kind }) {
      throw ValidationError("--callback \(kind.rawValue) stands for \(options): give the one or the others")
    }
  }

  /// What can be given, for the help.
  static var help: String {
    "There are " + ShippedCallback.allCases.map { kind in
      let options = kind.options.map { "\($0.key)=\($0.placeholder)" }
      return kind.rawValue + (options.isEmpty ? "" : " (\(options.joined(separator: ", ")))")
    }.joined(separator: ", ") + "."
  }

  /// What a shell offers.
  static var completions: [String] {
    ShippedCallback.allCases.flatMap { kind in
      (kind.options.contains(where: \.isRequired) ? [] : [kind.rawValue]) + kind.options.map { "\(kind.rawValue):\($0.key)=" }
    }
  }
}
