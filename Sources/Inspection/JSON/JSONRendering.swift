internal import BufferFiles
internal import Checkpoints
internal import StateTree
internal import SystemPackage

/// A report as one JSON object, for programs to read.
///
/// NaN and infinities are null, integers beyond 2^53 texts, keys always in the same order, bytes that are not UTF-8
/// shown as `\xff`.
/// - Source: `JSON.md`, schema `rlbuf.show/1`.
public struct JSONRendering: Rendering {
  /// The schema's name and version.
  public static let schema = "rlbuf.show/1"

  /// A rendering.
  public init() {}

  /// The report as JSON.
  public func text(of report: Report) -> String {
    let (kind, fields): (String, [(key: String, value: JSONValue)]) =
      switch report {
      case .buffer(let report): ("buffer", Self.fields(report))
      case .state(let report): ("state", Self.fields(report))
      case .checkpoint(let report): ("checkpoint", Self.fields(report))
      case .runCheckpoint(let report): ("rlbuf-checkpoint", Self.fields(report))
      case .experiment(let report): ("experiment", Self.fields(report))
      case .document(let report): ("document", Self.fields(report))
      }
    let head: [(key: String, value: JSONValue)] = [
      ("schema", .string(Self.schema)), ("kind", .string(kind)), ("complete", .bool(report.isComplete)),
      ("problems", .array(report.problems.map(JSONValue.string))),
    ]
    return JSONValue.object(head + fields).text
  }
}

extension JSONRendering {
  static func file(_ file: FileFacts) -> JSONValue {
    let (format, version): (JSONValue, JSONValue) =
      switch file.format {
      case .bufferFile(let version): ("rlbuf", .integer(version))
      case .checkpoint: ("rlbuf-checkpoint", .integer(CheckpointManifest.version))
      case .rllibDump: ("rllib-dump", .null)
      case .messagePack: ("messagepack", .null)
      }
    return [
      "path": .string(file.path.string), "format": format, "version": version,
      "file_bytes": .integer(file.fileBytes), "content_bytes": .integer(file.contentBytes),
      "frames": .integer(file.frameCount), "integrity": .string(file.integrity.rawValue),
      "provenance": map(file.provenance), "metadata": map(file.metadata),
    ]
  }

  static func map(_ map: StateMap) -> JSONValue { .object(map.map { ($0.key.string, value($0.value)) }) }

  /// A value of state; tensors and bytes by their size.
  static func value(_ value: StateValue) -> JSONValue {
    switch value {
    case .nil: .null
    case .bool(let value): .bool(value)
    case .int(let value): .integer(value)
    case .unsigned(let value): .integer(value)
    case .double(let value): .double(value)
    case .string(let text): .string(text)
    case .array(let elements): .array(elements.map(Self.value))
    case .map(let map): Self.map(map)
    case .bytes, .tensor: .string(value.outline)
    }
  }

  static func shape(_ shape: [Int]) -> JSONValue { .array(shape.map { .integer($0) }) }

  static func statistics(_ statistics: ColumnStatistics?) -> JSONValue {
    guard let statistics else { return .null }
    let hasMean = statistics.finiteCount > 0
    return [
      "count": .integer(statistics.count), "nan": .integer(statistics.nanCount),
      "infinite": .integer(statistics.infiniteCount), "min": bound(statistics.minimum),
      "max": bound(statistics.maximum), "mean": .double(hasMean ? statistics.mean : nil),
      "std": .double(statistics.standardDeviation),
      "histogram": [
        "low": .double(statistics.histogram.lowerBound), "width": .double(statistics.histogram.width),
        "counts": .array(statistics.histogram.counts.map { .integer($0) }),
      ],
    ]
  }

  static func bound(_ bound: ColumnStatistics.Bound?) -> JSONValue {
    switch bound {
    case nil: .null
    case .int(let value): .integer(value)
    case .unsigned(let value): .integer(value)
    case .double(let value): .double(value)
    }
  }

  static func listing(_ state: StateListing) -> JSONValue {
    [
      "count": .integer(state.count),
      "values": .array(
        state.entries.map { entry in
          [
            "path": .array(entry.path.keys.map { .string($0.string) }), "value": .string(entry.description),
            "bytes": .integer(entry.byteCount),
          ]
        }),
    ]
  }

  static func fields(_ report: StateReport) -> [(key: String, value: JSONValue)] {
    [("file", file(report.file)), ("counters", map(report.counters)), ("state", listing(report.state))]
  }
}
