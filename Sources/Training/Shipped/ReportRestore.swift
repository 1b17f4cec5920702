/// Prints the report of a restore on standard output. Give it last: callbacks before it may join and repair.
public struct ReportRestore: SavedCallback {
  /// The name in `params.json`.
  public static let registeredName = "ReportRestore"

  /// Prints reports.
  public init() {}

  /// False: it has nothing to do while environments are stepped.
  public var listensToRunners: Bool { false }

  /// Prints the report.
  public mutating func onCheckpointLoaded(_ context: inout CheckpointLoadedContext) throws { print(context.report) }
}
