internal import ReplayBuffers
internal import SystemPackage

/// What is known of a replay buffer after a save, for the next one.
struct KnownBuffer {
  var layout: BufferLayout
  var schema: BufferSchema
  /// The sealed segments.
  var segments: [Segment]
  /// What each of them is, by its name.
  var files: [String: DigestedFile]
  /// Where the rows of each were in memory, by its name, as far as this process has saved or compared all of them.
  var origins: [String: RowOrigins]
  /// The component's directory in that checkpoint.
  var directory: FilePath
  /// One more than the largest step number in it; 0 without steps.
  var endStep: Int
  /// How many steps it held.
  var stepCount: Int
  /// How many saves in a row have shared segments.
  var increments: Int

  init(
    _ list: SegmentList, files: [String: DigestedFile], origins: [String: RowOrigins] = [:], directory: FilePath,
    stepCount: Int
  ) {
    (layout, schema) = (list.layout, list.schema)
    segments = list.segments.filter { $0.isSealed && files[$0.name] != nil }
    endStep = list.segments.compactMap { SegmentName.endStep(of: $0.name) }.max() ?? 0
    increments = list.increments
    self.files = files
    self.origins = origins
    self.directory = directory
    self.stepCount = stepCount
  }
}
