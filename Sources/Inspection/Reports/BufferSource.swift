internal import BufferFiles
internal import Checkpoints
internal import FileSystems
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// A replay buffer in a checkpoint, to be reported on without reading more than a few MiB of its rows.
struct BufferSource {
  /// Up to which size the rows are read, so that the statistics are those of a file: a matter of milliseconds.
  private static let readBytes = 16 << 20

  let component: CheckpointManifest.Component
  private let segments: [String]
  private let checkpoint: Checkpoint
  private let fileSystem: any FileSystem

  init(
    _ component: CheckpointManifest.Component, _ segments: [String], _ checkpoint: Checkpoint,
    _ fileSystem: any FileSystem
  ) {
    (self.component, self.segments, self.checkpoint, self.fileSystem) = (component, segments, checkpoint, fileSystem)
  }

  /// The report, and why its statistics are not those of its rows although they might be.
  func report(_ options: ReportOptions) throws -> (RunCheckpointReport.Buffer, problem: String?) {
    let contents = try checkpoint.buffer(component.name)
    let state = contents.state()
    let table = try state["episodes"].map { try EpisodeTable(state: StateReader($0, at: ["episodes"])) }
    var (summary, leftover, problem) = (FileSummary(), 0, nil as String?)
    do {
      if contents.schema.rowBytes.multipliedOrMaximum(contents.rowCount) <= Self.readBytes {
        summary = try FileSummary(describing: contents, state: state)
      } else {
        (summary, leftover) = try fromSegments(contents, state, table)
      }
    } catch {
      problem = "\(error)"
      summary = Self.withoutRows(contents, state, component.steps ?? 0)
    }
    let facts = FileFacts(
      path: checkpoint.path.appending(component.name.pathComponents), format: .checkpoint,
      fileBytes: checkpoint.byteCount(of: component.name),
      contentBytes: contents.schema.rowBytes.multipliedOrMaximum(contents.rowCount), frameCount: nil,
      integrity: .digests, provenance: [:], metadata: [:])
    var report = try BufferReport(facts, contents, summary, StateListing(state), options: options)
    report.samples = try RowSource(contents, at: checkpoint.path, steps: report.steps, table).samples(options)
    return (.init(name: component.name, report: report, leftoverRowCount: leftover), problem)
  }

  /// A summary from those of the segments.
  private func fromSegments(
    _ contents: CheckpointBuffer, _ state: StateValue, _ table: EpisodeTable?
  ) throws -> (FileSummary, leftover: Int) {
    var summary = Self.withoutRows(contents, state, component.steps ?? 0)
    var rows = 0
    var steps: Range<Int>?
    var (returns, flat) = (ColumnStatistics(), nil as EpisodeStatistics?)
    for name in segments {
      let segment = try open(name).summary
      rows = rows.addingOrMaximum(segment.rowCount)
      if let episodes = segment.episodes {
        returns.merge(episodes.returns)
        flat = flat.map { $0.merged(with: episodes) } ?? episodes
      }
      if !segment.steps.isEmpty { steps = steps.map { $0.union(segment.steps) } ?? segment.steps }
      for index in summary.columns.indices where segment.columns.indices.contains(index) {
        if let statistics = segment.columns[index] { summary.columns[index]?.merge(statistics) }
      }
    }
    let leftover = max(0, rows - contents.rowCount)
    summary.steps = steps ?? 0..<0
    if leftover > 0, let steps, contents.rowCount > 0 {
      // What was evicted came first.
      let first = Int(try contents.rows(0..<1).steps[0])
      if first >= 0, steps.contains(first) { summary.steps = first..<steps.upperBound }
    }
    summary.episodes = table.map { Self.episodes($0, returns) } ?? flat
    return (summary, leftover)
  }

  /// A segment, in the checkpoint or in the experiment's pool.
  private func open(_ name: String) throws -> BufferFile {
    let own = checkpoint.path.appending(component.file.pathComponents.dropLast()).appending(name)
    do { return try BufferFile.open(own, follow: .never, on: fileSystem) } catch {
      guard case .fileSystem(let failure) = error, failure.reason == .system(.noSuchFileOrDirectory) else { throw error }
      return try BufferFile.open(
        ExperimentLayout(checkpoint.path.removingLastComponent()).segments.appending(name), follow: .never,
        on: fileSystem)
    }
  }

  /// What the state alone tells.
  private static func withoutRows(_ contents: CheckpointBuffer, _ state: StateValue, _ steps: Int) -> FileSummary {
    var summary = FileSummary()
    (summary.rowCount, summary.stepCount) = (contents.rowCount, min(steps, contents.rowCount))
    summary.columns = contents.schema.columns.map { column in
      switch column.dataType.kind {
      case .bool, .signed, .unsigned, .float: ColumnStatistics()
      case .complex, .opaque: nil
      }
    }
    if case .map(let map) = state {
      summary.counters = StateMap(map.filter { $0.value.isScalar }.map { ($0.key, $0.value) })
    }
    summary.priorities = state["priorities"]?.numbers.flatMap { ColumnStatistics(of: $0) }
    return summary
  }

  private static func episodes(_ table: EpisodeTable, _ returns: ColumnStatistics) -> EpisodeStatistics {
    var statistics = EpisodeStatistics()
    statistics.returns = returns
    statistics.lengths = ColumnStatistics(of: Tensor(vector: table.episodes.map { Int64($0.length) })) ?? .init()
    statistics.terminatedCount = table.episodes.count(where: \.isTerminated)
    statistics.truncatedCount = table.episodes.count { $0.isTruncated && !$0.isTerminated }
    statistics.openCount = table.episodes.count { !$0.isDone }
    return statistics
  }
}

extension EpisodeStatistics {
  /// Those of rows that follow. An episode that lies in two segments of flat rows counts where it ends.
  fileprivate func merged(with next: EpisodeStatistics) -> EpisodeStatistics {
    var merged = self
    merged.terminatedCount += next.terminatedCount
    merged.truncatedCount += next.truncatedCount
    merged.openCount = next.openCount
    merged.returns.merge(next.returns)
    merged.lengths.merge(next.lengths)
    return merged
  }
}

extension StateValue {
  /// Whether it is a single value that can be shown as it is.
  var isScalar: Bool {
    switch self {
    case .nil, .bool, .int, .unsigned, .double: true
    case .string(let text): text.utf8.count <= 256
    case .bytes, .array, .map, .tensor: false
    }
  }

  fileprivate var numbers: Tensor? { if case .tensor(let tensor) = self { tensor } else { nil } }
}

extension Range<Int> {
  fileprivate func union(_ other: Range<Int>) -> Range<Int> {
    Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
  }
}
