internal import StateTree

extension EpisodeStore {
  /// Adds a fragment to its episode, or begins a stored episode with it.
  /// - Returns: the numbers of the new steps.
  /// - Throws: `ReplayBufferError`; nothing is changed then.
  mutating func add(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> Range<Int> {
    try add(fragment, checked: check(fragment))
  }

  /// Adds a fragment whose columns `check` gave.
  /// - Throws: `ReplayBufferError.tooManyOpenEpisodes`; nothing is changed then.
  mutating func add(_ fragment: EpisodeFragment, checked tensors: [Tensor]) throws(ReplayBufferError) -> Range<Int> {
    if let number = episodeOfID[StateKey(fragment.id)] { return append(tensors, of: fragment, to: number) }
    // A runner that has only reset its environment has nothing to store yet; RLlib stores an episode of length 0.
    guard fragment.length > 0 else { return nextStep..<nextStep }
    let number = begin(fragment.id, lane: try freeLane(), startTime: fragment.startTime, firstStep: nextStep)
    return append(tensors, of: fragment, to: number)
  }

  /// Checks that a fragment can be added, if a lane is free.
  /// - Returns: its columns in the order of the schema.
  func check(_ fragment: EpisodeFragment) throws(ReplayBufferError) -> [Tensor] {
    let tensors = try columns.tensors(of: fragment)
    guard (0...BufferStateReader.largestCount).contains(fragment.startTime) else {
      throw .wrongStartTime(episode: fragment.id, expected: nil, found: fragment.startTime)
    }
    if let number = episodeOfID[StateKey(fragment.id)] { try check(fragment, tensors, continues: episodes[number]) }
    return tensors
  }

  private func check(
    _ fragment: EpisodeFragment, _ tensors: [Tensor], continues episode: Episode
  ) throws(ReplayBufferError) {
    guard !episode.isDone, let held = lanes[episode.lane].held else { throw .finishedEpisode(fragment.id) }
    let time = episode.startTime + episode.length
    guard fragment.startTime == time else {
      throw .wrongStartTime(episode: fragment.id, expected: time, found: fragment.startTime)
    }
    for index in columns.observations {
      let column = columns.schema.columns[index]
      let stored = columns.part(index, of: held)
      if tensors[index].bytes.prefix(column.rowBytes) == stored { continue }
      throw .differentBoundary(
        episode: fragment.id, time: time, stored: column.rows(1, Array(stored)).preview,
        found: tensors[index].rows(0..<1).preview)
    }
  }

  /// The first lane whose last episode is done, a new one if there is none.
  mutating func freeLane() throws(ReplayBufferError) -> Int {
    if let free = lanes.firstIndex(where: { $0.held == nil }) { return free }
    guard lanes.count < Self.largestLaneCount else { throw .tooManyOpenEpisodes(limit: Self.largestLaneCount) }
    addLane()
    return lanes.count - 1
  }

  /// How many episodes could be begun before lanes run out.
  var freeLaneCount: Int { Self.largestLaneCount - lanes.count { $0.held != nil } }

  mutating func addLane() { lanes.append(Lane(log: ChunkLog(layout), held: nil)) }

  /// Begins a stored episode without steps.
  mutating func begin(_ id: String, lane: Int, startTime: Int, firstStep: Int) -> Int {
    let number = episodes.positions.upperBound
    episodes.append(
      Episode(
        id: id, lane: lane, firstRow: lanes[lane].log.rows.upperBound, length: 0, startTime: startTime,
        firstStep: firstStep, isTerminated: false, isTruncated: false))
    episodeOfID[StateKey(id)] = number
    return number
  }

  private mutating func append(_ tensors: [Tensor], of fragment: EpisodeFragment, to number: Int) -> Range<Int> {
    let added = nextStep..<nextStep + fragment.length
    var sources = tensors.map { $0.bytes[...] }
    let last = columns.lastObservation(sources)
    for column in columns.observations {
      sources[column] = sources[column].dropLast(columns.schema.columns[column].rowBytes)
    }
    let time = episodes[number].length
    for offset in 0..<added.count { steps.append(episode: number, time: time + offset) }
    append(sources, count: added.count, to: number)
    insertionCount += added.count
    end(number, isTerminated: fragment.isTerminated, isTruncated: fragment.isTruncated, observation: last)
    return added
  }

  /// Appends complete rows, given as the bytes of each column, to an episode's lane.
  mutating func append(_ sources: [ArraySlice<UInt8>], count: Int, to number: Int) {
    let lane = episodes[number].lane
    lanes[lane].log.append(count: count, sources)
    episodes[number].length += count
    stepCount += count
  }

  /// Says how an episode stands behind its last row: done, with a row for the observation, or under way, with it held.
  mutating func end(_ number: Int, isTerminated: Bool, isTruncated: Bool, observation: [UInt8]) {
    episodes[number].isTerminated = isTerminated
    episodes[number].isTruncated = isTruncated
    let lane = episodes[number].lane
    if isTerminated || isTruncated {
      lanes[lane].held = nil
      lanes[lane].log.append(count: 1, columns.finalRow(observation))
    } else {
      lanes[lane].held = observation
    }
  }
}

extension Tensor {
  /// The first numbers, for messages.
  fileprivate var preview: String {
    guard let numbers = doubles() else { return summary }
    return "[\(numbers.prefix(4).map { "\($0)" }.joined(separator: ", "))\(numbers.count > 4 ? ", ..." : "")]"
  }
}
