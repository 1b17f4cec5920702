internal import BufferFiles
internal import ForeignFormats
internal import MessagePack
internal import StateTree
internal import SystemPackage

extension JSONRendering {
  static func fields(_ report: CheckpointReport) -> [(key: String, value: JSONValue)] {
    [
      ("path", .string(report.path.string)), ("metadata", metadata(report.metadata)),
      ("files", .array(report.files.map(file))), ("counters", .array(report.counters.map(counter))),
      ("modules", .array(report.modules.map(module))), ("optimizers", .array(report.optimizers.map(optimizer))),
      ("metrics", .array(report.metrics.map(metric))),
      ("embedded_pickles", .array(report.embeddedPickles.map(JSONValue.string))),
      ("states", .array(report.states.map { ["file": .string($0.name.string), "content": node($0.tree)] })),
    ]
  }

  private static func metadata(_ metadata: RLlibCheckpoint.Metadata?) -> JSONValue {
    guard let metadata else { return .null }
    return [
      "ray_version": .text(metadata.rayVersion), "ray_commit": .text(metadata.rayCommit),
      "checkpoint_version": .text(metadata.checkpointVersion), "state_file": .text(metadata.stateFile),
    ]
  }

  private static func file(_ file: CheckpointReport.File) -> JSONValue {
    [
      "name": .string(file.name.string), "bytes": .integer(file.byteCount), "content": .string(file.content.rawValue),
    ]
  }

  private static func counter(_ counter: CheckpointReport.Counter) -> JSONValue {
    ["name": .string(counter.name), "value": scalar(counter.value), "file": .string(counter.file.string)]
  }

  static func module(_ module: ParameterTable) -> JSONValue {
    [
      "name": .string(module.module), "file": .string(module.file.string),
      "parameter_count": .integer(module.parameterCount), "bytes": .integer(module.byteCount),
      "parameters": .array(module.parameters.map { tensor($0.tensor, name: $0.name) }),
      "others": .array(module.others.map(JSONValue.string)),
    ]
  }

  static func optimizer(_ optimizer: OptimizerReport) -> JSONValue {
    [
      "name": .string(optimizer.name), "module": .text(optimizer.module), "file": .string(optimizer.file.string),
      "updates": .double(optimizer.steps), "slots": .array(optimizer.slots.map(JSONValue.string)),
      "tensors": .integer(optimizer.tensorCount), "bytes": .integer(optimizer.byteCount),
      "groups": .array(
        optimizer.groups.map { group in
          [
            "tensors": .integer(group.tensorCount),
            "settings": .array(group.settings.map { ["name": .string($0.name), "value": scalar($0.value)] }),
          ]
        }),
    ]
  }

  private static func metric(_ metric: Metric) -> JSONValue {
    [
      "name": .string(metric.name), "kind": .string(metric.kind), "value": .double(metric.value),
      "file": .string(metric.file.string),
    ]
  }

  static func tensor(_ tensor: TensorFacts, name: String? = nil) -> JSONValue {
    let facts: [(key: String, value: JSONValue)] = [
      ("dtype", .string(tensor.dataType.description)), ("shape", shape(tensor.shape)),
      ("bytes", .integer(tensor.byteCount)), ("norm", .double(tensor.statistics?.norm)),
      ("statistics", statistics(tensor.statistics)),
    ]
    return .object((name.map { [("name", .string($0))] } ?? []) + facts)
  }
}
