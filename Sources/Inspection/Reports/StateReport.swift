public import BufferFiles
public import StateTree

/// A file of ours that holds state and no rows.
public struct StateReport: Sendable {
  /// The file.
  public var file: FileFacts
  /// The numbers and texts at the top of the state.
  public var counters: StateMap
  /// The values of the state.
  public var state: StateListing

  /// The report on a file of ours without rows.
  /// - Throws: `InspectionError.noRows` if an option asks for rows, `.bufferFile` if the state is damaged.
  public init(_ file: BufferFile, options: ReportOptions = ReportOptions()) throws(InspectionError) {
    try options.refuseRows(file.path)
    self.file = FileFacts(file)
    counters = file.summary.counters
    state = try StateListing(file, options: options)
  }
}

extension StateListing {
  /// The listing of the summary, or of the state itself where more is asked for than the summary has.
  init(_ file: BufferFile, options: ReportOptions) throws(InspectionError) {
    self.init(file.summary)
    guard case .complete = options.state, count > entries.count else { return }
    do { self.init(try file.state()) } catch { throw .bufferFile(error) }
  }
}
