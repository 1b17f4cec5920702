internal import StateTree

/// Builds a store of episodes from contents, whose every claim it checks: they come from files.
struct EpisodeLoader {
  private let table: EpisodeTable
  private(set) var store: EpisodeStore
  /// The position in the table of the episode whose rows come next.
  private var index = 0
  /// The number that it got in the store, nil before its first row.
  private var number: Int?
  private var lastStep = -1

  /// The store that `contents` describe.
  /// - Throws: `ReplayBufferError` for what no buffer of episodes can be, and what reading throws.
  static func store(of contents: some BufferContents, _ saved: BufferStateReader) throws -> EpisodeStore {
    var loader = try EpisodeLoader(contents, saved)
    try contents.forEachCheckedBatch { try loader.load($0) }
    return try loader.finish(saved)
  }

  private init(_ contents: some BufferContents, _ saved: BufferStateReader) throws {
    table = try saved.episodes()
    guard table.rowCount == contents.rowCount else {
      throw ReplayBufferError.invalidEpisodes("they have \(table.rowCount) rows and \(contents.rowCount) are stored")
    }
    for episode in table.episodes {
      guard (0..<EpisodeStore.largestLaneCount).contains(episode.lane) else {
        throw ReplayBufferError.invalidEpisodes("episode \(episode.id) is in lane \(episode.lane)")
      }
      guard (0...BufferStateReader.largestCount).contains(episode.startTime) else {
        throw ReplayBufferError.invalidEpisodes("episode \(episode.id) starts at time \(episode.startTime)")
      }
    }
    store = try EpisodeStore(
      capacity: saved.capacity(), schema: contents.schema, firstEpisode: saved.count("num_episodes_evicted"),
      firstStep: saved.countIfPresent("next_step") ?? 0)
  }

  private mutating func load(_ batch: RowBatch) throws(ReplayBufferError) {
    var row = batch.firstRow
    while row < batch.rows.upperBound {
      let episode = table.episodes[index]
      let piece = row..<min(episode.rows.upperBound, batch.rows.upperBound)
      // Ours never store an episode without steps; RLlib's do, and it says nothing.
      if episode.length > 0 { try load(piece, of: episode, batch) }
      row = piece.upperBound
      if row == episode.rows.upperBound { (index, number, lastStep) = (index + 1, nil, -1) }
    }
  }

  private mutating func load(_ piece: Range<Int>, of episode: EpisodeRecord, _ batch: RowBatch)
    throws(ReplayBufferError)
  {
    let stepRows = piece.clamped(to: episode.firstRow..<episode.firstRow + episode.length)
    if number == nil { number = try begin(episode, firstStep: batch.steps[piece.lowerBound - batch.firstRow]) }
    guard let number else { return }
    let offset = stepRows.lowerBound - batch.firstRow
    let steps = Array(batch.steps[offset..<offset + stepRows.count])
    for (index, step) in steps.enumerated() {
      try take(step, of: number, time: store.episodes[number].length + index)
    }
    if !steps.isEmpty { store.append(batch.bytes(stepRows), count: steps.count, to: number) }
    guard piece.upperBound == episode.rows.upperBound else { return }
    let last = piece.upperBound - 1
    guard batch.steps[last - batch.firstRow] == -1 else {
      throw .invalidContents("row \(last) is the final observation of episode \(episode.id) and has a step number")
    }
    store.end(
      number, isTerminated: episode.isTerminated, isTruncated: episode.isTruncated,
      observation: store.columns.lastObservation(batch.bytes(last..<last + 1)))
  }

  private mutating func begin(_ episode: EpisodeRecord, firstStep: Int64) throws(ReplayBufferError) -> Int {
    guard (0..<Int64(BufferStateReader.largestCount)).contains(firstStep) else { throw Self.badStep(firstStep, episode.id) }
    let episodes = store.episodes.positions
    if episodes.isEmpty {
      store.steps = StepIndex(startingAt: Int(firstStep))
    } else if store.episodes[episodes.upperBound - 1].firstStep >= firstStep {
      throw .invalidContents("episode \(episode.id) begins with step \(firstStep), not after the episode before it")
    }
    while store.lanes.count <= episode.lane { store.addLane() }
    // Dumps of RLlib know no lanes: an episode behind one that is still under way goes to the next free one.
    let lane = store.lanes[episode.lane].held == nil ? episode.lane : try store.freeLane()
    return store.begin(episode.id, lane: lane, startTime: episode.startTime, firstStep: Int(firstStep))
  }

  private static func badStep(_ step: Int64, _ episode: String) -> ReplayBufferError {
    .invalidContents("a row of episode \(episode) has the impossible step number \(step)")
  }

  /// Enters the next step of an episode into the index.
  private mutating func take(_ value: Int64, of number: Int, time: Int) throws(ReplayBufferError) {
    let start = store.steps.positions.lowerBound
    guard value >= start, value - Int64(start) < PriorityTree.largestSpan, value > lastStep else {
      throw Self.badStep(value, table.episodes[index].id)
    }
    let step = Int(value)
    store.steps.extend(to: step + 1)
    guard store.steps.episode(of: step) == nil else { throw .invalidContents("step \(step) stands twice") }
    store.steps.enter(step, episode: number, time: time)
    lastStep = step
  }

  private consuming func finish(_ saved: BufferStateReader) throws(ReplayBufferError) -> EpisodeStore {
    let counters = try saved.counters(stored: store.stepCount, window: store.steps.positions)
    store.steps.extend(to: counters.nextStep)
    (store.insertionCount, store.sampledCount) = (counters.insertionCount, counters.sampledCount)
    return store
  }
}

extension RowBatch {
  /// The bytes of some rows, column by column.
  fileprivate func bytes(_ rows: Range<Int>) -> [ArraySlice<UInt8>] {
    columns.map { column in
      let start = (rows.lowerBound - firstRow) * column.rowBytes
      return column.bytes[start..<start + rows.count * column.rowBytes]
    }
  }
}
