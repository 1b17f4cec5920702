internal import Checkpoints
internal import StateTree
internal import SystemPackage

extension JSONRendering {
  static func fields(_ report: RunCheckpointReport) -> [(key: String, value: JSONValue)] {
    let manifest = report.manifest
    return [
      ("path", .string(report.path.string)), ("run_id", .string(manifest.runID)),
      ("iteration", .integer(manifest.iteration)), ("environment_steps", .integer(manifest.environmentSteps)),
      ("exact", .bool(manifest.isExact)), ("inexact_because", .array(manifest.inexactBecause.map(JSONValue.string))),
      ("provenance", map(manifest.provenance)), ("bytes", .integer(manifest.byteCount)),
      ("files", .array(manifest.files.map(file))), ("segments", sharing(report.sharing)),
      ("components", .array(report.components.map(component))), ("configuration", map(manifest.configuration)),
      ("results", map(manifest.results)), ("modules", .array(report.modules.map(module))),
      ("optimizers", .array(report.optimizers.map(optimizer))), ("buffers", .array(report.buffers.map(buffer))),
      ("episodes_under_way", .array(report.episodes.map(episode))),
      ("states", .array(report.states.map { ["component": .string($0.name), "state": listing($0.listing)] })),
    ]
  }

  private static func file(_ file: CheckpointManifest.File) -> JSONValue {
    ["path": .string(file.path), "bytes": .integer(file.byteCount), "sha256": .string(file.sha256)]
  }

  private static func sharing(_ sharing: RunCheckpointReport.Sharing) -> JSONValue {
    [
      "count": .integer(sharing.segmentCount), "bytes": .integer(sharing.segmentBytes),
      "shared_count": .integer(sharing.sharedCount), "shared_bytes": .integer(sharing.sharedBytes),
    ]
  }

  private static func component(_ component: RunCheckpointReport.Component) -> JSONValue {
    let (content, fields): (String, [(key: String, value: JSONValue)]) =
      switch component.content {
      case .state(let count): ("state", [("values", .integer(count))])
      case .buffer(let kind, let steps): ("buffer", [("buffer", .string(kind)), ("steps", .integer(steps))])
      case .omitted(let reason): ("omitted", [("because", .string(reason))])
      }
    let head: [(key: String, value: JSONValue)] = [("name", .string(component.name)), ("content", .string(content))]
    return .object(head + fields + [("bytes", .integer(component.byteCount)), ("proof", .text(component.proof))])
  }

  private static func buffer(_ buffer: RunCheckpointReport.Buffer) -> JSONValue {
    let head: [(key: String, value: JSONValue)] = [
      ("component", .string(buffer.name)), ("leftover_rows", .integer(buffer.leftoverRowCount)),
    ]
    return .object(head + fields(buffer.report))
  }

  private static func episode(_ episode: RunCheckpointReport.Episode) -> JSONValue {
    [
      "component": .string(episode.component), "environment": .text(episode.environment), "id": .string(episode.id),
      "length": .integer(episode.length), "return": .double(episode.totalReward),
    ]
  }

  static func fields(_ report: ExperimentReport) -> [(key: String, value: JSONValue)] {
    [
      ("path", .string(report.path.string)), ("environment", .text(report.environment)),
      ("algorithm", .text(report.algorithm)), ("configuration", map(report.configuration)),
      ("last_result", map(report.lastResult)),
      (
        "episode_return_mean",
        [
          "iterations": .array(report.progress.iterations.map { .integer($0) }),
          "values": .array(report.progress.returns.map { .double($0) }), "tail": .bool(report.progress.isTail),
        ]
      ),
      ("run", run(report.run)), ("newest_checkpoint", report.newest.map { .object(fields($0)) } ?? .null),
    ]
  }
}
