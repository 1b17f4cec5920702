public import ForeignFormats
internal import MessagePack
internal import StateTree
internal import SystemPackage

extension CheckpointReport {
  /// The report on a checkpoint directory.
  public init(_ checkpoint: RLlibCheckpoint, options: ReportOptions = ReportOptions()) {
    path = checkpoint.path
    metadata = checkpoint.metadata
    files = checkpoint.components.map { File(name: $0.name, byteCount: $0.byteCount, content: .init($0.content)) }
    let states = checkpoint.states
    modules = states.compactMap { ParameterTable($0.value, file: $0.name, directory: checkpoint.path) }
    optimizers = states.flatMap { OptimizerReport.all($0.value, file: $0.name) }
    metrics = states.flatMap { Metric.all($0.value, file: $0.name) }
    counters = Self.counters(states) + Self.counters(metrics)
    embeddedPickles = []
    for state in states { Self.findPickles(in: state.value, at: state.name.string, &embeddedPickles) }
    problems = Self.problems(checkpoint)
    self.states = []
    guard case .complete = options.state else { return }
    self.states = states.map { StateFile(name: $0.name, tree: TreeNode($0.value, limits: options.tree)) }
  }

  /// The scalars at the top of a state: `training_iteration`, `weights_seq_no`, `num_env_steps_sampled_lifetime`.
  private static func counters(_ states: [(name: FilePath, value: MessagePackValue)]) -> [Counter] {
    states.flatMap { state in
      (state.value.entries ?? []).compactMap { entry in
        switch entry.value {
        case .int, .unsigned, .float32, .float64, .bool:
          Counter(name: entry.key.label, value: entry.value, file: state.name)
        default: nil
        }
      }
    }
  }

  /// What counts a lifetime, those of the environment before those of agents and modules.
  private static func counters(_ metrics: [Metric]) -> [Counter] {
    let lifetime = metrics.filter { $0.kind == "lifetime_sum" && $0.value != nil && $0.value != 0 }
    let (own, parts) = (lifetime.filter { !$0.isOfPart }, lifetime.filter(\.isOfPart))
    return (own + parts).map { Counter(name: $0.name, value: .float64($0.value ?? 0), file: $0.file) }
  }

  private static func problems(_ checkpoint: RLlibCheckpoint) -> [String] {
    var problems = checkpoint.components.compactMap { component in
      if case .unreadable(let reason) = component.content { "\(component.name): \(reason)" } else { nil as String? }
    }
    let name = checkpoint.components.first { file in
      file.name.components.count == 1 && ["rllib_checkpoint.json", "metadata.json"].contains(file.name.string)
    }?.name
    if checkpoint.metadata == nil, let name { problems.append("\(name): it is not the JSON that RLlib writes") }
    return problems
  }

  /// How many embedded pickles are named.
  private static let maximumPickles = 1000

  /// Adds where a value holds pickles.
  private static func findPickles(in value: MessagePackValue, at path: String, _ found: inout [String]) {
    guard found.count < maximumPickles else { return }
    if Pickle.isLikely(value) { return found.append(path) }
    switch value {
    case .map(let entries) where !Pickle.isNumpy(entries):
      for entry in entries where entry.value.hasParts {
        findPickles(in: entry.value, at: path + "/" + entry.key.label, &found)
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() where element.hasParts {
        findPickles(in: element, at: "\(path)/\(index)", &found)
      }
    default: break
    }
  }
}

extension CheckpointReport.File.Content {
  fileprivate init(_ content: RLlibCheckpoint.Content) {
    self =
      switch content {
      case .state: .state
      case .pickle: .pickle
      case .metadata: .metadata
      case .unreadable: .unreadable
      case .other: .other
      }
  }
}

extension Metric {
  /// Whether it counts for one agent or module.
  fileprivate var isOfPart: Bool { name.contains("_agent_") || name.contains("_module_") || name.contains("_policy") }
}

extension MessagePackValue {
  /// Whether a pickle may be in it.
  fileprivate var hasParts: Bool {
    switch self {
    case .map, .array, .binary: true
    default: false
    }
  }

  /// A key as a name: texts and bytes as they are, other keys in their notation.
  var label: String {
    switch self {
    case .text(let bytes), .binary(let bytes): TerminalText.decoded(bytes)
    case .int(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    default: shortDescription
    }
  }

  /// A number of any type as a double.
  var asDouble: Double? {
    switch self {
    case .int(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .float32(let value): Double(value)
    case .float64(let value): value
    case .map(let entries): (try? Tensor(msgpackNumpy: entries, at: []))??.doubles()?.last
    default: nil
    }
  }
}
