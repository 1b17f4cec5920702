internal import MessagePack
internal import StateTree
internal import SystemPackage

extension ParameterTable {
  /// The parameters in a module's state; nil if the state is not that of a module.
  init?(_ state: MessagePackValue, file: FilePath, directory: FilePath) {
    guard file.stem == "module_state", let entries = state.entries else { return nil }
    let above = file.removingLastComponent().lastComponent ?? directory.lastComponent
    (module, self.file, parameters, others) = (above?.string ?? "", file, [], [])
    for entry in entries {
      if let map = entry.value.entries, let tensor = try? Tensor(msgpackNumpy: map, at: []) {
        parameters.append(Parameter(name: entry.key.label, tensor: TensorFacts(tensor)))
      } else {
        others.append(entry.key.label)
      }
    }
    // The state of a module of several modules is empty: theirs lie in directories below.
    if entries.isEmpty { return nil }
  }
}

extension OptimizerReport {
  /// The optimizers in a learner's state.
  static func all(_ state: MessagePackValue, file: FilePath) -> [OptimizerReport] {
    (state["optimizer"]?.entries ?? []).compactMap { OptimizerReport($0.value, name: $0.key.label, file: file) }
  }

  private init?(_ value: MessagePackValue, name: String, file: FilePath) {
    guard let saved = value["state"], let tensors = saved["state"]?.entries else { return nil }
    (self.name, self.file, module) = (name, file, value["module_id"]?.string)
    (steps, slots, byteCount, tensorCount) = (nil, [], 0, tensors.count)
    groups = (saved["param_groups"]?.elements ?? []).map(Group.init)
    var seen: Set<StateKey> = []
    for entry in tensors.flatMap({ $0.value.entries ?? [] }) {
      let key = entry.key.label
      if key == "step", let step = entry.value.asDouble {
        steps = max(steps ?? step, step)
      } else if let map = entry.value.entries, let tensor = try? Tensor(msgpackNumpy: map, at: []) {
        byteCount += tensor.bytes.count
        if seen.insert(StateKey(key)).inserted { slots.append(key) }
      }
    }
  }
}

extension OptimizerReport.Group {
  fileprivate init(_ value: MessagePackValue) {
    tensorCount = value["params"]?.elements?.count ?? 0
    settings = (value.entries ?? []).compactMap { entry in
      switch entry.value {
      case .nil: nil
      case .int, .unsigned, .float32, .float64, .bool, .text, .packed:
        entry.key.label == "params" ? nil : (entry.key.label, entry.value)
      default: nil
      }
    }
  }
}

extension Metric {
  /// The metrics in a state.
  static func all(_ state: MessagePackValue, file: FilePath) -> [Metric] {
    (state["metrics_logger"]?["stats"]?.entries ?? []).map { entry in
      let name = entry.key.label.split(separator: "--").joined(separator: "/")
      return Metric(
        name: name, kind: entry.value["stats_cls_identifier"]?.string ?? "unknown", value: latest(entry.value),
        file: file)
    }
  }

  /// The latest value that is a number: the sum over the lifetime, the running value, or the last that was merged.
  private static func latest(_ stats: MessagePackValue) -> Double? {
    for key in ["lifetime_sum", "value", "latest_merged", "values"] {
      guard let value = stats[key] else { continue }
      let number = value.asDouble ?? value.elements?.last?.asDouble
      if let number, !number.isNaN { return number }
    }
    return nil
  }
}
