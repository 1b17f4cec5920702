internal import BufferFiles
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// What is known of the segments of a component after a save, for the next one.
struct KnownBuffer {
  var layout: BufferLayout
  var schema: BufferSchema
  /// The sealed segments.
  var segments: [Segment]
  /// What each of them is, by its name.
  var files: [String: DigestedFile]
  /// The component's directory in that checkpoint.
  var directory: FilePath

  init(_ list: SegmentList, files: [String: DigestedFile], directory: FilePath) {
    (layout, schema) = (list.layout, list.schema)
    segments = list.segments.filter { $0.isSealed && files[$0.name] != nil }
    self.files = files
    self.directory = directory
  }
}

/// Saves one replay buffer: links what earlier saves wrote, writes what is new.
struct BufferSaving {
  let name: String
  let snapshot: BufferSnapshot
  private let state: StateValue
  private let outline: BufferOutline

  init(_ name: String, _ snapshot: BufferSnapshot) throws {
    self.name = name
    self.snapshot = snapshot
    state = snapshot.state()
    outline = try BufferOutline(snapshot, state: state)
  }

  /// Writes the component.
  /// - Parameter trusted: The names of the segments that this process has written or read whole; grows.
  /// - Returns: What the next save has to know.
  func save(
    with writing: inout CheckpointWriting, known: KnownBuffer?, trusted: inout Set<String>
  ) throws -> KnownBuffer {
    var files: [String: DigestedFile] = [:]
    let reused = try reuse(known, with: &writing, files: &files, trusted: &trusted)
    let rowsPerSegment = max(1, writing.options.segmentBytes / max(1, snapshot.schema.rowBytes))
    let plan = SegmentPlan(outline, known: reused, rowsPerSegment: rowsPerSegment)
    let numbers = reused.keys.sorted()
    var segments = numbers.compactMap { reused[$0] }
    segments += try write(plan.new, with: &writing, files: &files, trusted: &trusted)
    let list = SegmentList(
      kind: snapshot.kind, layout: snapshot.layout, schema: snapshot.schema, bufferState: state, segments: segments,
      pieces: pieces(of: plan, known: numbers))
    let file = ComponentPath.file(of: name)
    try writing.write(list.state, to: file)
    writing.add(
      .init(
        name: name, file: file,
        content: .buffer(kind: snapshot.kind, steps: stepCount, segments: segments.map(\.name))))
    let directory = writing.layout.checkpoint(writing.manifest.iteration).appending(name)
    return KnownBuffer(list, files: files, directory: directory)
  }

  private var stepCount: Int {
    outline.isDivisible ? snapshot.rowCount : snapshot.rowCount - outline.units.count
  }

  /// The segments of earlier saves that hold rows of this snapshot and that the checkpoint has now, by their number.
  private func reuse(
    _ known: KnownBuffer?, with writing: inout CheckpointWriting, files: inout [String: DigestedFile],
    trusted: inout Set<String>
  ) throws -> [Int: Segment] {
    guard let known, known.layout == snapshot.layout, known.schema == snapshot.schema else { return [:] }
    var reused: [Int: Segment] = [:]
    for (number, segment) in known.segments.enumerated() {
      let isTrusted = trusted.contains(segment.name)
      guard let file = known.files[segment.name],
        try SegmentSampling.recognizes(segment, in: snapshot, outline, isTrusted: isTrusted)
      else { continue }
      let sources = [
        writing.layout.segments.appending(segment.name), known.directory.appending(segment.name),
      ]
      guard try writing.reuse(segment.name, file, from: sources, of: name, isTrusted: isTrusted) else { continue }
      trusted.insert(segment.name)
      files[segment.name] = file
      reused[number] = segment
    }
    return reused
  }

  private func write(
    _ new: [SegmentPlan.New], with writing: inout CheckpointWriting, files: inout [String: DigestedFile],
    trusted: inout Set<String>
  ) throws -> [Segment] {
    let episodes = try episodesByRow()
    var segments: [Segment] = []
    for planned in new {
      let contents = try SegmentContents(snapshot, planned.units, episodes: episodes)
      let (segmentName, file) = try writing.write(contents, steps: steps(of: planned.units), of: name)
      var segment = Segment(name: segmentName, rowCount: contents.rowCount)
      if planned.isSealed {
        segment.runs = planned.units.map(\.run)
        segment.samples = try SegmentSampling.samples(of: contents)
      }
      trusted.insert(segmentName)
      files[segmentName] = file
      segments.append(segment)
    }
    return segments
  }

  private func episodesByRow() throws -> [Int: EpisodeRecord] {
    guard snapshot.layout == .episodes, let table = state["episodes"] else { return [:] }
    let records = try EpisodeTable(state: StateReader(table, at: ["episodes"])).episodes
    return Dictionary(records.map { ($0.firstRow, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// From the smallest step number of some units to one more than the largest; within a unit numbers grow.
  private func steps(of units: [BufferOutline.Unit]) -> Range<Int> {
    var (first, end) = (Int.max, 0)
    for unit in units where unit.run.firstStep >= 0 {
      first = min(first, Int(snapshot.rows(unit.firstRow..<unit.firstRow + 1).steps[0]))
      // The last row of an episode holds its final observation and has no step.
      let last = unit.firstRow + unit.run.rowCount - (outline.isDivisible ? 1 : 2)
      end = max(end, Int(snapshot.rows(last..<last + 1).steps[0]) + 1)
    }
    return first < end ? first..<end : 0..<0
  }

  private func pieces(of plan: SegmentPlan, known numbers: [Int]) -> [SegmentPiece] {
    let positions = Dictionary(uniqueKeysWithValues: numbers.enumerated().map { ($1, $0) })
    return plan.pieces.map { piece in
      switch piece.source {
      case .known(let number): SegmentPiece(segment: positions[number] ?? 0, rows: piece.rows)
      case .new(let number): SegmentPiece(segment: numbers.count + number, rows: piece.rows)
      }
    }
  }
}
