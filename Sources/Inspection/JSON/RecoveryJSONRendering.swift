public import BufferFiles
internal import StateTree
internal import SystemPackage

/// What came of a recovery as one JSON object of the schema `rlbuf.recover/1`, described in `JSON-recover.md`.
public struct RecoveryJSONRendering: Sendable {
  /// The schema's name and version.
  public static let schema = "rlbuf.recover/1"

  /// A rendering.
  public init() {}

  /// The report as JSON.
  public func text(of report: RecoveryReport) -> String {
    let object: JSONValue = [
      "schema": .string(Self.schema), "complete": .bool(report.isComplete),
      "path": .string(report.path.string), "file_bytes": .integer(report.byteCount),
      "output": .string(report.output.string), "output_bytes": .integer(report.outputByteCount),
      "evidence": .string(report.evidence.rawValue), "rows": .integer(report.rowCount),
      "steps": .integer(report.stepCount), "episodes": .integer(report.episodeCount),
      "lost_rows": .array(report.lostRows.map(Self.lost)), "torn_steps": .integer(report.tornStepCount),
      "lost_state": .array(report.lostState.map { .string($0.description) }), "end_known": .bool(report.isEndKnown),
      "header_lost": .bool(report.isHeaderLost),
      "repairs": .array(report.repairs.map { ["name": .string($0.name), "reason": .string($0.reason)] }),
      "damage": .array(report.damage.map(Self.damage)),
    ]
    return object.text
  }

  private static func lost(_ lost: RecoveryReport.LostRows) -> JSONValue {
    [
      "first_row": .integer(lost.rows.lowerBound), "end_row": .integer(lost.rows.upperBound),
      "first_step": .integer(lost.steps?.lowerBound), "end_step": .integer(lost.steps?.upperBound),
      "row_groups": .integer(lost.rowGroups),
    ]
  }

  private static func damage(_ damage: RecoveryReport.Damage) -> JSONValue {
    [
      "first_byte": .integer(damage.bytes.lowerBound), "end_byte": .integer(damage.bytes.upperBound),
      "reason": .string(damage.reason),
    ]
  }
}
