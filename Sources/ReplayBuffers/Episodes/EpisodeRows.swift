internal import StateTree

/// The rows of a store of episodes at one moment: episode after episode, each with its final observation.
struct EpisodeRows: Sendable {
  private let columns: EpisodeColumns
  private let layout: RowLayout
  private let lanes: [EpisodeStore.Lane]
  private let episodes: PagedWindow<EpisodeStore.Episode>
  private let index: StepIndex
  /// The first row of every episode, and the count of rows behind the last.
  private let offsets: [Int]

  /// The rows of `store`.
  /// - Complexity: O(lanes + episodes)
  init(_ store: EpisodeStore) {
    (columns, layout, lanes) = (store.columns, store.layout, store.lanes)
    (episodes, index) = (store.episodes, store.steps)
    var offsets = [0]
    offsets.reserveCapacity(store.episodes.positions.count + 1)
    for number in store.episodes.positions {
      let episode = store.episodes[number]
      offsets.append(offsets[offsets.count - 1] + (episode.isGone ? 0 : episode.length + 1))
    }
    self.offsets = offsets
  }

  var rowCount: Int { offsets[offsets.count - 1] }

  /// The episodes as files describe them.
  var table: EpisodeTable {
    let records = episodes.positions.filter { !episodes[$0].isGone }.map { number in
      let episode = episodes[number]
      return EpisodeRecord(
        id: episode.id, lane: episode.lane, firstRow: offsets[number - episodes.positions.lowerBound],
        length: episode.length, startTime: episode.startTime, isTerminated: episode.isTerminated,
        isTruncated: episode.isTruncated)
    }
    do { return try EpisodeTable(records) } catch { preconditionFailure("\(error)") }
  }

  /// The step numbers in the order of the rows, final observations skipped.
  /// - Complexity: O(steps), times the episodes that took turns
  func steps() -> [Int] { episodes.positions.flatMap(steps) }

  private func steps(of number: Int) -> [Int] {
    index.steps(of: number, from: episodes[number].firstStep, count: episodes[number].length)
  }

  /// Some rows.
  func rows(_ range: Range<Int>) -> RowBatch {
    var addresses: [RowAddress] = []
    addresses.reserveCapacity(range.count)
    var held: [Int: [UInt8]] = [:]
    var numbers: [Int64] = []
    forEachPiece(of: range) { number, rows in
      let (episode, steps) = (episodes[number], steps(of: number))
      for row in rows {
        numbers.append(row < episode.length ? Int64(steps[row]) : -1)
        if row == episode.length, !episode.isDone { held[addresses.count] = lanes[episode.lane].held }
        addresses.append(address(of: row, in: episode))
      }
    }
    let tensors = columns.schema.columns.indices.map { index in
      let tensor = ChunkLog.gather(addresses, layout, column: index)
      guard columns.schema.columns[index].holdsObservations else { return tensor }
      return tensor.replacing(held.mapValues { columns.part(index, of: $0) })
    }
    return RowBatch(firstRow: range.lowerBound, steps: numbers, columns: tensors)
  }

  /// Adds where rows lie; false if an observation among them is held.
  func add(_ range: Range<Int>, to origins: inout RowOrigins) -> Bool {
    var areAllInLanes = true
    forEachPiece(of: range) { number, rows in
      let episode = episodes[number]
      guard areAllInLanes, rows.upperBound <= episode.laneRows else { return areAllInLanes = false }
      let place = episode.firstRow + rows.lowerBound..<episode.firstRow + rows.upperBound
      for (chunk, rows) in lanes[episode.lane].log.pieces(of: place) { origins.append(chunk.number, rows) }
    }
    return areAllInLanes
  }

  /// Where a row of an episode lies, or nowhere for an observation that is held.
  private func address(of row: Int, in episode: EpisodeStore.Episode) -> RowAddress {
    row < episode.laneRows ? lanes[episode.lane].log.address(of: episode.firstRow + row) : .nowhere
  }

  /// Calls `body` with the number of every episode that has rows in `range` and these rows, counted from its first.
  private func forEachPiece(of range: Range<Int>, _ body: (Int, Range<Int>) -> Void) {
    var row = range.lowerBound
    var index = episodeIndex(ofRow: row)
    while row < range.upperBound {
      let start = offsets[index]
      let end = min(offsets[index + 1], range.upperBound)
      body(episodes.positions.lowerBound + index, row - start..<end - start)
      row = end
      index += 1
    }
  }

  /// The last episode that begins at or before a row, by halving.
  private func episodeIndex(ofRow row: Int) -> Int {
    var candidates = 0..<offsets.count - 1
    while candidates.count > 1 {
      let middle = candidates.lowerBound + candidates.count / 2
      candidates = offsets[middle] <= row ? middle..<candidates.upperBound : candidates.lowerBound..<middle
    }
    return candidates.lowerBound
  }
}

extension Tensor {
  /// The tensor with some entries of its first axis replaced by bytes of their size.
  func replacing(_ entries: [Int: ArraySlice<UInt8>]) -> Tensor {
    guard !entries.isEmpty else { return self }
    var bytes = bytes
    for (index, entry) in entries {
      precondition(entry.count == rowBytes, "bytes of one entry")
      bytes.replaceSubrange(index * rowBytes..<(index + 1) * rowBytes, with: entry)
    }
    do {
      return try Tensor(dataType, shape: shape, bytes: bytes)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
