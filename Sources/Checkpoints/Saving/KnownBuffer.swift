internal import FileSystems
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
  /// The component's directory in that checkpoint.
  var directory: FilePath
  /// One more than the largest step number in it; 0 without steps.
  var endStep: Int
  /// How many steps it held.
  var stepCount: Int
  /// How many saves in a row have shared segments.
  var increments: Int

  init(_ list: SegmentList, files: [String: DigestedFile], directory: FilePath, stepCount: Int) {
    (layout, schema) = (list.layout, list.schema)
    segments = list.segments.filter { $0.isSealed && files[$0.name] != nil }
    endStep = list.segments.compactMap { SegmentName.endStep(of: $0.name) }.max() ?? 0
    increments = list.increments
    self.files = files
    self.directory = directory
    self.stepCount = stepCount
  }
}

/// A segment of an earlier save that holds rows of a snapshot.
struct ReusedSegment {
  let segment: Segment
  let file: DigestedFile
  /// Where it lies.
  let source: FilePath

  /// The segments that hold rows of a snapshot and are where they should be, by their number.
  /// - Parameter trusted: The names of the segments that this process has written or read whole; grows.
  static func find(
    of known: KnownBuffer, in snapshot: BufferSnapshot, _ outline: BufferOutline, _ layout: ExperimentLayout,
    trusted: inout Set<String>, on fileSystem: any FileSystem
  ) throws -> [Int: ReusedSegment] {
    var found: [Int: ReusedSegment] = [:]
    for (number, segment) in known.segments.enumerated() {
      let isTrusted = trusted.contains(segment.name)
      guard let file = known.files[segment.name],
        try SegmentSampling.recognizes(segment, in: snapshot, outline, isTrusted: isTrusted)
      else { continue }
      let places = [layout.segments.appending(segment.name), known.directory.appending(segment.name)]
      guard let source = places.first(where: { fileSystem.holds(file, at: $0, isTrusted: isTrusted) }) else { continue }
      trusted.insert(segment.name)
      found[number] = ReusedSegment(segment: segment, file: file, source: source)
    }
    return found
  }
}
