internal import Checkpoints
public import FileSystems
public import StateTree
public import SystemPackage

/// What one iteration gave: RLlib's nested result, read by paths such as `env_runners/episode_return_mean`.
public struct TrainingResult: Sendable, Equatable {
  /// The whole tree.
  public var values: StateMap

  /// A result of this tree.
  public init(_ values: StateMap = StateMap()) { self.values = values }

  /// The last result of an experiment, from its `result.json`; nil if there is none that can be read, or it is beyond
  /// 16 MiB.
  public static func last(
    in experiment: FilePath, on fileSystem: any FileSystem = POSIXFileSystem()
  ) -> TrainingResult? {
    guard
      let lines = try? ResultLines(ExperimentLayout(experiment).results, lastBytes: 16 << 20, on: fileSystem),
      lines.count > 0, let last = try? lines.result(lines.count - 1)
    else { return nil }
    return TrainingResult(last)
  }

  /// The number at a path, integers as doubles; nil if there is none. Setting makes the maps on the way.
  public subscript(path: String) -> Double? {
    get {
      switch value(at: path) {
      case .double(let value): value
      case .int(let value): Double(value)
      case .unsigned(let value): Double(value)
      default: nil
      }
    }
    set { set(newValue.map(StateValue.double), at: path) }
  }

  /// The value at a path, or nil.
  public func value(at path: String) -> StateValue? {
    var value = StateValue.map(values)
    for key in Self.keys(path) {
      guard let next = value[key] else { return nil }
      value = next
    }
    return value
  }

  /// Sets the value at a path, and makes the maps on the way; nil removes it.
  public mutating func set(_ value: StateValue?, at path: String) {
    values.set(value, at: Self.keys(path))
  }

  /// The keys of a path, outermost first.
  static func keys(_ path: String) -> ArraySlice<StateKey> {
    path.split(separator: "/").map { StateKey(String($0)) }[...]
  }

  /// The number of the iteration; 0 if a callback left none.
  public var iteration: Int { self["training_iteration"].flatMap(Int.init(exactly:)) ?? 0 }

  /// The result without what may differ between two runs of the same training (`RunVariation`): equal for runs that are
  /// equal.
  public var withoutTimes: TrainingResult {
    var result = TrainingResult()
    for (path, value) in flattened() where !RunVariation.isVolatileResult(path) { result.set(value, at: path) }
    return result
  }

  /// All values with their paths joined by `/`, in order, the configuration left out.
  func flattened() -> [(path: String, value: StateValue)] {
    var rest = values
    rest["config"] = nil
    var entries: [(path: String, value: StateValue)] = []
    rest.flatten(under: "", into: &entries)
    return entries
  }
}

extension TrainingResult {
  /// The result with `uint8 [84, 84, 3]` in the place of such a tensor: for files that people read.
  var withTensorsDescribed: TrainingResult { TrainingResult(Self.describingTensors(values)) }

  private static func describingTensors(_ map: StateMap) -> StateMap {
    StateMap(map.map { ($0.key, describingTensors($0.value)) })
  }

  private static func describingTensors(_ value: StateValue) -> StateValue {
    switch value {
    case .tensor(let tensor): .string(tensor.summary)
    case .array(let values): .array(values.map(describingTensors))
    case .map(let map): .map(describingTensors(map))
    default: value
    }
  }
}

extension StateMap {
  /// Sets what lies at keys one inside the other, and makes the maps on the way.
  mutating func set(_ value: StateValue?, at keys: ArraySlice<StateKey>) {
    guard let key = keys.first else { return }
    guard keys.count > 1 else {
      self[key] = value
      return
    }
    var inner = StateMap()
    if case .map(let map)? = self[key] { inner = map } else if value == nil { return }
    inner.set(value, at: keys.dropFirst())
    self[key] = .map(inner)
  }

  fileprivate func flatten(under prefix: String, into entries: inout [(path: String, value: StateValue)]) {
    for (key, value) in self {
      if case .map(let map) = value {
        map.flatten(under: prefix + key.string + "/", into: &entries)
      } else {
        entries.append((prefix + key.string, value))
      }
    }
  }
}
