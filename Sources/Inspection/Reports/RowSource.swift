internal import BufferFiles
internal import Checkpoints
internal import ForeignFormats
internal import ReplayBuffers
internal import StateTree
internal import SystemPackage

/// Finds the rows that options ask for, reading no more than holds them.
struct RowSource {
  private let path: FilePath
  private let contents: any BufferContents
  private let stepRange: Range<Int>
  /// The row groups of a file, if it is one.
  private let file: BufferFile?
  private let table: EpisodeTable?

  init(_ file: BufferFile, _ contents: FileContents) {
    (path, self.contents, stepRange) = (file.path, contents, file.steps)
    (self.file, table) = (file, nil)
  }

  init(_ dump: RLlibDump, steps: Range<Int>) {
    (path, contents, stepRange) = (dump.path, dump, steps)
    (file, table) = (nil, dump.episodes)
  }

  init(_ contents: CheckpointBuffer, at path: FilePath, steps: Range<Int>, _ table: EpisodeTable?) {
    (self.path, self.contents, stepRange) = (path, contents, steps)
    (file, self.table) = (nil, table)
  }

  /// The samples that the options ask for, in the order first, last, steps, episode.
  func samples(_ options: ReportOptions) throws(InspectionError) -> [RowSample] {
    let chosen = try options.chosen(contents.schema, path)
    var samples: [RowSample] = []
    let count = contents.rowCount
    if options.head > 0 { samples.append(try sample(.first, [0..<min(options.head, count)], chosen)) }
    if options.tail > 0 { samples.append(try sample(.last, [max(0, count - options.tail)..<count], chosen)) }
    if let steps = options.steps { samples.append(try sample(.steps(steps), try rows(of: steps), chosen)) }
    if let name = options.episode {
      let (episode, index) = try episode(name)
      samples.append(try sample(.episode(episode, index: index), [episode.rows], chosen))
    }
    return samples
  }

  private func sample(
    _ selection: RowSample.Selection, _ ranges: [Range<Int>], _ chosen: [Int]
  ) throws(InspectionError) -> RowSample {
    let found = ranges.reduce(0) { $0 + $1.count }
    var room = min(RowSample.maximumRows, max(1, RowSample.maximumBytes / max(1, contents.schema.rowBytes)))
    var batches: [RowBatch] = []
    for range in ranges where room > 0 {
      // A sample of the last rows keeps the last ones where there are too many.
      let part = selection == .last ? range.suffix(room) : range.prefix(room)
      batches.append(try read(part))
      room -= part.count
    }
    let columns = chosen.map { contents.schema.columns[$0] }
    let values = zip(chosen, columns).compactMap { index, column in
      batches.isEmpty
        ? try? Tensor(zeros: column.dataType, shape: [0] + column.shape)
        : try? Tensor(concatenating: batches.map { $0.columns[index] })
    }
    return RowSample(
      selection: selection, rows: batches.flatMap(\.rows), steps: batches.flatMap(\.steps), columns: columns,
      values: values, found: found)
  }

  /// The rows of these step numbers, as ranges without gaps.
  private func rows(of steps: Range<Int>) throws(InspectionError) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for candidates in try candidates(steps) {
      let batch = try read(candidates)
      for (offset, step) in batch.steps.enumerated() where step >= 0 && steps.contains(Int(step)) {
        let row = batch.firstRow + offset
        if let last = ranges.last, last.upperBound == row {
          ranges[ranges.count - 1] = last.lowerBound..<row + 1
        } else {
          ranges.append(row..<row + 1)
        }
      }
    }
    guard !ranges.isEmpty else { throw .noSuchSteps(path, asked: steps, stored: stepRange) }
    return ranges
  }

  /// Where rows of these steps may lie: the row groups whose steps overlap, or everything that is in memory anyway.
  private func candidates(_ steps: Range<Int>) throws(InspectionError) -> [Range<Int>] {
    guard let file else { return contents.rowCount > 0 ? [0..<contents.rowCount] : [] }
    do {
      return try file.entries().filter { $0.kind == .rows && $0.steps.overlaps(steps) }.map(\.rows)
    } catch {
      throw .bufferFile(error)
    }
  }

  private func read(_ range: Range<Int>) throws(InspectionError) -> RowBatch {
    do { return try contents.rows(range) } catch let error as BufferFileError { throw .bufferFile(error) } catch {
      throw .unreadable(path, reason: "\(error)")
    }
  }
}

extension RowSource {
  /// The episode of this id, of this position, or of the only id that begins so.
  private func episode(_ name: String) throws(InspectionError) -> (EpisodeRecord, index: Int) {
    let episodes = try episodes().episodes
    if let index = episodes.firstIndex(where: { StateKey($0.id) == StateKey(name) }) { return (episodes[index], index) }
    if let index = Int(name), episodes.indices.contains(index) { return (episodes[index], index) }
    let matches = name.isEmpty ? [] : episodes.indices.filter { episodes[$0].id.utf8.starts(with: name.utf8) }
    guard let index = matches.first, matches.count == 1 else {
      throw .unknownEpisode(path, name: name, matches: matches.count, count: episodes.count)
    }
    return (episodes[index], index)
  }

  private func episodes() throws(InspectionError) -> EpisodeTable {
    if let table { return table }
    let state: StateValue?
    do { state = try file?.state(at: ["episodes"]) } catch { throw .bufferFile(error) }
    do throws(ReplayBufferError) {
      guard let state else { return try EpisodeTable([]) }
      return try EpisodeTable(state: try Self.reader(state))
    } catch {
      throw .replayBuffer(path, error)
    }
  }

  private static func reader(_ state: StateValue) throws(ReplayBufferError) -> StateReader {
    do { return try StateReader(state, at: ["episodes"]) } catch { throw .state(error) }
  }
}
