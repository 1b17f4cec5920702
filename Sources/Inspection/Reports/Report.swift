internal import BufferFiles
public import ForeignFormats

/// What `show` says of a path: values first. `TextRendering` and `JSONRendering` make text of it.
public enum Report: Sendable {
  /// Of a replay buffer, in our file or in a dump of RLlib.
  case buffer(BufferReport)
  /// Of a file of ours that holds state alone.
  case state(StateReport)
  /// Of a checkpoint directory of RLlib.
  case checkpoint(CheckpointReport)
  /// Of a checkpoint of ours.
  case runCheckpoint(RunCheckpointReport)
  /// Of an experiment of ours.
  case experiment(ExperimentReport)
  /// Of any other MessagePack file.
  case document(DocumentReport)

  /// The report on what was opened.
  ///
  /// Of a file of ours nothing is read but what opening has read already, unless an option asks for rows or for state.
  /// - Throws: `InspectionError` if an option asks for what is not there or cannot be read.
  public init(of saved: SavedState, options: ReportOptions = ReportOptions()) throws(InspectionError) {
    switch saved {
    case .bufferFile(let file):
      if case .state = file.header.content {
        self = .state(try StateReport(file, options: options))
      } else {
        self = .buffer(try BufferReport(file, options: options))
      }
    case .rllibDump(let dump): self = .buffer(try BufferReport(dump, options: options))
    case .rllibCheckpoint(let checkpoint):
      try options.refuseRows(checkpoint.path)
      self = .checkpoint(CheckpointReport(checkpoint, options: options))
    case .checkpoint(let checkpoint): self = .runCheckpoint(try RunCheckpointReport(checkpoint, options: options))
    case .experiment(let experiment): self = .experiment(try ExperimentReport(experiment, options: options))
    case .messagePack(let document):
      try options.refuseRows(document.path)
      self = .document(DocumentReport(document, options: options))
    }
  }

  /// What could not be read and is missing from the report, in a line each.
  public var problems: [String] {
    switch self {
    case .checkpoint(let report): report.problems
    case .runCheckpoint(let report): report.problems
    case .experiment(let report): report.problems
    case .buffer, .state, .document: []
    }
  }

  /// Whether everything was read that the report speaks of.
  public var isComplete: Bool { problems.isEmpty }
}
