internal import BufferFiles
internal import Checkpoints
internal import FileSystems
internal import ForeignFormats
internal import StateTree
internal import SystemPackage

extension RunDiff {
  /// Compares the results of two experiments, iteration by iteration, times and places aside.
  mutating func compareResults(
    _ old: SavedExperiment, _ new: SavedExperiment, _ options: DiffReport.Options
  ) throws {
    var (before, after) = (try ResultCursor(old), try ResultCursor(new))
    notes += before.notes + after.notes
    var (compared, onlyOld, onlyNew) = (0, IterationRanges(), IterationRanges())
    while before.iteration != nil || after.iteration != nil {
      let (a, b) = (before.iteration ?? .max, after.iteration ?? .max)
      if a == b {
        compared += 1
        results += Self.changes(before.result, after.result, iteration: a, options)
      } else if a < b {
        onlyOld.add(a)
      } else {
        onlyNew.add(b)
      }
      if a <= b { try before.advance() }
      if b <= a { try after.advance() }
    }
    comparedResults = compared
    results += onlyOld.ranges.map { .init(path: "iterations \($0.words)", kind: .removed($0.count)) }
    results += onlyNew.ranges.map { .init(path: "iterations \($0.words)", kind: .added($0.count)) }
  }

  private static func changes(
    _ old: StateMap, _ new: StateMap, iteration: Int, _ options: DiffReport.Options
  ) -> [StateDiff.Change] {
    let prefix = "iteration \(iteration)/"
    let diff = StateDiff(
      from: StateNode(.map(old.flattened)), to: StateNode(.map(new.flattened)), tolerance: options.tolerance
    ) { path in
      options.provenance == .ignored && RunVariation.isVolatileResult(path)
    }
    return diff.changes.map { .init(path: prefix + $0.path, kind: $0.kind) }
  }
}

/// Goes through the results of an experiment in order.
private struct ResultCursor {
  private let lines: ResultLines
  private var index = 0
  /// The iteration of the current result; nil behind the last one.
  private(set) var iteration: Int?
  /// The current result.
  private(set) var result: StateMap = [:]

  init(_ experiment: SavedExperiment) throws {
    lines = try ResultLines(ExperimentLayout(experiment.path).results, on: experiment.fileSystem)
    try load()
  }

  /// What is not compared.
  var notes: [String] { lines.isTail ? ["\(lines.path): results before the last GiB"] : [] }

  mutating func advance() throws {
    index += 1
    try load()
  }

  private mutating func load() throws {
    guard index < lines.count else {
      iteration = nil
      return
    }
    result = try lines.result(index)
    // Iterations go up; a line without one counts as the next.
    iteration = max(result.iteration ?? 0, (iteration ?? 0) + 1)
  }
}

/// Iterations as ranges.
private struct IterationRanges {
  struct Run {
    var first: Int
    var last: Int

    var words: String { first == last ? "\(first)" : "\(first) to \(last)" }
    var count: String { NumberText.count(last - first + 1, "result") }
  }

  private(set) var ranges: [Run] = []

  mutating func add(_ iteration: Int) {
    if let last = ranges.last, last.last + 1 == iteration {
      ranges[ranges.count - 1].last = iteration
    } else {
      ranges.append(Run(first: iteration, last: iteration))
    }
  }
}
