internal import BufferFiles
internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// Saves one replay buffer: links what earlier saves wrote, writes what is new. What that will be is known before anything
/// is written.
struct BufferSaving {
  let name: String
  /// How many steps the buffer holds.
  let stepCount: Int
  /// What is written of its rows.
  let increment: Increment
  let state: StateValue
  /// The segments to be written, as the contents of files.
  let new: [SegmentContents]

  private let snapshot: BufferSnapshot
  private let outline: BufferOutline
  private let reused: [Int: ReusedSegment]
  private let plan: SegmentPlan
  private let increments: Int

  /// Finds out what is to be written.
  /// - Parameter trusted: The names of the segments that this process has written or read whole; grows.
  init(
    _ name: String, _ snapshot: BufferSnapshot, known: KnownBuffer?, in layout: ExperimentLayout,
    _ options: CheckpointOptions, trusted: inout Set<String>, on fileSystem: any FileSystem
  ) throws {
    self.name = name
    self.snapshot = snapshot
    state = snapshot.state()
    outline = try BufferOutline(snapshot, state: state)
    stepCount = outline.isDivisible ? snapshot.rowCount : snapshot.rowCount - outline.units.count
    let isDue = options.fullCopyEvery.map { (known?.increments ?? 0) + 1 >= $0 } ?? false
    var found: [Int: ReusedSegment] = [:]
    if let known, known.layout == snapshot.layout, known.schema == snapshot.schema, !isDue {
      found = try ReusedSegment.find(of: known, in: snapshot, outline, layout, trusted: &trusted, on: fileSystem)
    }
    plan = SegmentPlan(
      outline, known: found.mapValues(\.segment),
      rowsPerSegment: max(1, options.segmentBytes / max(1, snapshot.schema.rowBytes)),
      rewriting: (options.rewriteBytes, found.mapValues(\.file.byteCount)))
    let numbers = plan.knownNumbers
    reused = found.filter { numbers.contains($0.key) }
    let episodes = try Self.episodesByRow(snapshot, state)
    new = try plan.new.map { try SegmentContents(snapshot, $0.units, episodes: episodes) }
    increments = reused.isEmpty ? 0 : (known?.increments ?? 0) + 1
    increment = Increment(
      plan, outline, isSharing: !reused.isEmpty, couldShare: !found.isEmpty, known: known, isDue: isDue,
      fits: known.map { $0.layout == snapshot.layout && $0.schema == snapshot.schema } ?? false)
  }

  /// Writes the component.
  /// - Parameter trusted: The names of the segments that this process has written or read whole; grows.
  /// - Returns: What the next save has to know.
  func save(with writing: inout CheckpointWriting, trusted: inout Set<String>) throws -> KnownBuffer {
    var (files, origins): ([String: DigestedFile], [String: RowOrigins]) = ([:], [:])
    let numbers = reused.keys.sorted()
    var segments: [Segment] = []
    for case let reused? in numbers.map({ self.reused[$0] }) {
      try writing.reuse(reused, of: name)
      files[reused.segment.name] = reused.file
      origins[reused.segment.name] = reused.origins
      segments.append(reused.segment)
    }
    for (planned, contents) in zip(plan.new, new) {
      let (segment, file) = try write(planned, contents, with: &writing)
      trusted.insert(segment.name)
      files[segment.name] = file
      origins[segment.name] = segment.isSealed ? snapshot.origins(of: planned.places) : nil
      segments.append(segment)
    }
    let list = SegmentList(
      kind: snapshot.kind, layout: snapshot.layout, schema: snapshot.schema, bufferState: state, segments: segments,
      pieces: pieces(of: plan, known: numbers), increments: increments)
    let file = ComponentPath.file(of: name)
    try writing.write(list.state, to: file)
    writing.add(
      .init(
        name: name, file: file,
        content: .buffer(kind: snapshot.kind, steps: stepCount, segments: segments.map(\.name))))
    let directory = writing.layout.checkpoint(writing.manifest.iteration).appending(name)
    return KnownBuffer(list, files: files, origins: origins, directory: directory, stepCount: stepCount)
  }

  private func write(
    _ planned: SegmentPlan.New, _ contents: SegmentContents, with writing: inout CheckpointWriting
  ) throws -> (Segment, DigestedFile) {
    let (segmentName, file) = try writing.write(
      contents, steps: steps(of: planned.units), of: name, replacing: reused.isEmpty)
    var segment = Segment(name: segmentName, rowCount: contents.rowCount)
    if planned.isSealed {
      segment.runs = planned.units.map(\.run)
      segment.samples = try SegmentSampling.samples(of: contents)
    }
    return (segment, file)
  }

  private static func episodesByRow(_ snapshot: BufferSnapshot, _ state: StateValue) throws -> [Int: EpisodeRecord] {
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
