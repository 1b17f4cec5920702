internal import MessagePack
internal import StateTree
internal import SystemPackage

extension ParameterTable {
  /// The tables of a state of ours: every map with at least two tensors of floating-point numbers, of which one has two
  /// axes or more, is a network's parameters. What optimizers keep is not among them.
  static func all(in state: StateValue, component: String, file: FilePath) -> [ParameterTable] {
    var tables: [ParameterTable] = []
    state.visitMaps(at: component) { map, path in
      if OptimizerReport.moments(in: map) != nil { return .leave }
      let parameters = map.compactMap { entry -> Parameter? in
        guard case .tensor(let tensor) = entry.value, tensor.dataType.kind == .float else { return nil }
        return Parameter(name: entry.key.string, tensor: TensorFacts(tensor))
      }
      if parameters.count >= 2, parameters.contains(where: { $0.tensor.shape.count >= 2 }) {
        tables.append(ParameterTable(module: path, file: file, parameters: parameters, others: []))
      }
      return .enter
    }
    return tables
  }
}

extension OptimizerReport {
  /// The optimizers of a state of ours: maps with settings and, under `state`, what is kept for each tensor, as torch
  /// has it.
  static func all(in state: StateValue, component: String, file: FilePath) -> [OptimizerReport] {
    var reports: [OptimizerReport] = []
    state.visitMaps(at: component) { map, path in
      guard let moments = moments(in: map) else { return .enter }
      reports.append(OptimizerReport(map, moments, name: path, file: file))
      return .leave
    }
    return reports
  }

  /// What an optimizer keeps for each tensor; nil for a map that is no optimizer's.
  fileprivate static func moments(in map: StateMap) -> StateMap? {
    guard case .map(let moments)? = map["state"], !moments.isEmpty else { return nil }
    let isKept = moments.allSatisfy { entry in
      guard case .map(let slots) = entry.value else { return false }
      return slots.contains { if case .tensor = $0.value { true } else { false } }
    }
    return isKept ? moments : nil
  }

  private init(_ map: StateMap, _ moments: StateMap, name: String, file: FilePath) {
    (self.name, self.file, module) = (name, file, nil)
    (steps, slots, byteCount, tensorCount) = (nil, [], 0, moments.count)
    let settings = map.compactMap { entry -> (name: String, value: MessagePackValue)? in
      entry.value.scalar.map { (entry.key.string, $0) }
    }
    groups = [Group(settings: settings, tensorCount: moments.count)]
    for entry in moments {
      guard case .map(let kept) = entry.value else { continue }
      for (key, value) in kept {
        if case .tensor(let tensor) = value {
          byteCount = byteCount.addingOrMaximum(tensor.bytes.count)
          if !slots.contains(key.string) { slots.append(key.string) }
        } else if key.string == "step", let step = value.scalar?.asDouble {
          steps = max(steps ?? step, step)
        }
      }
    }
  }
}

extension RunCheckpointReport.Episode {
  /// The episodes of a runner's state: maps with lists of `environments` and of `episodes` of the same length.
  static func all(in state: StateValue, component: String) -> [RunCheckpointReport.Episode] {
    var found: [RunCheckpointReport.Episode] = []
    state.visitMaps(at: component) { map, path in
      guard case .array(let episodes)? = map["episodes"], case .array(let environments)? = map["environments"],
        episodes.count == environments.count
      else { return .enter }
      found += zip(episodes, environments).compactMap { .init($0, in: $1, component: path) }
      return .leave
    }
    return found
  }

  private init?(_ episode: StateValue, in environment: StateValue, component: String) {
    guard case .string(let id)? = episode["id"], case .int(let length)? = episode["length"] else { return nil }
    (self.component, self.id, self.length, self.environment, totalReward) = (component, id, Int(length), nil, nil)
    if case .string(let name)? = environment["environment"] { self.environment = name }
    if case .double(let reward)? = episode["total_reward"] { totalReward = reward }
  }
}

extension StateValue {
  /// What to do with the values of a map.
  fileprivate enum Visit { case enter, leave }

  /// Goes over all maps, outermost first.
  fileprivate func visitMaps(at path: String, _ body: (StateMap, String) -> Visit) {
    switch self {
    case .map(let map):
      guard case .enter = body(map, path) else { return }
      for entry in map { entry.value.visitMaps(at: "\(path)/\(entry.key.string)", body) }
    case .array(let elements):
      for (index, element) in elements.enumerated() { element.visitMaps(at: "\(path)/\(index)", body) }
    default: break
    }
  }

  /// A single value as one of MessagePack; nil for anything else.
  fileprivate var scalar: MessagePackValue? {
    switch self {
    case .bool(let value): .bool(value)
    case .int(let value): .int(value)
    case .unsigned(let value): .unsigned(value)
    case .double(let value): .float64(value)
    case .string(let text): .string(text)
    default: nil
    }
  }
}
