public import Checkpoints
public import StateTree
internal import SystemPackage

extension AlgorithmConfig {
  /// All settings as `params.json` has them: RLlib's names, maps where a name has slashes; then callbacks and closures.
  public var state: StateMap {
    var state: StateMap = ["algorithm": .string(Self.algorithm)]
    for setting in Self.settings { state.set(setting.read(self), at: Self.keys(setting.name)) }
    state["experiment"] = common.experiment.map { .string($0.string) } ?? .nil
    state["callbacks"] = common.callbacks.state
    state["callback_closures"] = common.callbacks.closureState
    return state
  }

  /// The configuration with one setting changed, from text as on the command line: JSON, or a bare word.
  /// - Throws: `TrainingError.unknownSetting` with the nearest name, `.invalidSetting` with what was expected.
  public func setting(_ name: String, _ text: String) throws(TrainingError) -> Self {
    let value = (try? JSONText.parse(text)) ?? Self.word(text)
    return try setting(name, value)
  }

  /// The configuration with one setting changed.
  /// - Throws: `TrainingError.unknownSetting` with the nearest name, `.invalidSetting` with what was expected.
  public func setting(_ name: String, _ value: StateValue) throws(TrainingError) -> Self {
    guard let setting = Self.settings.first(where: { $0.name == name }) else {
      let names = Self.settings.map(\.name)
      throw .unknownSetting(name, nearest: NearestName.of(name, in: names), known: names)
    }
    var config = self
    try setting.write(&config, value)
    return config
  }

  /// Python's words beside JSON's, since that is what RLlib's documentation shows.
  private static func word(_ text: String) -> StateValue {
    switch text {
    case "None": .nil
    case "True": .bool(true)
    case "False": .bool(false)
    default: .string(text)
    }
  }

  /// What differs from another configuration, callbacks aside: setting, what it is there, what it is here.
  public func changes(from saved: Self) -> [RestoreReport.Change] {
    Self.settings.compactMap { setting in
      let (then, now) = (setting.read(saved), setting.read(self))
      return then == now
        ? nil : RestoreReport.Change(path: setting.name, saved: JSONText.line(then), now: JSONText.line(now))
    }
  }

  /// The configuration that `params.json` or a checkpoint holds, with the callbacks that can be made again.
  /// - Returns: also what could not be taken over: missing settings, callbacks that are in no registry, closures.
  /// - Throws: `TrainingError.wrongAlgorithm`, `.invalidSetting`, `.callbackSettings`.
  static func restored(
    from state: StateMap, registry: CallbackRegistry
  ) throws(TrainingError) -> (config: Self, leftovers: ConfigLeftovers) {
    guard state["algorithm"] == .string(algorithm) else {
      throw .wrongAlgorithm(expected: algorithm, found: state["algorithm"].map(JSONText.line) ?? "none")
    }
    var config = Self()
    var leftovers = ConfigLeftovers()
    for setting in settings {
      if let value = StateMap.value(in: state, at: keys(setting.name)) {
        try setting.write(&config, value)
      } else {
        leftovers.defaulted.append(.init(name: setting.name, reason: JSONText.line(setting.read(config))))
      }
    }
    if case .string(let path)? = state["experiment"] { config.common.experiment = .init(path) }
    try config.restoreCallbacks(from: state, registry, &leftovers)
    return (config, leftovers)
  }

  private mutating func restoreCallbacks(
    from state: StateMap, _ registry: CallbackRegistry, _ leftovers: inout ConfigLeftovers
  ) throws(TrainingError) {
    if case .map(let closures)? = state["callback_closures"] { leftovers.closures = closures.keys.map(\.string) }
    guard case .array(let entries)? = state["callbacks"] else { return }
    for entry in entries {
      guard case .string(let name)? = entry["name"] else { continue }
      if let settings = entry["settings"], settings != .nil, let callback = try registry.make(name, settings) {
        common.callbacks.callbacks.append(callback)
      } else {
        leftovers.callbacks.append(name)
      }
    }
  }

  static func keys(_ name: String) -> ArraySlice<StateKey> {
    name.split(separator: "/").map { StateKey(String($0)) }[...]
  }
}

/// What a saved configuration says that could not be taken over.
struct ConfigLeftovers {
  /// Settings that it does not have, with their defaults.
  var defaulted: [RestoreReport.Note] = []
  /// The names of callbacks that no registry can make.
  var callbacks: [String] = []
  /// The events that had closures.
  var closures: [String] = []
}

extension StateMap {
  /// The value that lies at keys one inside the other.
  static func value(in map: StateMap, at keys: ArraySlice<StateKey>) -> StateValue? {
    keys.reduce(StateValue.map(map) as StateValue?) { $0?[$1] }
  }
}

/// Finds the name that was probably meant.
public enum NearestName {
  /// The name with the fewest edits, if they are at most a third of its length; a name's last part counts too.
  public static func of(_ name: String, in names: [String]) -> String? {
    func distance(_ candidate: String) -> Int {
      let last = candidate.split(separator: "/").last.map(String.init) ?? candidate
      return min(edits(candidate), edits(last))
    }
    let letters = Array(name.lowercased())
    func edits(_ candidate: String) -> Int { EditDistance.between(letters, Array(candidate.lowercased())) }
    guard let nearest = names.min(by: { distance($0) < distance($1) }) else { return nil }
    return distance(nearest) * 3 <= max(3, name.count) ? nearest : nil
  }
}
