public import Checkpoints
internal import SystemPackage

/// What stays and goes as one JSON object of the schema `rlbuf.prune/1`, described in `JSON-prune.md`.
public struct PruneJSONRendering: Sendable {
  /// The schema's name and version.
  public static let schema = "rlbuf.prune/1"

  /// A rendering.
  public init() {}

  /// The reports as JSON.
  /// - Parameter isPlan: whether nothing was touched.
  public func text(of reports: [PruneReport], metric: String?, isPlan: Bool) -> String {
    let object: JSONValue = [
      "schema": .string(Self.schema), "dry_run": .bool(isPlan), "metric": .text(metric),
      "experiments": .array(reports.map(value)),
    ]
    return object.text
  }

  private func value(_ report: PruneReport) -> JSONValue {
    [
      "path": .string(report.path.string), "freed_bytes": .integer(report.freedBytes),
      "unused_segment_bytes": .integer(report.unusedBytes), "segments_removed": .integer(report.segmentsRemoved),
      "checkpoints": .array(report.checkpoints.map(value)), "dumps": .array(report.dumps.map(value)),
      "superseded": .array(report.superseded.map(value)),
      "verified": .array(report.verified.map { .string($0.string) }),
      "warnings": .array(report.warnings.map { .string($0) }),
    ]
  }

  private func value(_ entry: PruneReport.Entry) -> JSONValue {
    [
      "iteration": .integer(entry.iteration), "path": .string(entry.path.string), "goes": .bool(entry.goes),
      "because": .array(entry.reasons.map { .string($0.description) }), "metric": .double(entry.metric),
      "freed_bytes": .integer(entry.freedBytes), "modified": .string(ISO8601.text(seconds: entry.modificationSeconds)),
    ]
  }
}
