public import BufferFiles
public import ForeignFormats
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

extension BufferReport {
  /// The report on a file of ours, from header and summary alone unless an option asks for rows or state.
  /// - Throws: `InspectionError`; `.noRows` for a file that holds state alone.
  public init(_ file: BufferFile, options: ReportOptions = ReportOptions()) throws(InspectionError) {
    let contents: FileContents
    do { contents = try file.contents() } catch { throw .bufferFile(error) }
    try self.init(
      FileFacts(file), contents, file.summary, try StateListing(file, options: options), options: options)
    notUnderstood = try Self.notUnderstood(file, notUnderstoodCount, options)
    samples = try RowSource(file, contents).samples(options)
  }

  /// The report on a dump of RLlib; its statistics are computed here, as the writer of files computes them.
  /// - Throws: `InspectionError` if an option asks for what is not there.
  public init(_ dump: RLlibDump, options: ReportOptions = ReportOptions()) throws(InspectionError) {
    let state = dump.state()
    let facts = FileFacts(dump.path, .rllibDump, dump.info)
    let summary: FileSummary
    do { summary = try FileSummary(describing: dump, state: state) } catch {
      throw .unreadable(dump.path, reason: "\(error)")
    }
    try self.init(facts, dump, summary, StateListing(state), options: options)
    spaces = Self.spaces(state)
    notUnderstood = dump.notUnderstood
    samples = try RowSource(dump, steps: steps).samples(options)
  }

  init(
    _ file: FileFacts, _ contents: some BufferContents, _ summary: FileSummary, _ state: StateListing,
    options: ReportOptions
  ) throws(InspectionError) {
    self.file = file
    (kind, layout, self.state) = (contents.kind, contents.layout, state)
    isFromRLlib = state.entries.contains { $0.path.keys.first == "rllib" }
    (rowCount, stepCount, steps) = (summary.rowCount, summary.stepCount, summary.steps)
    turnover = Turnover(summary, of: kind)
    episodes = summary.episodes
    columnCount = contents.schema.columns.count
    rowBytes = contents.schema.rowBytes.multipliedOrMaximum(summary.rowCount)
    columns = try options.chosen(contents.schema, file.path).map { index in
      let column = contents.schema.columns[index]
      return Column(
        schema: column, statistics: summary.columns.indices.contains(index) ? summary.columns[index] : nil,
        byteCount: column.rowBytes.multipliedOrMaximum(summary.rowCount))
    }
    priorities = Priorities(summary, state)
    generator = state.text(at: ["generator", "bit_generator"])
    counters = StateMap(summary.counters.filter { !Self.named.contains($0.key) }.map { ($0.key, $0.value) })
    (spaces, notUnderstood, samples) = (nil, [], [])
    notUnderstoodCount = state.arrayCount(at: ["rllib", "not_understood"])
  }

  /// What the report says elsewhere.
  private static let named: Set<StateKey> = [
    "capacity", "num_timesteps", "num_timesteps_added", "num_episodes_evicted", "sampled_timesteps", "first_step",
    "next_step", "generator", "alpha", "max_priority", "tree_size",
  ]

  private static func notUnderstood(
    _ file: BufferFile, _ count: Int, _ options: ReportOptions
  ) throws(InspectionError) -> [String] {
    guard case .complete = options.state, count > 0 else { return [] }
    do {
      guard case .array(let lines)? = try file.state(at: ["rllib", "not_understood"]) else { return [] }
      return lines.compactMap { if case .string(let line) = $0 { line } else { nil } }
    } catch {
      throw .bufferFile(error)
    }
  }
}

extension BufferReport.Turnover {
  init(_ summary: FileSummary, of kind: String) {
    capacity = summary.counters.count("capacity")
    added = summary.counters.count("num_timesteps_added")
    evictedEpisodes = summary.counters.count("num_episodes_evicted")
    sampled = summary.counters.count("sampled_timesteps")
    // A queue evicts nothing: what is gone was sampled.
    let left = kind == FIFOReplayBuffer.kind ? added.map { max(0, $0 - (sampled ?? 0)) } : added
    evictedSteps = left.flatMap { $0 >= summary.stepCount ? $0 - summary.stepCount : nil }
  }
}

extension BufferReport.Priorities {
  init?(_ summary: FileSummary, _ state: StateListing) {
    guard let statistics = summary.priorities else { return nil }
    self.statistics = statistics
    maximumPriority = summary.counters.number("max_priority")
    alpha = summary.counters.number("alpha")
    treeCapacity =
      summary.counters.count("tree_size")
      ?? state.description(at: ["rllib", "tree_capacity"]).flatMap { Int($0) }
  }
}

extension StateMap {
  fileprivate func count(_ key: StateKey) -> Int? {
    guard case .int(let value)? = self[key], value >= 0 else { return nil }
    return Int(value)
  }

  fileprivate func number(_ key: StateKey) -> Double? {
    guard case .double(let value)? = self[key] else { return nil }
    return value
  }
}

extension StateListing {
  /// A text that the listing shows in quotes.
  fileprivate func text(at path: StatePath) -> String? {
    guard let text = description(at: path), text.hasPrefix("\""), text.hasSuffix("\""), text.count >= 2 else {
      return nil
    }
    return String(text.dropFirst().dropLast())
  }

  /// The length of a list, 0 if there is none.
  fileprivate func arrayCount(at path: StatePath) -> Int {
    guard let text = description(at: path), text.hasPrefix("array of ") else { return 0 }
    return Int(text.dropFirst("array of ".count)) ?? 0
  }
}

extension ReportOptions {
  /// The positions of the columns that are asked for.
  func chosen(_ schema: BufferSchema, _ path: FilePath) throws(InspectionError) -> [Int] {
    guard !columns.isEmpty else { return Array(schema.columns.indices) }
    var positions: Set<Int> = []
    for name in columns {
      guard let index = schema.index(of: name) else {
        throw .unknownColumn(path, name: name, known: schema.columns.map(\.name))
      }
      positions.insert(index)
    }
    return positions.sorted()
  }

  /// Refuses options that ask for rows where there are none.
  func refuseRows(_ path: FilePath) throws(InspectionError) {
    if let name = columns.first { throw .noRows(path, asked: "the column \"\(name)\"") }
    if head > 0 || tail > 0 { throw .noRows(path, asked: "the first or last of them") }
    if let steps { throw .noRows(path, asked: "the steps \(steps.lowerBound)..<\(steps.upperBound)") }
    if let episode { throw .noRows(path, asked: "the episode \"\(episode)\"") }
  }
}
