internal import StateTree

/// Episodes in lanes, one lane an environment slot, with an index of their steps: what buffers of episodes share.
///
/// A row is complete when it enters its lane: the successor observation is the next row's. The observation behind the
/// last step of an episode under way is held beside the lane; when the episode is done it becomes a row of its own.
struct EpisodeStore: Sendable {
  /// The most lanes, that is, episodes under way at once.
  static let largestLaneCount = 1 << 16

  /// An environment slot's rows.
  struct Lane: Sendable {
    var log: ChunkLog
    /// The observation behind the last row while the lane's last episode is under way.
    var held: [UInt8]?
  }

  /// An episode, by where it lies.
  struct Episode: Sendable {
    var id: String
    var lane: Int
    /// Its first row in the lane.
    var firstRow: Int
    var length: Int
    var startTime: Int
    var firstStep: Int
    var isTerminated: Bool
    var isTruncated: Bool
    /// How many rows an episode that was evicted out of turn has left in its lane; 0 for one that is stored.
    var goneRows = 0

    var isDone: Bool { isTerminated || isTruncated }
    /// Whether it was evicted, and only its rows wait for those of older episodes.
    var isGone: Bool { goneRows > 0 }
    /// How many rows it has in its lane.
    var laneRows: Int { isGone ? goneRows : isDone ? length + 1 : length }
  }

  let columns: EpisodeColumns
  let capacity: Int
  /// How rows lie in every lane.
  let layout: RowLayout
  var lanes: [Lane] = []
  /// The episodes in the order in which they were begun, numbered over the lifetime of the buffer.
  var episodes: PagedWindow<Episode>
  /// How many of them were evicted out of turn.
  var goneCount = 0
  var episodeOfID: [StateKey: Int] = [:]
  /// The steps by number, from the oldest stored one to the next.
  var steps: StepIndex
  var stepCount = 0
  var insertionCount = 0
  var sampledCount = 0

  init(capacity: Int, schema: BufferSchema, firstEpisode: Int = 0, firstStep: Int = 0) throws(ReplayBufferError) {
    precondition(capacity > 0, "a capacity of at least 1, found \(capacity)")
    self.capacity = capacity
    columns = try EpisodeColumns(schema)
    layout = RowLayout(schema.columns)
    let nobody = Episode(
      id: "", lane: 0, firstRow: 0, length: 0, startTime: 0, firstStep: 0, isTerminated: false, isTruncated: false)
    episodes = PagedWindow(startingAt: firstEpisode, filler: nobody, pageShift: 8)
    steps = StepIndex(startingAt: firstStep)
  }

  /// The number that the next step gets.
  var nextStep: Int { steps.positions.upperBound }
  /// Whether whole episodes have to go.
  var isOverfull: Bool { stepCount > capacity && episodes.positions.count > 1 }

  var counters: EpisodeCounters {
    EpisodeCounters(
      episodes: episodes.positions.count - goneCount, evictedEpisodes: episodes.positions.lowerBound + goneCount,
      steps: stepCount, insertionCount: insertionCount, sampledCount: sampledCount)
  }

  /// The episode and time of a step, or nil if it is not stored any more.
  func stored(_ step: Int) -> (episode: Episode, time: Int)? {
    guard let entry = steps[step], isStored(episode: entry.episode) else { return nil }
    return (episodes[entry.episode], entry.time)
  }

  /// Whether a step is stored.
  func isStored(_ step: Int) -> Bool { steps.episode(of: step).map { isStored(episode: $0) } ?? false }

  private func isStored(episode number: Int) -> Bool {
    number >= episodes.positions.lowerBound && !episodes[number].isGone
  }

  /// The numbers of the steps of the episode of a number.
  func stepNumbers(of number: Int) -> [Int] {
    steps.steps(of: number, from: episodes[number].firstStep, count: episodes[number].length)
  }

  /// One column of rows from any lanes.
  func gather(_ addresses: [RowAddress], column: Int) -> Tensor {
    ChunkLog.gather(addresses, layout, column: column)
  }

  /// The numbers of all steps, episode by episode.
  func storedSteps() -> [Int] { episodes.positions.flatMap(stepNumbers) }

  /// The numbers of the steps of the oldest episode, the next to go.
  func oldestSteps() -> [Int] { stepNumbers(of: episodes.positions.lowerBound) }
}
